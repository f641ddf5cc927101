import { expect, it } from '@jest/globals';
import { playAll } from '../../../scripts/proofs/histories/lanes.ts';
import { renderFound } from '../../../scripts/proofs/histories/render.ts';

const HISTORIES = 15;

it(`the built functions break no promise in ${HISTORIES} histories either`, async () => {
  const result = await playAll({ histories: HISTORIES, seed: 1, onBundles: true, jobs: 2 });
  expect(result.found && renderFound(result.found, true)).toBeUndefined();
  expect(result).toMatchObject({ histories: HISTORIES, violations: 0 });
  // The judges have seen something of what they judge.
  for (const effect of ['create key', 'send mail', 'delete key', 'write CLOSED']) {
    expect(Object.keys(result.effects)).toContain(effect);
  }
}, 600_000);
