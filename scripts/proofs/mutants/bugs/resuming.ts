/** Bugs in going on with a rotation that was cut off: `src/rotator/resume*.ts`. */
import type { Bug } from '../bug.ts';

const STARTED = 'src/rotation/resume-started.ts';
const DELIVERING = 'src/rotation/resume-delivering.ts';
const DELIVERED = 'src/rotation/resume-delivered.ts';
const RESUME = 'src/rotation/resume.ts';

export const RESUMING: readonly Bug[] = [
  {
    name: 'takes any key that it had not seen for the orphan, however old or young',
    breaks: 'no key is deleted that this program did not make',
    file: STARTED,
    edits: [
      {
        find: 'if (ageAtStartMs < -CREATED_BEFORE_MS || ageAtStartMs > CREATED_AFTER_MS) return false;',
        replace: 'if (Number.isNaN(ageAtStartMs)) return false;',
      },
    ],
  },
  {
    name: 'forgets which keys were there when the rotation began',
    breaks: 'no key is deleted that this program did not make',
    file: STARTED,
    edits: [
      {
        find: 'keys.filter(({ accessKeyId }) => !record.seenKeyIds.includes(accessKeyId));',
        replace: "keys.filter(({ accessKeyId }) => accessKeyId !== '');",
      },
    ],
  },
  {
    name: 'deletes the orphan although it was used',
    breaks: 'no key is deleted that works for its owner',
    file: STARTED,
    edits: [
      {
        find: '  return owner.lastUsedAtMs === undefined;\n',
        replace: "  return owner.kind === 'found';\n",
      },
    ],
  },
  {
    name: 'deletes the first of two keys that look like the orphan',
    breaks: 'no key is deleted that this program did not make',
    file: STARTED,
    edits: [
      {
        find: 'const [orphan] = candidates.length === 1 ? candidates : [];',
        replace: 'const [orphan] = candidates;',
      },
    ],
  },
  {
    name: 'leaves the orphan where it is',
    breaks: 'a key whose secret was never handed over goes with the next completed run',
    file: STARTED,
    edits: [
      {
        find: '    await deleteKey(held, { userName: record.userName, accessKeyId, keys }, run);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'goes on from an orphan without writing its start and the keys seen again',
    breaks: 'a second crash at the same place is repaired like the first',
    file: STARTED,
    edits: [
      {
        find: '      startedAtMs: run.clock.nowMs(),\n      seenKeyIds: remaining.map(({ accessKeyId }) => accessKeyId),\n',
        replace: '',
      },
    ],
  },
  {
    name: 'counts an attempt after its mail went out, not before',
    breaks: 'an attempt that was cut off counts as one that may have arrived',
    file: DELIVERING,
    edits: [{ find: '      attempts: record.attempts + 1,\n', replace: '' }],
  },
  {
    name: 'delivers again without moving the due date that the mail promises',
    breaks: 'the old key stays as long as the mail promises',
    file: DELIVERING,
    edits: [{ find: '      ...promise(policy, nowMs),\n', replace: '' }],
  },
  {
    name: 'mails a key again that is in use already',
    breaks: 'a mail that arrived is not sent again',
    file: DELIVERING,
    edits: [
      {
        find: "if (owner.kind === 'found' && owner.lastUsedAtMs !== undefined) {",
        replace: "if (owner.kind === 'found' && owner.lastUsedAtMs === 0) {",
      },
    ],
  },
  {
    name: 'gives the new key up as gone while IAM does not list it yet',
    breaks: 'a key whose secret was never handed over goes',
    file: DELIVERING,
    edits: [
      {
        find: "if (owner.kind === 'found' || listedAtMs - record.newKeyCreatedAtMs < SETTLED_AFTER_MS) {",
        replace: "if (owner.kind === 'found') {",
      },
    ],
  },
  {
    name: 'mails a pair that the content key in SSM does not open',
    breaks: 'a mail that is sent can be opened',
    file: 'src/rotation/content-key.ts',
    edits: [
      {
        find: 'return stored?.rotationId === rotationId ? stored.key : undefined;',
        replace: 'return rotationId ? stored?.key : undefined;',
      },
    ],
    tests: ['test/rotation/resume-delivering.test.ts'],
  },
  {
    name: 'withdraws after a week although a mail may have arrived',
    breaks: 'a key that may have been handed over is only deactivated',
    file: DELIVERING,
    edits: [
      {
        find: 'if (record.failedAttempts === record.attempts) {',
        replace: 'if (record.failedAttempts <= record.attempts) {',
      },
    ],
  },
  {
    name: 'gives an undelivered key up after a week although the user has no other that is active',
    breaks: 'a sealed pair that its user has nothing but is kept and delivered',
    file: DELIVERING,
    edits: [
      { find: 'if (isAsleep || (isLate && !isNeeded)) {', replace: 'if (isAsleep || isLate) {' },
    ],
  },
  {
    name: 'deactivates a new key before it writes that it gives it up',
    breaks: 'no user is stuck with a key that this program deactivated',
    file: DELIVERING,
    edits: [
      {
        find: '  const given = await held.advance<DeliveringRecord>({',
        replace:
          '  await deactivateKey(held, target, run);\n  const given = await held.advance<DeliveringRecord>({',
      },
      { find: '  await deactivateKey(given, target, run);\n', replace: '' },
    ],
  },
  {
    name: 'deletes an inactive new key that a person has activated again',
    breaks: 'a person’s veto holds',
    file: DELIVERING,
    edits: [
      {
        find: "if (newKey.status === 'Active' && listedAtMs - asleepSinceMs >= SETTLED_AFTER_MS) {",
        replace: "if (newKey.status === 'Active' && listedAtMs < asleepSinceMs) {",
      },
    ],
  },
  {
    name: 'does not put a timer that is missing',
    breaks: 'the old key goes when its time has come',
    file: DELIVERED,
    edits: [
      { find: '    if (!ownTimer) await rearm(record, nextStepAtMs(record), run);\n', replace: '' },
    ],
  },
  {
    name: 'leaves an overdue key to a timer that never expires',
    breaks: 'an old key is gone within a day of being due, even if TTL is late',
    file: DELIVERED,
    edits: [
      {
        find: '    if (isOverdue(record, run.destruction, nowMs)) return destroy(record, run);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'destroys a key in every run, due or not',
    breaks: 'no old key is deleted before the promised date',
    file: DELIVERED,
    edits: [
      {
        find: 'return nowMs >= Math.min(dueAtMs + OVERDUE_AFTER_MS, latestAtMs);',
        replace: 'return nowMs + OVERDUE_AFTER_MS >= Math.min(dueAtMs, latestAtMs);',
      },
    ],
  },
  {
    name: 'closes a cancelled rotation whose mail may be unopened',
    breaks: 'the owner of a new key can open its mail',
    file: DELIVERED,
    edits: [
      {
        find: '    !(await isUsed(record.newKeyId, run)) &&\n    !(await isGivenUp(',
        replace: '    (await isUsed(record.newKeyId, run)) &&\n    !(await isGivenUp(',
      },
    ],
  },
  {
    name: 'does not see the veto that a timer carries',
    breaks: 'a person’s veto holds',
    file: RESUME,
    edits: [
      {
        find: 'if (ownTimer?.vetoed && isInForce(record)) {',
        replace: 'if (ownTimer?.vetoed && !isInForce(record) && isInForce(record)) {',
      },
    ],
    tests: ['test/rotation/resume-delivered.test.ts', 'test/rotation/timers.test.ts'],
  },
  {
    name: 'takes a user who is missing in a list for deleted',
    breaks: 'no rotation is forgotten because a list lags',
    file: RESUME,
    edits: [
      {
        find: "if ((await run.keys.owner(accessKeyId)).kind === 'found') return missing(",
        replace: 'if (accessKeyId === undefined) return missing(',
      },
    ],
    tests: ['test/rotation/resume-delivered.test.ts', 'test/rotation/resume-delivering.test.ts'],
  },
];
