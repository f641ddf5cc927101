/** Draws commands, with what is dangerous more often than by chance. */
import fc from 'fast-check';
import type { FunctionName } from '../../../../simulation/scenario/functions.ts';
import type { Command, InvocationPlan } from '../model/history.ts';
import { oneOf, seldom, who } from './draw.ts';
import { invocation } from './invocations.ts';
import { userCommands } from './user-commands.ts';

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

const healthy = invocation(0, fc.constant([]));
/** What others do while a run hears nothing. */
const meanwhile: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(...productCommands(healthy), ...userCommands),
  { maxLength: 2 },
);
const faulty = invocation(1, meanwhile);

/** Any command. */
export const command: fc.Arbitrary<Command> = fc.oneof(
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
