/** Draws histories at random, with what is dangerous more often than by chance. */
import fc from 'fast-check';
import type { CallName } from '../../../simulation/memory/calls.ts';
import type { CallFaultKind, MailOutcome } from '../../../simulation/scenario/faults.ts';
import type { FunctionName } from '../../../simulation/scenario/functions.ts';
import type { Which } from '../../../simulation/scenario/user-actions.ts';
import {
  type Command,
  type Conditions,
  type History,
  INVOCATION,
  type InvocationPlan,
  type PlannedFault,
  type Step,
} from './history.ts';

const MAX_STEPS = 40;

const who = fc.nat({ max: 2 });
const which = fc.constantFrom<Which>('oldest', 'newest');
const minutes = fc.constantFrom(0, 1, 3, 5, 9, 13, 19, 22, 45);
/** The first is what it shrinks to. */
const oneOf = <T>(...values: readonly [T, number][]): fc.Arbitrary<T> =>
  fc.oneof(...values.map(([value, weight]) => ({ weight, arbitrary: fc.constant(value) })));

/** One time in eight. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** The calls of both functions, those with effects more often. */
const calls = oneOf<CallName>(
  ['keys.create', 4],
  ['journal.begin', 3],
  ['journal.replace', 8],
  ['mailer.send', 4],
  ['parameters.put', 3],
  ['parameters.get', 1],
  ['parameters.remove', 3],
  ['keys.delete', 4],
  ['keys.deactivate', 3],
  ['keys.activate', 1],
  ['keys.list', 4],
  ['keys.owner', 3],
  ['keys.userId', 1],
  ['journal.putTimer', 4],
  ['journal.removeTimer', 2],
  ['journal.addHistory', 2],
  ['journal.read', 2],
  ['journal.readAll', 1],
  ['journal.scan', 1],
  ['inventory.users', 1],
  ['inventory.keyHints', 1],
  ['inventory.account', 1],
  ['mailer.verify', 1],
);

const mailOutcomes = fc.array(
  oneOf<MailOutcome>(
    ['accepted', 2],
    ['refused', 3],
    ['lost', 3],
    ['arrived-unknown', 2],
    ['not-now', 2],
    ['quota-spent', 1],
  ),
  { minLength: 1, maxLength: 3 },
);

function faults(
  meanwhile: fc.Arbitrary<readonly Command[]>,
): fc.Arbitrary<readonly PlannedFault[]> {
  return fc.array(
    fc.record({
      at: calls,
      nth: oneOf([0, 8], [1, 4], [2, 2], [3, 1]),
      phase: fc.constantFrom('before', 'after'),
      kind: oneOf<CallFaultKind>(
        ['error', 4],
        ['die', 4],
        ['throttle', 1],
        ['deny', 1],
        ['pause', 3],
      ),
      minutes,
      meanwhile,
    }),
    { minLength: 1, maxLength: 2 },
  );
}

/** A run of the program; the smaller the weight, the fewer things go wrong in it. */
function invocation(
  faultWeight: number,
  meanwhile: fc.Arbitrary<readonly Command[]>,
): fc.Arbitrary<InvocationPlan> {
  const often = <T>(usual: T, arbitrary: fc.Arbitrary<T>, weight: number) =>
    fc.oneof(
      { weight: 20, arbitrary: fc.constant(usual) },
      { weight: weight * faultWeight, arbitrary },
    );
  return fc.record({
    timeout: often<InvocationPlan['timeout']>('usual', fc.constantFrom('none', 'short'), 5),
    skewSeconds: fc.constantFrom(0, 0, 30, 60),
    dryRun: often(false, fc.constant(true), 1),
    faults: often<readonly PlannedFault[]>([], faults(meanwhile), 20),
    mails: often<readonly MailOutcome[]>([], mailOutcomes, 6),
    mailerDown: often(false, fc.constant(true), 1),
  });
}

const functions = oneOf<FunctionName>(['rotator', 2], ['destructor', 1]);

/** What the product does. */
function productCommands(
  run: fc.Arbitrary<InvocationPlan>,
): readonly { weight: number; arbitrary: fc.Arbitrary<Command> }[] {
  return [
    {
      weight: 14,
      arbitrary: fc.record({
        do: fc.constant('rotate' as const),
        run,
        only: seldom(who),
        force: fc.constant(false),
        blind: oneOf<'no' | 'unlisted' | 'hidden'>(['no', 20], ['unlisted', 1], ['hidden', 1]),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('rotate' as const),
        run,
        only: who,
        force: fc.constant(true),
        blind: fc.constant('no' as const),
      }),
    },
    {
      weight: 9,
      arbitrary: fc.record({
        do: fc.constant('destruct' as const),
        run,
        lateHours: oneOf([0, 6], [20, 1], [48, 1]),
        stream: oneOf<'once' | 'lost' | 'twice'>(['once', 10], ['lost', 1], ['twice', 2]),
      }),
    },
  ];
}

