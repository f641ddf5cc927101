import { expect, it } from '@jest/globals';
import { renderFound } from '../../../scripts/proofs/histories/render.ts';
import { runAll } from '../../../scripts/proofs/histories/workers.ts';

const HISTORIES = 15;

it(`the built functions break no promise in ${HISTORIES} histories either`, async () => {
  const result = await runAll({ histories: HISTORIES, seed: 1, onBundles: true, jobs: 2 });
  expect(result.found && renderFound(result.found, true)).toBeUndefined();
  expect(result).toMatchObject({ histories: HISTORIES, violations: 0 });
  // The observer has seen something of what it judges.
  for (const effect of ['create key', 'send mail', 'delete key', 'write CLOSED']) {
    expect(Object.keys(result.effects)).toContain(effect);
  }
}, 600_000);
