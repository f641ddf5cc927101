/** Draws what users and administrators do. */
import fc from 'fast-check';
import type { Command } from '../model/history.ts';
import { which, who } from './draw.ts';

/** What users do. */
export const userCommands: readonly { weight: number; arbitrary: fc.Arbitrary<Command> }[] = [
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
