/** Draws commands that belong together: rarely would chance put them together. */
import fc from 'fast-check';
import type { Which } from '../../../../simulation/scenario/user-actions.ts';
import { type Command, INVOCATION } from '../model/history.ts';
import { who } from './draw.ts';

/** What people and the product do in one go. */
export const habits: fc.Arbitrary<readonly Command[]> = who.chain((one) => {
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
