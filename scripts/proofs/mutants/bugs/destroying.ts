/** Bugs in the end of an old key: what is decided about it, and done. */
import type { Bug } from '../bug.ts';

const PLAN = 'src/domain/destruction.ts';
const DESTROY = 'src/rotation/destroy.ts';
const LOOK = 'src/rotation/look.ts';

export const DESTROYING: readonly Bug[] = [
  {
    name: 'counts any Active key as the successor',
    breaks: 'no old key is deleted before its successor was used',
    file: PLAN,
    edits: [
      {
        find: 'const newKey = keys.find(({ accessKeyId }) => accessKeyId === record.newKeyId);',
        replace:
          "const newKey = keys.find(({ accessKeyId: id, status }) => id !== record.oldKeyId && status === 'Active');",
      },
    ],
  },
  {
    name: 'lets a user’s only active key be taken away',
    breaks: 'no step deletes or deactivates a user’s only active key',
    file: PLAN,
    edits: [{ find: 'return active.length === 1 &&', replace: 'return active.length === 0 &&' }],
  },
  {
    name: 'decides on an old key before the promised date',
    breaks: 'no old key is deleted before the promised date',
    file: PLAN,
    edits: [
      {
        find: '  if (nowMs < nextStepAtMs(record)) {\n',
        replace: '  if (nowMs < nextStepAtMs(record) - 7 * DAY_MS) {\n',
      },
    ],
  },
  {
    name: 'takes the new key for removed while IAM does not list it yet',
    breaks: 'no rotation is forgotten because a list lags',
    file: PLAN,
    edits: [
      {
        find: 'if (!newKey && nowMs - record.newKeyCreatedAtMs < SETTLED_AFTER_MS) {',
        replace: 'if (!newKey && nowMs < record.newKeyCreatedAtMs) {',
      },
    ],
  },
  {
    name: 'deletes the old key although the new one is inactive',
    breaks: 'a user who had a working key has one',
    file: PLAN,
    edits: [
      {
        find: "  if (newKey.status === 'Inactive') {\n",
        replace: "  if (newKey.status === 'Inactive' && oldKey.status === 'Inactive') {\n",
      },
    ],
  },
  {
    name: 'deletes an old key that a person has activated again',
    breaks: 'a person’s veto holds',
    file: PLAN,
    edits: [
      {
        find: "if (record.state === 'DEACTIVATED' && oldKey.status === 'Active') {",
        replace: "if (record.state === 'DEACTIVATED' && oldKey.status !== 'Active' && nowMs < 0) {",
      },
    ],
  },
  {
    name: 'deletes the old key although the new one was never used',
    breaks: 'no old key is deleted before its successor was used',
    file: PLAN,
    edits: [
      {
        find: 'if (policy.requireNewKeyUsed && !newKeyUsed) return',
        replace: 'if (policy.requireNewKeyUsed && !newKeyUsed && nowMs < 0) return',
      },
    ],
  },
  {
    name: 'keeps an old key for ever whose successor is never used',
    breaks: 'every replaced key is inactive or gone by MAX_KEY_AGE_DAYS plus one run',
    file: PLAN,
    edits: [
      {
        find: "if (record.state === 'SCHEDULED' && nowMs >= maxAgeAtMs(record, policy)) {",
        replace: "if (record.state === 'DEACTIVATED' && nowMs >= maxAgeAtMs(record, policy)) {",
      },
    ],
  },
  {
    name: 'skips the deactivation stage',
    breaks: 'a deactivation that was asked for comes before the deletion',
    file: PLAN,
    edits: [
      {
        find: "if (record.state === 'SCHEDULED' && record.deactivateOnMs !== undefined) {",
        replace: "if (record.state === 'DEACTIVATED' && record.deactivateOnMs !== undefined) {",
      },
    ],
  },
  {
    name: 'takes the content key away with the old key although the mail may be unopened',
    breaks: 'the owner of a new key can open its mail',
    file: DESTROY,
    edits: [
      {
        find: 'await (newKeyUsed ? close(held, plan.reason) : awaitFirstUse(held, run));',
        replace: 'await close(held, newKeyUsed ? plan.reason : plan.kind);',
      },
    ],
  },
  {
    name: 'takes the old key away although nobody can open the mail with the new one any more',
    breaks: 'a user who had a working key has one',
    file: DESTROY,
    edits: [
      {
        find: '  return !run.encryptKeyPair || (await contentKeyOf(record, run)) !== undefined;',
        replace: '  return record.parameterName !== run.region;',
      },
    ],
  },
  {
    name: 'closes the rotation before it deletes the old key',
    breaks: 'an old key that is due goes, whatever is cut off',
    file: DESTROY,
    edits: [
      {
        find: "    case 'delete':\n      await deleteKey(held, target, run);\n",
        replace: "    case 'delete':\n",
      },
      {
        find: "      await informOfDeletion(record, run);\n      return row(record, 'deleted', plan.reason);",
        replace:
          "      await deleteKey(held, target, run);\n      await informOfDeletion(record, run);\n      return row(record, 'deleted', plan.reason);",
      },
    ],
  },
  {
    name: 'leaves no day in which a late deactivation can be taken back',
    breaks: 'a deactivated key stays for a day before it is deleted',
    file: DESTROY,
    edits: [
      {
        find: "        ...record,\n        state: 'DEACTIVATED',\n        deactivatedAtMs: run.clock.nowMs(),\n        deleteOnMs: plan.deleteOnMs,\n      });\n      await rearm(record, plan.deleteOnMs, run);\n",
        replace:
          "        ...record,\n        state: 'DEACTIVATED',\n        deactivatedAtMs: run.clock.nowMs(),\n        deleteOnMs: record.deleteOnMs,\n      });\n      await rearm(record, record.deleteOnMs, run);\n",
      },
    ],
    tests: ['test/rotation/resume-delivered.test.ts'],
  },
  {
    name: 'acts on the keys of whoever has the name now (GetUser is skipped)',
    breaks: 'no key is touched that belongs to a namesake',
    file: LOOK,
    edits: [
      {
        find: '    (await run.keys.userId(record.userName)) === record.userId\n      ?',
        replace: '    record.userName !== record.userId\n      ?',
      },
    ],
  },
  {
    name: 'acts on the keys of the user whom a forged record names',
    breaks: 'no key is touched on the word of a record that names another user’s keys',
    file: LOOK,
    edits: [
      {
        find: '  if (userName !== record.userName && (await run.keys.userId(userName)) !== record.userId) {',
        replace: "  if (userName === '') {",
      },
    ],
  },
  {
    name: 'sets a timer again after a failure in place of a veto',
    breaks: 'a person’s veto holds',
    file: 'src/rotation/rearm.ts',
    edits: [{ find: '{ givesWay: true }', replace: '{ givesWay: false }' }],
    tests: ['test/destructor/batch.test.ts'],
  },
  {
    name: 'removes the timer before it writes CANCELLED',
    breaks: 'a veto is written before anything reads as one',
    file: 'src/rotation/veto.ts',
    edits: [
      {
        find: "  await cancel(await Held.claim<DeliveredRecord>(record, ports), reason, ports);\n  return { kind: 'cancelled', record, ...(await removeTimer(record, ports)) };",
        replace: `  const removed = await removeTimer(record, ports);
  await cancel(await Held.claim<DeliveredRecord>(record, ports), reason, ports);
  return { kind: 'cancelled', record, ...removed };`,
      },
    ],
    tests: ['test/rotation/commands/cancel.test.ts'],
  },
];
