import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AccountPolicy, policyFor, promise } from '../../src/domain/policy.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { hostileAddress } from '../support/hostile.ts';

const defaults: AccountPolicy = {
  rotateAfterDays: 80,
  deleteAfterDays: 7,
  requireNewKeyUsed: true,
  maxKeyAgeDays: 90,
};
const user = (values: Record<string, string>) => ({
  tags: Object.entries({ 'IKR:EMAIL': 'alice@example.com', ...values }).map(([key, value]) => ({
    key,
    value,
  })),
});

describe('the policy of a user', () => {
  it('is that of the account', () => {
    expect(policyFor(user({}), { ...defaults, deactivateAfterDays: 3 })).toEqual({
      kind: 'managed',
      policy: {
        address: 'alice@example.com',
        instructions: '',
        rotateAfterDays: 80,
        deleteAfterDays: 7,
        deactivateAfterDays: 3,
        requireNewKeyUsed: true,
        maxKeyAgeDays: 90,
      },
    });
  });

  it('is overridden by tags', () => {
    const own = user({ 'IKR:ROTATE_AFTER_DAYS': '30', 'IKR:DELETE_AFTER_DAYS': '2' });
    expect(policyFor(own, defaults)).toMatchObject({
      policy: { rotateAfterDays: 30, deleteAfterDays: 2 },
    });
  });

  it.each([
    ['3', '3'],
    ['3', '8'],
  ])(
    'is a mistake when the key would be deleted after %s and deactivated after %s days',
    (remove, deactivate) => {
      const own = user({
        'IKR:DELETE_AFTER_DAYS': remove,
        'IKR:DEACTIVATE_AFTER_DAYS': deactivate,
      });
      expect(policyFor(own, defaults)).toMatchObject({ kind: 'invalid' });
    },
  );

  it.each([
    ['alice@example.com', 'managed'],
    ['alice@EXAMPLE.com', 'managed'],
    ['alice@evil.test', 'invalid'],
    ['alice@sub.example.com', 'invalid'],
    ['alice@notexample.com', 'invalid'],
  ])('sends to %s: %s, when only example.com is allowed', (address, kind) => {
    const reading = policyFor(user({ 'IKR:EMAIL': address }), {
      ...defaults,
      allowedMailDomains: ['example.com'],
    });
    expect(reading.kind).toBe(kind);
  });

  it('promises dates that count from the delivery', () => {
    const policy = {
      address: 'a@example.com',
      instructions: '',
      ...defaults,
    };
    const { requireNewKeyUsed, maxKeyAgeDays } = defaults;
    expect(promise(policy, 1_000)).toEqual({
      deleteOnMs: 1_000 + 7 * DAY_MS,
      requireNewKeyUsed,
      maxKeyAgeDays,
    });
    expect(promise({ ...policy, deactivateAfterDays: 3 }, 0)).toMatchObject({
      deactivateOnMs: 3 * DAY_MS,
      deleteOnMs: 7 * DAY_MS,
    });
  });
});

describe('ALLOWED_MAIL_DOMAINS', () => {
  const allowed = ['example.com', 'mail.example.org'];
  const reading = (address: string) =>
    policyFor(user({ 'IKR:EMAIL': address }), { ...defaults, allowedMailDomains: allowed });

  it.each(['a@example.com', 'a@EXAMPLE.Com', 'a@mail.example.org'])(
    'lets %s through',
    (address) => {
      expect(reading(address)).toMatchObject({ kind: 'managed', policy: { address } });
    },
  );

  it.each([
    'a@example.org',
    'a@sub.example.com',
    'a@example.com.evil.test',
    'a@example.co',
    'a@notexample.com',
    'a@example.com.',
    'a@xn--example.com',
    'a@ex\u0430mple.com',
    'a@example\u3002com',
    'example.com@evil.test',
    '"a@example.com"@evil.test',
    'eve@evil.test@example.com',
    'eve@evil.test,a@example.com',
    '=?utf-8?q?eve=40evil.test=2c?=@example.com',
  ])('stops %s', (address) => {
    expect(reading(address)).toMatchObject({ kind: 'invalid' });
  });

  it('lets nobody through whose address merely has a domain in it', () => {
    const address = fc.constantFrom(...allowed).chain((domain) => hostileAddress(domain));
    fc.assert(
      fc.property(address, (one) => {
        const found = reading(one);
        const domain = /^[^@]+@([^@]+)$/.exec(one)?.[1]?.toLowerCase();
        if (found.kind === 'managed') expect(allowed).toContain(domain);
        else
          expect(found).toMatchObject({ problems: [expect.stringMatching(/IKR:EMAIL|ALLOWED/)] });
      }),
      { numRuns: 800 },
    );
  });
});
