import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readEvent } from '../../src/rotator/request.ts';
import { anyJson, deep, hostileText } from '../support/hostile.ts';

const everybody = { force: false, dryRun: false };

describe('an event that means everybody', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['what a rule of EventBridge sends', { 'detail-type': 'Scheduled Event', detail: {} }],
    [
      'what EventBridge sends, whatever else is in it',
      { 'detail-type': 'Scheduled Event', users: ['alice'], force: true },
    ],
  ])('is %s', (_, event) => {
    expect(readEvent(event)).toEqual(everybody);
  });
});

describe('a narrower event', () => {
  it('names the users', () => {
    expect(readEvent({ users: ['alice', 'a+b=c,d.e@f-g_h'] })).toEqual({
      ...everybody,
      users: ['alice', 'a+b=c,d.e@f-g_h'],
    });
  });

  it('forces a rotation of users that it names', () => {
    expect(readEvent({ users: ['alice'], force: true })).toEqual({
      users: ['alice'],
      force: true,
      dryRun: false,
    });
  });

  it('only reports, on everybody or on some', () => {
    expect(readEvent({ dryRun: true })).toEqual({ ...everybody, dryRun: true });
    expect(readEvent({ users: ['alice'], dryRun: true })).toEqual({
      users: ['alice'],
      force: false,
      dryRun: true,
    });
  });
});

describe('an event that is refused, so that one user never becomes everybody,', () => {
  it.each<[string, unknown, RegExp]>([
    ['misspells a field', { user: ['alice'] }, /unknown: user\)/],
    ['misspells another one', { users: ['alice'], dryrun: true }, /unknown: dryrun\)/],
    ['names nobody', { users: [] }, /wrong: users\)/],
    ['names one user outside of a list', { users: 'alice' }, /wrong: users\)/],
    ['names what is no user name', { users: ['alice', 'a b'] }, /wrong: users\.1\)/],
    ['names too long a user name', { users: ['a'.repeat(65)] }, /wrong: users\.0\)/],
    ['says yes in a word', { users: ['alice'], force: 'true' }, /wrong: force\)/],
    ['is a text', 'alice', /wrong: the event\)/],
    ['is a list', ['alice'], /wrong: the event\)/],
    ['forces everybody', { force: true }, /"force" needs "users"/],
  ])('%s', (_, event, problem) => {
    expect(() => readEvent(event)).toThrow(problem);
  });

  it('is told what would be allowed', () => {
    expect(() => readEvent({ user: 'alice' })).toThrow(
      'Allowed: {} for everybody, or {"users": ["alice"], "force": true, "dryRun": true}.',
    );
  });
});

describe('an event that somebody has made', () => {
  const users = fc.oneof(
    fc.array(fc.oneof(fc.constantFrom('alice', 'bob', 'a+b=c,d.e@f-g_h'), hostileText), {
      maxLength: 3,
    }),
    anyJson,
  );
  const asked = fc.record(
    {
      users,
      force: fc.oneof(fc.boolean(), anyJson),
      dryRun: fc.oneof(fc.boolean(), anyJson),
      Users: users,
      __proto__: fc.constant({ force: true }),
    },
    { requiredKeys: [], noNullPrototype: true },
  );

  it('is done as it says or refused in words, and never for more users than it names', () => {
    fc.assert(
      fc.property(fc.oneof(asked, anyJson), (event) => {
        let request: ReturnType<typeof readEvent>;
        try {
          request = readEvent(event);
        } catch (error) {
          expect((error as Error).message).toMatch(/Allowed: |needs "users"/);
          return;
        }
        const own = (Object(event) ?? {}) as Record<string, unknown>;
        expect(request.users).toEqual(own.users);
        expect(request.force).toBe(own.force === true);
        expect(request.dryRun).toBe(own.dryRun === true);
        for (const name of request.users ?? []) expect(name).toMatch(/^[\w+=,.@-]{1,64}$/);
        if (request.force) expect(request.users?.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused though it is nested deeply', () => {
    expect(() => readEvent(deep())).toThrow('Allowed: ');
    expect(() => readEvent({ users: deep() })).toThrow('Allowed: ');
  });
});
