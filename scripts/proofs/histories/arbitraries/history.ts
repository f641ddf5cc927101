/** Draws histories at random. */
import fc from 'fast-check';
import type { MailOutcome } from '../../../../simulation/scenario/faults.ts';
import type { Conditions, History, Step } from '../model/history.ts';
import { command } from './commands.ts';
import { oneOf, seldom } from './draw.ts';
import { habits } from './habits.ts';

const MAX_STEPS = 40;

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
    // The settings refuse an age before the date that owners are told.
    maxKeyAgeDays: drawn.rotateAfterDays + Math.max(drawn.deleteAfterDays, maxAgeAfterDays),
  }));

/** Any history. */
export const history: fc.Arbitrary<History> = fc.record({
  conditions,
  steps,
});
