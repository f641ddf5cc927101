import { describe, expect, it } from '@jest/globals';
import type { CallPoint } from '../../../scripts/proofs/crash-matrix/call-point.ts';
import { type Case, casesOf, sample } from '../../../scripts/proofs/crash-matrix/cases.ts';
import {
  CONFIGURATIONS,
  nameOf,
  PAIRWISE,
} from '../../../scripts/proofs/crash-matrix/configurations.ts';
import { FAULT_NAMES } from '../../../scripts/proofs/crash-matrix/faults.ts';

const point = (service: string, action: string, step = 'rotator none → SCHEDULED'): CallPoint => ({
  scenario: 'prompt',
  functionName: 'rotator',
  ordinal: 1,
  service,
  action,
  label: `${service}:${action}`,
  nth: 1,
  step,
  call: `${service}:${action}`,
});
const POINTS = [
  point('iam', 'ListAccessKeys'),
  point('iam', 'CreateAccessKey'),
  point('ses', 'SendEmail'),
  point('iam', 'ListAccessKeys', 'rotator at SCHEDULED'),
];

describe('the configurations', () => {
  it('are all combinations of the settings', () => {
    expect(new Set(CONFIGURATIONS.map(nameOf)).size).toBe(3 * 2 * 2 * 2);
  });

  it('let every two settings meet in those of a sample', () => {
    const pairsIn = (words: readonly string[]) =>
      words.flatMap((one, i) => words.slice(i + 1).map((other) => `${one} ${other}`));
    const met = new Set(PAIRWISE.flatMap((one) => pairsIn(nameOf(one).split(','))));
    for (const one of CONFIGURATIONS) {
      for (const pair of pairsIn(nameOf(one).split(','))) expect(met).toContain(pair);
    }
  });
});

describe('the cases', () => {
  const [configuration = PAIRWISE[0]] = CONFIGURATIONS;
  const all = configuration ? casesOf(configuration, POINTS, FAULT_NAMES) : [];
  const kinds = (cases: readonly Case[]) =>
    cases.map(({ point: { step, call }, fault }) => `${step} ${call} ${fault}`);

  it('are every point with every fault; only a mail can be refused', () => {
    expect(all).toHaveLength(POINTS.length * (FAULT_NAMES.length - 1) + 1);
    const refused = all.filter(({ fault }) => fault === 'mail-refused');
    expect(refused.map(({ point: { call } }) => call)).toEqual(['ses:SendEmail']);
    expect(new Set(kinds(all)).size).toBe(all.length);
  });

  it('meet a TTL service that is a day late in some of them', () => {
    const late = all.filter(({ ttlLateMs }) => ttlLateMs > 0).length;
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThan(all.length);
  });

  it('make the same sample for the same seed, and another for another', () => {
    expect(sample(all, 9, 1)).toEqual(sample(all, 9, 1));
    expect(kinds(sample(all, 9, 2))).not.toEqual(kinds(sample(all, 9, 1)));
    expect(sample(all, 1_000, 1)).toHaveLength(all.length);
  });

  it('make a sample in which no call, no fault and no step is left out', () => {
    const chosen = sample(all, 9, 1);
    expect(new Set(chosen.map(({ fault }) => fault)).size).toBe(9);
    expect(new Set(chosen.map(({ point: { step, call } }) => step + call)).size).toBe(4);
  });
});