/** What users do. */
const userCommands: readonly { weight: number; arbitrary: fc.Arbitrary<Command> }[] = [
  { weight: 4, arbitrary: fc.record({ do: fc.constant('open mail' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('use newest key' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('use all keys' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('create key' as const), who }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'deactivate key' as const,
        'activate key' as const,
        'activate key' as const,
        'delete key' as const,
      ),
      who,
      which,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove timer' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('move timer' as const, 'move dates' as const),
      who,
      days: fc.constantFrom(-9, -2, 2, 9),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('forge timer' as const),
      who,
      which,
      named: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'remove record' as const,
        'break record' as const,
        'remove history' as const,
        'delete parameter' as const,
        'overwrite parameter' as const,
      ),
      who,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('rename user' as const), who, to: fc.nat({ max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete user' as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('create user' as const), name: fc.nat({ max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('set tags' as const),
      who,
      tags: fc.constantFrom(
        'plain',
        'plain',
        'none',
        'invalid',
        'elsewhere',
        'outside',
        'slow',
        'staged',
      ),
    }),
  },
];

const healthy = invocation(0, fc.constant([]));
/** What others do while a run hears nothing. */
const meanwhile: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(...productCommands(healthy), ...userCommands),
  { maxLength: 2 },
);
const faulty = invocation(1, meanwhile);

const command: fc.Arbitrary<Command> = fc.oneof(
  ...productCommands(faulty),
  ...userCommands,
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('run both' as const),
      functions: fc.tuple(functions, functions),
      // What two runs do to each other shows best where nothing else goes wrong.
      runs: fc.oneof(fc.tuple(healthy, healthy), fc.tuple(faulty, faulty)),
      seed: fc.nat({ max: 1000 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass days' as const),
      days: fc.constantFrom(1, 2, 4, 8),
      everyHours: fc.constantFrom(12, 24),
      lateHours: oneOf([0, 3], [48, 1]),
      owners: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('ikr cancel' as const, 'ikr resend' as const),
      who,
      run: faulty,
    }),
  },
);

const step: fc.Arbitrary<Step> = fc.record({
  afterMinutes: oneOf(
    [0, 6],
    [1, 2],
    [12, 2],
    [25, 4],
    [360, 3],
    [1440, 3],
    [4320, 2],
    [10_080, 2],
  ),
  command,
});

/** What people do in one go: rarely would chance put it together. */
const habits: fc.Arbitrary<readonly Command[]> = who.chain((one) => {
  const on = (what: 'activate key' | 'deactivate key' | 'delete key', target: Which): Command => ({
    do: what,
    who: one,
    which: target,
  });
  const destruct: Command = {
    do: 'destruct',
    run: INVOCATION,
    lateHours: 0,
    stream: 'once',
  };
  const lose: Command = {
    do: 'rotate',
    run: { ...INVOCATION, mails: ['lost'] },
    only: undefined,
    force: false,
    blind: 'no',
  };
  const both: Command = {
    do: 'run both',
    functions: ['rotator', 'rotator'],
    runs: [INVOCATION, INVOCATION],
    seed: one,
  };
  return fc.constantFrom<readonly Command[]>(
    [
      { do: 'open mail', who: one },
      { do: 'use newest key', who: one },
    ],
    [
      on('activate key', 'newest'),
      { do: 'use newest key', who: one },
      on('deactivate key', 'newest'),
    ],
    [on('activate key', 'oldest'), { do: 'use all keys', who: one }],
    [on('deactivate key', 'oldest'), on('activate key', 'oldest')],
    [{ do: 'create key', who: one }, on('delete key', 'oldest')],
    [{ do: 'ikr cancel', who: one, run: INVOCATION }, on('delete key', 'oldest')],
    [{ do: 'remove timer', who: one }, destruct],
    [lose, both],
    [
      { do: 'delete user', who: one },
      { do: 'create user', name: one },
    ],
    [
      { do: 'rename user', who: one, to: 3 },
      { do: 'create user', name: one },
    ],
  );
});

const habit: fc.Arbitrary<readonly Step[]> = fc
  .tuple(habits, fc.constantFrom(0, 2, 10, 25))
  .map(([commands, afterMinutes]) =>
    commands.map((one, index) => ({ afterMinutes: index === 0 ? 0 : afterMinutes, command: one })),
  );

const steps: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc.oneof({ weight: 9, arbitrary: step.map((one) => [one]) }, { weight: 1, arbitrary: habit }),
    { minLength: 1, maxLength: MAX_STEPS, size: 'max' },
  )
  .map((some) => some.flat());

const conditions: fc.Arbitrary<Conditions> = fc
  .record({
    // How long the stages are, and whether the age limit leaves room for them.
    rotateAfterDays: fc.constantFrom(80, 30),
    deleteAfterDays: fc.constantFrom(7, 1, 3),
    staged: fc.boolean(),
    requireNewKeyUsed: oneOf([true, 3], [false, 1]),
    maxAgeAfterDays: fc.constantFrom(10, 2, 20, -5),
    encryptKeyPair: oneOf([true, 4], [false, 1]),
    maxRotationsPerRun: seldom(fc.constant(1)),
    oneMailDomain: fc.boolean(),
    listLagSeconds: fc.constantFrom(0, 10),
    settleSeconds: fc.constantFrom(0, 10),
    lastUsedLagMinutes: fc.constantFrom(0, 15),
    report: fc.boolean(),
    scanLagSeconds: fc.constantFrom(0, 3),
    clocksBehindSeconds: fc.constantFrom(0, 30, 60),
    dueInDays: fc.array(fc.constantFrom(0, -3, 2), { minLength: 1, maxLength: 2 }),
    mailOutcome: oneOf<MailOutcome>(
      ['accepted', 14],
      ['arrived-unknown', 2],
      ['lost', 1],
      ['not-now', 1],
      ['refused', 1],
    ),
    ownersActive: oneOf([true, 4], [false, 1]),
  })
  .map(({ staged, maxAgeAfterDays, ...drawn }) => ({
    ...drawn,
    deactivateAfterDays:
      staged && drawn.deleteAfterDays > 1 ? Math.ceil(drawn.deleteAfterDays / 2) : undefined,
    maxKeyAgeDays: drawn.rotateAfterDays + maxAgeAfterDays,
  }));

/** Any history. */
export const history: fc.Arbitrary<History> = fc.record({
  conditions,
  steps,
});
