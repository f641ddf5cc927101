/** Bugs in what all steps stand on: the lease, the checks before an effect, and the ports on AWS. */
import type { Bug } from '../bug.ts';

const HELD = 'src/rotation/claimed-record.ts';
const EFFECTS = 'src/rotation/effects.ts';
const PREFETCH = 'src/rotation/prefetch.ts';
const KEYS = 'src/aws/iam-keys.ts';
const PARAMETERS = 'src/aws/ssm-parameters.ts';
const JOURNAL = 'src/aws/dynamodb-journal.ts';

export const KEEPING: readonly Bug[] = [
  {
    name: 'takes up a record that another run holds (drops the lease check)',
    breaks: 'a second run at the same time changes nothing',
    file: HELD,
    edits: [
      {
        find: '  return leaseUntilMs > nowMs && ',
        replace: '  return leaseUntilMs > nowMs && leaseUntilMs < 0 && ',
      },
    ],
  },
  {
    name: 'extends a lease that is lost: writes over what another run wrote since',
    breaks: 'each step of the journal is one conditional write',
    file: HELD,
    edits: [
      {
        find: '    await this.#ports.journal.replace(this.record, written);\n',
        replace: `    try {
      await this.#ports.journal.replace(this.record, written);
    } catch (error) {
      if (!(error instanceof Conflict) || !error.current) throw error;
      const over = { ...written, version: error.current.version + 1 };
      await this.#ports.journal.replace(error.current, over);
      return over;
    }
`,
      },
    ],
  },
  {
    name: 'goes on under a lease that has run out',
    breaks: 'before every effect there is a minute of lease and of time left',
    file: HELD,
    edits: [
      {
        find: 'const leftMs = Math.min(leaseUntilMs, deadlineAtMs) - clock.nowMs();',
        replace: 'const leftMs = deadlineAtMs - clock.nowMs();',
      },
    ],
  },
  {
    name: 'does not let the next run at a record when it is done with it',
    breaks: 'a rotation goes on with the next run',
    file: HELD,
    edits: [
      {
        find: 'return this.#write<N>(next, 0);',
        replace: 'return this.#write<N>(next, this.#ports.clock.nowMs() + LEASE_MS);',
      },
    ],
  },
  {
    name: 'closes the record before the history is written',
    breaks: 'every closed rotation is in the history',
    file: HELD,
    edits: [
      { find: '    await journal.addHistory(facts);\n', replace: '' },
      {
        find: '    return this.#write<ClosedRecord>(\n',
        replace: '    const closed = await this.#write<ClosedRecord>(\n',
      },
      {
        find: '      },\n      0,\n    );\n  }\n',
        replace:
          '      },\n      0,\n    );\n    await journal.addHistory(facts);\n    return closed;\n  }\n',
      },
    ],
  },
  {
    name: 'closes the record before the content key is gone',
    breaks: 'a closed rotation leaves no content key behind',
    file: HELD,
    edits: [
      { find: '    await parameters.remove(parameterName, rotationId);\n', replace: '' },
      {
        find: '    return this.#write<ClosedRecord>(\n',
        replace: '    const closed = await this.#write<ClosedRecord>(\n',
      },
      {
        find: '      },\n      0,\n    );\n  }\n',
        replace:
          '      },\n      0,\n    );\n    await parameters.remove(parameterName, rotationId);\n    return closed;\n  }\n',
      },
    ],
  },
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
    name: 'deletes and deactivates without looking at the lease again',
    breaks: 'before every effect there is a minute of lease and of time left',
    file: EFFECTS,
    edits: [{ find: '  held.assertTimeLeft();\n', replace: '' }],
  },
  {
    name: 'believes that a key is gone that has only another owner name',
    breaks: 'an old key that is due goes, even if its user was renamed meanwhile',
    file: EFFECTS,
    edits: [
      {
        find: "if (answer === 'gone' && (await ports.keys.owner(accessKeyId)).kind === 'found') {",
        replace:
          "if (answer !== 'gone' && (await ports.keys.owner(accessKeyId)).kind === 'hidden') {",
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
    name: 'removes a namesake’s parameter, or that of a later rotation',
    breaks: 'every mail can be opened as long as its rotation is open',
    file: PARAMETERS,
    edits: [
      {
        find: 'if (standing?.rotationId !== rotationId) return;',
        replace: 'if (!standing) return;',
      },
    ],
    tests: ['test/aws/parameters.test.ts'],
  },
  {
    name: 'overwrites the parameter of another user without asking',
    breaks: 'every mail can be opened as long as its rotation is open',
    file: PARAMETERS,
    edits: [
      {
        find: 'if (standing && standing.userId !== content.userId && !takeOver) {',
        replace: 'if (standing && standing.userId === content.userId && takeOver) {',
      },
    ],
    tests: ['test/aws/parameters.test.ts'],
  },
  {
    name: 'deletes the parameter and creates it again, within the 30 seconds that SSM forbids',
    breaks: 'a resumed rotation is not stopped by its own parameter',
    file: PARAMETERS,
    edits: [
      {
        find: '      await ssm.send(new PutParameterCommand({ ...parameter, Overwrite: true }));\n',
        replace: `      await ssm.send(new DeleteParameterCommand({ Name: name }));
      await ssm.send(new PutParameterCommand({ ...parameter, Tags: tags }));
`,
      },
    ],
    tests: ['test/aws/parameters.test.ts'],
  },
  {
    name: 'begins a rotation over one that is open',
    breaks: 'a user has one open rotation',
    file: JOURNAL,
    edits: [
      {
        find: "const isNew = 'attribute_not_exists(ak)';",
        replace: "const isNew = 'attribute_not_exists(ak) OR attribute_exists(ak)';",
      },
    ],
    tests: ['test/aws/journal.test.ts'],
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
