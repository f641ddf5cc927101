/** Bugs in what becomes of expired and removed timers. */
import type { Bug } from '../bug.ts';

const BATCH = 'src/destructor/batch.ts';
const EVENT = 'src/destructor/event.ts';

export const EXPIRING: readonly Bug[] = [
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
