import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  type CallPoint,
  isEffect,
  labelOf,
} from '../../../scripts/proofs/crash-matrix/call-point.ts';
import { type Deployment, deploy } from '../../../scripts/proofs/crash-matrix/deployment.ts';
import { arm } from '../../../scripts/proofs/crash-matrix/faults.ts';
import { recordPoints } from '../../../scripts/proofs/crash-matrix/points.ts';
import { runScenario } from '../../../scripts/proofs/crash-matrix/scenario.ts';

let deployment: Deployment;
let points: CallPoint[];
beforeAll(async () => {
  deployment = await deploy({ mailer: 'ses', encrypted: true, staged: false, used: true });
  points = await recordPoints(deployment);
});
afterAll(() => deployment.close());

const find = (step: string, call: string): CallPoint => {
  const found = points.find((point) => point.step === step && point.call === call);
  if (!found) throw new Error(`there is no ${call} in ${step}`);
  return found;
};

it('knows every call of a rotation by what it is about', () => {
  const inFirstRun = points.filter(({ step }) => step === 'rotator none → SCHEDULED');
  const effects = inFirstRun
    .map(({ call }) => call)
    .filter((call) => /:(Put|Create|SendEmail)/.test(call));
  expect(effects).toEqual([
    'dynamodb:PutItem record',
    'ssm:PutParameter',
    'iam:CreateAccessKey',
    'dynamodb:PutItem record (2)',
    'ses:SendEmail',
    'dynamodb:PutItem timer',
    'dynamodb:PutItem record (3)',
    'dynamodb:PutItem run',
  ]);
  expect(points.some(({ functionName }) => functionName === 'destructor')).toBe(true);
});

it('lets runs that find nothing to do be rare, and others frequent', async () => {
  const { invoked } = await runScenario(deployment, 'slow');
  const runs = invoked.filter(({ functionName }) => functionName === 'rotator');
  const hours = runs.map(({ calls }) => (calls[0]?.atMs ?? 0) / 3_600_000);
  const pauses = hours.slice(1).map((at, index) => Math.round(at - (hours[index] ?? 0)));
  const isBusy = runs.map(({ calls }) => calls.some(isEffect));
  expect(pauses.filter((_, index) => isBusy[index])).toEqual(
    isBusy.slice(0, -1).flatMap((busy) => (busy ? [6] : [])),
  );
  expect(Math.max(...pauses)).toBe(24);
});

it('tells the password of the mail server from the content keys', () => {
  const label = (Name: string) =>
    labelOf({ service: 'ssm', action: 'GetParameter', resource: { Name } });
  expect(label('/mail/smtp-password')).toBe('ssm:GetParameter password');
  expect(label('/ikr/secret/iam/alice')).toBe('ssm:GetParameter');
});

it('goes on from a crash to a good end', async () => {
  const point = find('rotator none → SCHEDULED', 'iam:CreateAccessKey');
  const result = await runScenario(deployment, 'prompt', {
    point,
    fault: 'die-after',
    ttlLateMs: 0,
    doubleRun: 1,
  });
  expect(result).toMatchObject({ struck: true, problems: [] });
  expect(result.closings.at(-1)?.outcome).toBe('completed');
  // The key of the run that died was deleted, and another made.
  const calls = result.invoked.flatMap((one) => one.calls.map(({ action }) => action));
  expect(calls.filter((action) => action === 'CreateAccessKey')).toHaveLength(2);
});

it('says when the call that was to go wrong was never made', async () => {
  const point = { ...find('rotator none → SCHEDULED', 'iam:CreateAccessKey'), nth: 2 };
  const result = await runScenario(deployment, 'prompt', {
    point,
    fault: 'die-after',
    ttlLateMs: 0,
    doubleRun: 1,
  });
  expect(result.struck).toBe(false);
});

it('keeps a fault of a day up for a day, and for that call alone', async () => {
  const account = await deployment.renew();
  const second = { service: 'iam', action: 'ListUsers', label: 'iam:ListUsers', nth: 2 };
  const armed = arm('deny-day', second, account, () => Promise.resolve());
  const strike = (action: string) => {
    const call = account.calls.begin('iam', action);
    return account.faults.strike(call)?.kind;
  };
  expect(strike('ListUsers')).toBeUndefined();
  expect(armed.struckAtMs).toBeUndefined();
  expect(strike('ListUsers')).toBe('deny');
  expect(armed.struckAtMs).toBeDefined();
  account.clock.advance(23 * 3_600_000);
  expect([strike('ListUsers'), strike('GetUser')]).toEqual(['deny', undefined]);
  account.clock.advance(3_600_000);
  expect(strike('ListUsers')).toBeUndefined();
});
