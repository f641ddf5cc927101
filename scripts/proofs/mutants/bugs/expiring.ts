/** Bugs in what becomes of expired and removed timers. */
import type { Bug } from '../bug.ts';

const TIMERS = 'src/rotation/timers.ts';
const BATCH = 'src/destructor/batch.ts';
const EVENT = 'src/destructor/event.ts';

export const EXPIRING: readonly Bug[] = [
  {
    name: 'sets the timer of a closed rotation again',
    breaks: 'a closed rotation does nothing any more',
    file: TIMERS,
    edits: [
      {
        find: "  if (!isOpen(record)) return dropped('the rotation is closed');",
        replace: `  if (!isOpen(record)) {
    await rearm(record, run.clock.nowMs() + DAY_MS, run);
    return dropped('the rotation is closed');
  }`,
      },
    ],
  },
  {
    name: 'takes the timer of an earlier rotation for its own',
    breaks: 'no old key is deleted before the promised date',
    file: TIMERS,
    edits: [
      {
        find: "  if (!isTimerOf(timer, record)) return dropped('the timer belongs to an earlier rotation');\n",
        replace: '',
      },
    ],
  },
  {
    name: 'goes by the timer and not by the record’s due date',
    breaks: 'no old key is deleted before the promised date',
    file: TIMERS,
    edits: [
      {
        find: 'if (nowMs < nextStepAtMs(record)) {',
        replace: 'if (nowMs < timer.deleteOnEpochSeconds) {',
      },
    ],
  },
  {
    name: 'puts a timer back that a person removed (ignores a veto)',
    breaks: 'a person’s veto holds',
    file: TIMERS,
    edits: [
      {
        find: "  return cancel(await Held.claim(record, run), 'a person removed the timer', run);",
        replace: `  await rearm(record, nowMs + DAY_MS, run);
  return row(record, 'waiting', 'a person removed the timer');`,
      },
    ],
  },
  {
    name: 'loses a veto that comes while another run holds the record',
    breaks: 'a person’s veto holds',
    file: TIMERS,
    edits: [
      { find: 'await rearm(record, atMs, run, true);', replace: 'await rearm(record, atMs, run);' },
    ],
  },
  {
    name: 'takes every removal for an expiry, whoever removed the timer',
    breaks: 'a person’s veto holds',
    file: EVENT,
    edits: [
      {
        find: "    userIdentity?.type.toLowerCase() === 'service' &&\n",
        replace: '    !userIdentity ||\n',
      },
    ],
  },
  {
    name: 'takes the removal by any AWS service for an expiry',
    breaks: 'a person’s veto holds',
    file: EVENT,
    edits: [
      {
        find: " &&\n    userIdentity.principalId === 'dynamodb.amazonaws.com';",
        replace: ';',
      },
    ],
  },
  {
    name: 'does not set a timer again whose work failed',
    breaks: 'a failure is tried again',
    file: BATCH,
    edits: [
      {
        find: 'const restored = await restore(timer, run.clock.nowMs() + again, run);',
        replace: 'const restored = again > 0 || (await restore(timer, 0, run));',
      },
    ],
  },
  {
    name: 'forgets the veto when the timer is set again after a failure',
    breaks: 'a person’s veto holds',
    file: BATCH,
    edits: [
      {
        find: 'await restore(timer, run',
        replace: 'await restore({ ...timer, vetoed: false }, run',
      },
    ],
  },
  {
    name: 'reports a batch as done though a timer could not even be set again',
    breaks: 'no expiry is lost',
    file: BATCH,
    edits: [{ find: '          else failures.push(sequenceNumber);\n', replace: '' }],
  },
  {
    name: 'works on the records of one user all at once',
    breaks: 'the removals of one user are judged in their order',
    file: BATCH,
    edits: [
      {
        find: "const userId = 'timer' in item ? item.timer.userId : 'userId' in item ? item.userId : '';",
        replace: 'const userId = sequenceNumberOf(record) ?? JSON.stringify(item);',
      },
    ],
  },
];
