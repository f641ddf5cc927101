/** Invariant 6. */
import type { Findings, Rule } from './rule.ts';

export const simultaneous: Rule = {
  statement: 'A second run at the same time changes nothing',

  runsAtOnce({ userName, createdKeys, mailedPairs }): Findings {
    return [
      ...atMostOne(
        createdKeys,
        (count) => `two runs at once created ${count} keys for ${userName}`,
      ),
      ...atMostOne(mailedPairs, (count) => `two runs at once mailed ${count} times to ${userName}`),
    ];
  },
};

function atMostOne(count: number | undefined, what: (count: number) => string): Findings {
  if (count === undefined) return [];
  return [count > 1 ? what(count) : undefined];
}
