import { beforeEach, describe, expect, it } from '@jest/globals';
import { createClock } from '../../simulation/aws/clock.ts';
import type { FaultKind } from '../../simulation/aws/faults.ts';
import { Traffic } from '../../simulation/aws/traffic.ts';

let traffic: Traffic;
let effects: number;

beforeEach(() => {
  traffic = new Traffic(createClock());
  effects = 0;
});

async function call(action: string, service: 'iam' | 'ssm' = 'iam') {
  const refusals = {
    throttle: (code = 'Throttling') => code,
    deny: (code = 'AccessDenied') => code,
    error500: (code = 'ServiceFailure') => code,
  };
  const begun = traffic.calls.begin(service, action, { UserName: 'jane' }, 'arn:jane');
  const fate = await traffic.pass(begun, refusals, async () => {
    effects += 1;
    return { answer: 'fine', outcome: 'ok' };
  });
  return fate;
}

describe('the log of calls', () => {
  it('keeps every call in order, with what it was about and what came of it', async () => {
    await call('CreateAccessKey');
    await call('PutParameter', 'ssm');
    expect(traffic.calls.log).toMatchObject([
      {
        service: 'iam',
        action: 'CreateAccessKey',
        resource: { UserName: 'jane' },
        arn: 'arn:jane',
        outcome: 'ok',
      },
      { service: 'ssm', action: 'PutParameter' },
    ]);
  });

  it('counts by service and action until it is reset', async () => {
    await call('ListAccessKeys');
    await call('ListAccessKeys');
    await call('CreateAccessKey');
    expect(traffic.calls.counts()).toEqual({ 'iam:ListAccessKeys': 2, 'iam:CreateAccessKey': 1 });
    expect(traffic.calls.count('iam:ListAccessKeys')).toBe(2);
    expect(traffic.calls.count('iam')).toBe(3);
    traffic.calls.reset();
    expect(traffic.calls.log).toEqual([]);
    expect(traffic.calls.counts()).toEqual({});
  });
});

