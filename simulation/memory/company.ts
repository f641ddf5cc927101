import { createWorld, type World } from './world.ts';

/** Users with keys of so many days, each named after the age. */
export function company(...ages: readonly number[]): World {
  const world = createWorld();
  for (const age of ages) world.hire(`age${age}`, { keyAgeDays: age });
  return world;
}

/** The outcome of each row by its user's name. */
export const outcomes = (rows: readonly { userName: string; outcome: string }[]) =>
  Object.fromEntries(rows.map(({ userName, outcome }) => [userName, outcome]));

/** Ages of more keys than are worked on at a time. */
export const CROWD = Array.from({ length: 60 }, (_, index) => 81 + index);
