/** Bugs in a fresh rotation up to its sealed pair, and in who is due. */
import type { Bug } from '../bug.ts';

const ROTATE = 'src/rotation/rotate.ts';
const STORE = 'src/rotation/store-content-key.ts';
const PLAN = 'src/domain/rotation.ts';
const HINTS = 'src/domain/key-hints.ts';

export const ROTATING: readonly Bug[] = [
  {
    name: 'creates the key before it writes STARTED',
    breaks: 'a key whose secret was lost in a crash is found by the next run',
    file: ROTATE,
    edits: [
      {
        find: '  const held = await Held.begin(\n',
        replace:
          '  const made = await run.keys.create(user.userName);\n  const held = await Held.begin(\n',
      },
      {
        find: '  return createAndDeliver(held, { listedAtMs, isKeyKnown }, policy, run);\n}',
        replace:
          '  return createAndDeliver(held, { listedAtMs, isKeyKnown }, policy, run, made);\n}',
      },
      {
        find: '  policy: UserPolicy,\n  run: Run,\n): Promise<ReportRow> {\n  const contentKey',
        replace:
          '  policy: UserPolicy,\n  run: Run,\n  made?: KeyPair & { readonly createdAtMs: number },\n): Promise<ReportRow> {\n  const contentKey',
      },
      {
        find: 'pair = await createKey(held, run);',
        replace: 'pair = made ?? (await createKey(held, run));',
      },
    ],
  },
  {
    name: 'creates the key before it stores the content key',
    breaks: 'a run that cannot seal creates nothing',
    file: ROTATE,
    edits: [
      {
        find: '  const [{ held, unstored }, unproven] = await Promise.all([',
        replace:
          '  const made = await createKey(started, run);\n  const [{ held, unstored }, unproven] = await Promise.all([',
      },
      { find: 'pair = await createKey(held, run);', replace: 'pair = made;' },
    ],
  },
  {
    name: 'mails the pair before it writes DELIVERING',
    breaks: 'a key pair that was handed over is in the journal',
    file: ROTATE,
    edits: [
      {
        find: "import { deliver } from './deliver.ts';",
        replace:
          "import { composeNewKeyMail } from '../deliveries/mail/mails.ts';\nimport { deliver, schedule } from './deliver.ts';",
      },
      {
        find: '  const delivering = await keepPair(held, pair, sealed, policy, run);\n',
        replace: `  const facts = { ...record, ...promise(policy, run.clock.nowMs()), newKeyId: pair.accessKeyId };
  const { instructions } = policy;
  const enclosed = enclose(sealed, pair, record.parameterName, run);
  const mail = await composeNewKeyMail({ ...facts, instructions }, enclosed, false, run);
  const answer = await run.postman.send(mail, run.deadlineAtMs);
  const delivering = await keepPair(held, pair, sealed, policy, run);
  if (answer.kind === 'accepted') return schedule(delivering, run, 'the new key was mailed');
`,
      },
    ],
  },
  {
    name: 'takes a name over because its holder goes on under another rotation ID',
    breaks: 'every mail can be opened as long as its rotation is open',
    file: STORE,
    edits: [
      {
        find: 'if (isOpen(holder) && holder.parameterName === parameterName)',
        replace: 'if (isOpen(holder) && holder.rotationId === answer.heldBy.rotationId)',
      },
    ],
    tests: ['test/rotation/concurrency.test.ts'],
  },
  {
    name: 'asks for the key again after an answer that was lost',
    breaks: 'one rotation creates one key',
    file: ROTATE,
    edits: [
      {
        find: 'if (!(error instanceof KeyNotCreated) || !error.throttled || waitMs === undefined)',
        replace:
          'if ((error instanceof KeyNotCreated && !error.throttled) || waitMs === undefined)',
      },
    ],
  },
  {
    name: 'goes on to create the key however long it took to get there',
    breaks: 'an orphan is told from the user’s own key by its age',
    file: ROTATE,
    edits: [
      {
        find: 'if (run.clock.nowMs() > startedAtMs + CREATE_WITHIN_MS) {',
        replace: 'if (run.clock.nowMs() > startedAtMs + CREATE_WITHIN_MS * 10) {',
      },
    ],
  },
  {
    name: 'creates the key without looking at the lease again',
    breaks: 'before every effect there is a minute of lease and of time left',
    file: ROTATE,
    edits: [
      {
        find: '    held.assertTimeLeft();\n    if (run.clock.nowMs() > startedAtMs + CREATE_WITHIN_MS) {',
        replace: '    if (run.clock.nowMs() > startedAtMs + CREATE_WITHIN_MS) {',
      },
    ],
    tests: ['test/rotation/resume-started.test.ts'],
  },
  {
    name: 'does not ask whose name it is (GetUser) before it creates the key',
    breaks: 'nobody is mailed the key of a namesake',
    file: ROTATE,
    edits: [
      {
        find: 'return (await run.keys.userId(userName)) === userId\n',
        replace: 'return userName !== userId\n',
      },
    ],
  },
  {
    name: 'overwrites the content key of another user’s open rotation',
    breaks: 'every mail can be opened as long as its rotation is open',
    file: STORE,
    edits: [
      {
        find: 'if (isOpen(holder) && holder.parameterName === parameterName)',
        replace: 'if (isOpen(holder) && holder.parameterName !== parameterName)',
      },
    ],
  },
  {
    name: 'forgets the created key when another run went on with the record',
    breaks: 'no key is left that no record knows of',
    file: ROTATE,
    edits: [
      {
        find: '      await discard(held.record.userName, pair.accessKeyId, run);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'deletes the created key although the record names it',
    breaks: 'a write whose answer was lost is not undone',
    file: ROTATE,
    edits: [
      {
        find: 'if (error instanceof Conflict && !names(error.current, pair.accessKeyId)) {',
        replace: 'if (error instanceof Conflict) {',
      },
    ],
  },
  {
    name: 'deletes the created key although nobody knows whether the record was written',
    breaks: 'a write whose answer was lost is not undone',
    file: ROTATE,
    edits: [
      {
        find: 'if (error instanceof Conflict && !names(error.current, pair.accessKeyId)) {',
        replace: 'if (!(error instanceof Conflict && names(error.current, pair.accessKeyId))) {',
      },
    ],
  },
  {
    name: 'rotates a user who has two keys',
    breaks: 'a key that this program did not schedule is never touched',
    file: PLAN,
    edits: [{ find: 'if (others.length > 0) {', replace: 'if (others.length > 1) {' }],
  },
  {
    name: 'starts again although the last rotation failed a moment ago',
    breaks: 'a rotation that failed backs off for days',
    file: PLAN,
    edits: [
      {
        find: 'if (record && backsOff(record.retryNotBeforeMs, nowMs)) {',
        replace: 'if (record && record.retryNotBeforeMs < 0) {',
      },
    ],
  },
  {
    name: 'believes the credential report’s date of a key that was switched off and on again',
    breaks: 'no key is older than the limit because a list says that it is young',
    file: HINTS,
    edits: [
      {
        find: 'lastUsedAtMs !== undefined && lastUsedAtMs < changedAtMs\n',
        replace: 'lastUsedAtMs !== undefined && changedAtMs < 0\n',
      },
    ],
  },
];