describe('a fault', () => {
  const kinds: [kind: FaultKind, fate: unknown, effects: number][] = [
    ['throttle', { answer: 'Throttling' }, 0],
    ['deny', { answer: 'AccessDenied' }, 0],
    ['error500', { answer: 'ServiceFailure' }, 0],
    ['error500-after', { answer: 'ServiceFailure' }, 1],
    ['reset-before', 'reset', 0],
    ['reset-after', 'reset', 1],
    ['timeout-before', 'silence', 0],
    ['timeout-after', 'silence', 1],
    ['die-before', 'reset', 0],
    ['die-after', 'reset', 1],
  ];
  it.each(kinds)('of kind %s gives the call its fate', async (kind, fate, expectedEffects) => {
    traffic.faults.add({ match: {}, kind });
    expect(await call('CreateAccessKey')).toEqual(fate);
    expect(effects).toBe(expectedEffects);
    expect(traffic.calls.log[0]?.outcome).toBe(kind);
  });

  it('strikes once, unless told how often', async () => {
    const fault = traffic.faults.add({ match: { service: 'iam' }, kind: 'throttle', times: 2 });
    const fates = [await call('A'), await call('B'), await call('C')];
    expect(fates).toEqual([{ answer: 'Throttling' }, { answer: 'Throttling' }, { answer: 'fine' }]);
    expect(fault.fired).toBe(2);
  });

  it('strikes the n-th call that matches, and not another', async () => {
    traffic.faults.add({
      match: { service: 'iam', action: 'CreateAccessKey', nth: 2 },
      kind: 'deny',
    });
    const fates = [
      await call('CreateAccessKey'),
      await call('ListAccessKeys'),
      await call('CreateAccessKey', 'ssm'),
      await call('CreateAccessKey'),
      await call('CreateAccessKey'),
    ];
    const fine = { answer: 'fine' };
    expect(fates).toEqual([fine, fine, fine, { answer: 'AccessDenied' }, fine]);
  });

  it('can be told by a predicate on the call', async () => {
    traffic.faults.add({ match: ({ resource }) => resource.UserName === 'joe', kind: 'deny' });
    expect(await call('CreateAccessKey')).toEqual({ answer: 'fine' });
    traffic.faults.add({ match: ({ resource }) => resource.UserName === 'jane', kind: 'deny' });
    expect(await call('CreateAccessKey')).toEqual({ answer: 'AccessDenied' });
  });

  it('can answer with another error code', async () => {
    traffic.faults.add({ match: {}, kind: 'throttle', code: 'ThrottlingException' });
    expect(await call('PutItem')).toEqual({ answer: 'ThrottlingException' });
  });

  it('lets the first rule that applies win, while all of them count', async () => {
    traffic.faults.add({ match: {}, kind: 'deny' });
    traffic.faults.add({ match: {}, kind: 'throttle' });
    traffic.faults.add({ match: { nth: 3 }, kind: 'error500' });
    const fates = [await call('A'), await call('B'), await call('C')];
    expect(fates).toEqual([
      { answer: 'AccessDenied' },
      { answer: 'Throttling' },
      { answer: 'ServiceFailure' },
    ]);
  });

  it('ends when it is removed or all are cleared', async () => {
    const always = { match: {}, kind: 'deny', times: Number.POSITIVE_INFINITY } as const;
    traffic.faults.add(always).remove();
    expect(await call('A')).toEqual({ answer: 'fine' });
    traffic.faults.add(always);
    traffic.faults.clear();
    expect(await call('A')).toEqual({ answer: 'fine' });
  });

  it.each([
    ['die-before', 0],
    ['die-after', 1],
  ] as const)('of kind %s kills the caller when the effect count is %i', async (kind, expected) => {
    let effectsAtDeath: number | undefined;
    const onDie = async () => {
      effectsAtDeath = effects;
    };
    traffic.faults.add({ match: {}, kind, onDie });
    await call('CreateAccessKey');
    expect(effectsAtDeath).toBe(expected);
  });
});

describe('a rate limit', () => {
  it('lets one second of calls through at once, and throttles the others', async () => {
    traffic.limit('iam', 3);
    const fates = await Promise.all(['A', 'B', 'C', 'D', 'E'].map((action) => call(action)));
    expect(fates.filter((fate) => fate !== 'reset' && fate !== 'silence')).toHaveLength(5);
    expect(effects).toBe(3);
    expect(traffic.calls.log.map(({ outcome }) => outcome)).toEqual([
      ...['ok', 'ok', 'ok'],
      ...['throttle', 'throttle'],
    ]);
  });

  it('can be of one action, and be lifted', async () => {
    traffic.limit('iam:CreateAccessKey', 1);
    await call('CreateAccessKey');
    expect(await call('CreateAccessKey')).toEqual({ answer: 'Throttling' });
    expect(await call('ListAccessKeys')).toEqual({ answer: 'fine' });
    traffic.limit('iam:CreateAccessKey', undefined);
    expect(await call('CreateAccessKey')).toEqual({ answer: 'fine' });
  });
});

describe('latency', () => {
  it('passes half before the effect and half after', async () => {
    traffic.latencyMs['iam:CreateAccessKey'] = 20;
    traffic.latencyMs['*'] = 0;
    const order: string[] = [];
    const begun = traffic.calls.begin('iam', 'CreateAccessKey');
    const refusals = { throttle: () => '', deny: () => '', error500: () => '' };
    const passing = traffic
      .pass(begun, refusals, async () => {
        order.push('effect');
        return { answer: '', outcome: 'ok' };
      })
      .then(() => order.push('answer'));
    await call('ListAccessKeys').then(() => order.push('other call'));
    await passing;
    expect(order).toEqual(['other call', 'effect', 'answer']);
  });
});
