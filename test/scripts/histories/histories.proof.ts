import { beforeAll, describe, expect, it } from '@jest/globals';
import { renderFound } from '../../../scripts/proofs/histories/render.ts';
import { type Result, runAll } from '../../../scripts/proofs/histories/workers.ts';
import { COVERAGE } from './coverage.ts';

const HISTORIES = 10_000;
/** Another number in this variable, other histories. */
const SEED = Number(process.env.HISTORIES_SEED ?? 1);

describe(`${HISTORIES} histories drawn at random from HISTORIES_SEED=${SEED}`, () => {
  let result: Result;

  beforeAll(async () => {
    result = await runAll({ histories: HISTORIES, seed: SEED, jobs: 2 });
  }, 600_000);

  it('break no promise', () => {
    expect(result.found && renderFound(result.found)).toBeUndefined();
    expect(result).toMatchObject({ histories: HISTORIES, violations: 0 });
  });

  it('reach every kind of command, fault, effect and outcome', () => {
    expect(COVERAGE.filter((what) => !result.seen[what])).toEqual([]);
  });
});
