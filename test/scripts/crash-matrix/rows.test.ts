import { expect, it } from '@jest/globals';
import type { Case } from '../../../scripts/proofs/crash-matrix/cases.ts';
import { resultOf } from '../../../scripts/proofs/crash-matrix/result.ts';
import { rowOf } from '../../../scripts/proofs/crash-matrix/rows.ts';
import type { ScenarioResult } from '../../../scripts/proofs/crash-matrix/scenario.ts';
import { renderMatrix } from '../../../scripts/proofs/crash-matrix/table.ts';

const CASE: Case = {
  configuration: { mailer: 'ses', encrypted: true, staged: false, used: true },
  point: {
    scenario: 'prompt',
    functionName: 'rotator',
    ordinal: 1,
    service: 'iam',
    action: 'CreateAccessKey',
    label: 'iam:CreateAccessKey',
    nth: 1,
    step: 'rotator none → SCHEDULED',
    call: 'iam:CreateAccessKey',
  },
  fault: 'reset',
  ttlLateMs: 0,
  doubleRun: 1,
};
const RESULT: ScenarioResult = {
  problems: [],
  closings: [{ outcome: 'completed', reason: 'the new key is in use' }],
  keyMails: 1,
  days: 2.004,
  invoked: [],
  warnings: ['rotator: "a rotation failed"'],
  struck: true,
};
const outcomeOf = (result: Partial<ScenarioResult>) => rowOf(CASE, { ...RESULT, ...result }, 1);

it('tells a rotation that went on from one that was started again', () => {
  expect(outcomeOf({})).toMatchObject({ outcome: 'completed', closedBefore: [], days: 2 });
  const closings = [{ outcome: 'failed', reason: 'no answer' }, ...RESULT.closings];
  expect(outcomeOf({ closings })).toMatchObject({
    outcome: 'completed later',
    closedBefore: ['failed: no answer'],
  });
});

it.each<[what: string, result: Partial<ScenarioResult>, problem: string]>([
  ['something is wrong', { problems: ['the user has 2 keys'] }, 'the user has 2 keys'],
  [
    'nothing went wrong that was to',
    { struck: false },
    'the call was not made, so nothing went wrong',
  ],
])(
  'counts a case as violated when %s, and tells what the functions logged',
  (_, given, problem) => {
    const row = outcomeOf(given);
    expect(row).toMatchObject({
      outcome: 'violated',
      problems: [problem],
      warnings: RESULT.warnings,
    });
    const result = resultOf({
      seconds: 1,
      points: [['ses,encrypted,direct,used', [CASE.point]]],
      possible: 2,
      rows: [outcomeOf({}), row],
    });
    expect(result).toMatchObject({ cases: 2, violations: 1 });
    expect(result.configurations).toMatchObject([{ cases: 2, violations: 1 }]);
    expect(renderMatrix(result)).toContain(`    ${problem}\n    logged by the rotator: `);
  },
);
