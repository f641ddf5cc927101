/** Bugs in what all steps stand on: the lease, the checks before an effect, and the ports on AWS. */
import type { Bug } from '../bug.ts';

const EFFECTS = 'src/rotation/effects.ts';
const PREFETCH = 'src/rotation/prefetch.ts';
const KEYS = 'src/aws/iam-keys.ts';
const JOURNAL = 'src/aws/dynamodb-journal.ts';

export const KEEPING: readonly Bug[] = [
  {
    name: 'deletes and deactivates without looking whether it is the only active key',
    breaks: 'no step deletes or deactivates a user’s only active key',
    file: EFFECTS,
    edits: [
      {
        find: '  if (isOnlyActive(keys, accessKeyId)) {\n',
        replace: '  if (isOnlyActive(keys, accessKeyId) && keys.length === 0) {\n',
      },
    ],
  },
  {
    name: 'judges a second record of a user by what was read before the first',
    breaks: 'what a step decides on is what the journal says',
    file: PREFETCH,
    edits: [{ find: '      records.delete(userId);\n', replace: '' }],
  },
  {
    name: 'takes a user who is missing in a read of many for one without a record',
    breaks: 'no expiry is lost',
    file: PREFETCH,
    edits: [
      {
        find: '      return record ?? journal.read(userId);',
        replace: '      return records.size > 0 ? record : (record ?? journal.read(userId));',
      },
    ],
  },
  {
    name: 'lets the SDK repeat CreateAccessKey',
    breaks: 'one rotation creates one key',
    file: 'src/aws/clients.ts',
    edits: [
      {
        find: 'iamOnce: iam(1, OWN_CONNECTION)',
        replace: 'iamOnce: iam(MAX_ATTEMPTS, OWN_CONNECTION)',
      },
    ],
  },
  {
    name: 'takes a lost answer to CreateAccessKey for “no key was made”',
    breaks: 'an unknown outcome is not a failure',
    file: KEYS,
    edits: [
      {
        find: '        if (isThrottling(error) || isDefiniteRefusal(error)) {',
        replace:
          '        if (isThrottling(error) || isDefiniteRefusal(error) || error instanceof Error) {',
      },
    ],
    tests: ['test/aws/iam.test.ts'],
  },
  {
    name: 'takes “access denied” for “no such key”',
    breaks: 'no key counts as gone because a permission is missing',
    file: KEYS,
    edits: [
      {
        find: "if (/^AccessDenied/.test(errorName(error))) return { kind: 'hidden' };",
        replace: "if (/^AccessDenied/.test(errorName(error))) return { kind: 'gone' };",
      },
    ],
    tests: ['test/aws/iam.test.ts'],
  },
  {
    name: 'begins a rotation right after another was closed',
    breaks: 'no content key is stored under a name that was deleted within 30 seconds',
    file: JOURNAL,
    edits: [{ find: 'closedAtMs <= :restsAfter OR', replace: 'closedAtMs >= :restsAfter OR' }],
    tests: ['test/aws/journal.test.ts'],
  },
  {
    name: 'writes the record whatever its version is by now',
    breaks: 'each step of the journal is one conditional write',
    file: JOURNAL,
    edits: [
      {
        find: "const isSameVersion = 'version = :version';",
        replace: "const isSameVersion = 'version >= :version';",
      },
    ],
    tests: ['test/aws/journal.test.ts'],
  },
  {
    name: 'takes the echo of its own write for a conflict',
    breaks: 'a write whose answer was lost is not undone',
    file: JOURNAL,
    edits: [
      {
        find: '      if (item?.writeId === writeId) return;\n',
        replace: '',
      },
    ],
    tests: ['test/aws/journal.test.ts'],
  },
  {
    name: 'writes a timer over one that carries a veto',
    breaks: 'a person’s veto holds',
    file: JOURNAL,
    edits: [
      {
        find: "const hasNoVeto = 'attribute_not_exists(vetoed)';",
        replace: "const hasNoVeto = 'attribute_not_exists(vetoed) OR attribute_exists(vetoed)';",
      },
    ],
    tests: ['test/aws/journal.test.ts'],
  },
];
