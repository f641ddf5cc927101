import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ALIASES } from '../../src/rotation/commands/aliases.ts';
import { readEvent } from '../../src/rotator/request.ts';
import { anyJson, deep, hostileText } from '../support/hostile.ts';

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:ikr-rotator';
const readRun = (event: unknown) => {
  const asked = readEvent(event, ARN);
  if (asked.kind !== 'run') throw new Error(`a ${asked.kind}, not a run`);
  return asked.request;
};
/** The command, or the code of the refusal and its sentence. */
const readCommand = (event: unknown, qualifier = 'admin') => {
  const asked = readEvent(event, `${ARN}:${qualifier}`);
  if (asked.kind === 'run') throw new Error('a run through an alias');
  if (asked.kind === 'command') return { alias: asked.alias, ...asked.command };
  return `${asked.refusal.code}: ${asked.refusal.message}`;
};

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
    expect(readRun(event)).toEqual(everybody);
    expect(readEvent(event, `${ARN}:$LATEST`)).toEqual({ kind: 'run', request: everybody });
  });
});

describe('a narrower event', () => {
  it('names the users', () => {
    expect(readRun({ users: ['alice', 'a+b=c,d.e@f-g_h'] })).toEqual({
      ...everybody,
      users: ['alice', 'a+b=c,d.e@f-g_h'],
    });
  });

  it('forces a rotation of users that it names', () => {
    expect(readRun({ users: ['alice'], force: true })).toEqual({
      users: ['alice'],
      force: true,
      dryRun: false,
    });
  });

  it('only reports, on everybody or on some', () => {
    expect(readRun({ dryRun: true })).toEqual({ ...everybody, dryRun: true });
    expect(readRun({ users: ['alice'], dryRun: true })).toEqual({
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
    ['misspells the action', { Action: 'rotate', users: ['alice'] }, /unknown: Action\)/],
    ['names nobody', { users: [] }, /wrong: users\)/],
    ['names one user outside of a list', { users: 'alice' }, /wrong: users\)/],
    ['names what is no user name', { users: ['alice', 'a b'] }, /wrong: users\.1\)/],
    ['names too long a user name', { users: ['a'.repeat(65)] }, /wrong: users\.0\)/],
    ['says yes in a word', { users: ['alice'], force: 'true' }, /wrong: force\)/],
    ['is a text', 'alice', /wrong: the event\)/],
    ['is a list', ['alice'], /wrong: the event\)/],
    ['forces everybody', { force: true }, /"force" needs "users"/],
  ])('%s', (_, event, problem) => {
    expect(() => readRun(event)).toThrow(problem);
  });

  it('is told what would be allowed', () => {
    expect(() => readRun({ user: 'alice' })).toThrow(
      'Allowed: {} for everybody, or {"users": ["alice"], "force": true, "dryRun": true}.',
    );
  });
});

describe('the alias', () => {
  it.each([
    ['read', ['status', 'history']],
    ['support', ['status', 'history', 'resend', 'cancel']],
    ['admin', ['status', 'history', 'resend', 'cancel', 'rotate']],
  ])('%s is allowed %j and nothing else', (alias, allowed) => {
    const actions = ['status', 'history', 'resend', 'cancel', 'rotate'];
    const carriedOut = actions.filter((action) => {
      const needsUser = action === 'resend' || action === 'cancel';
      const asked = readCommand({ action, ...(needsUser && { user: 'alice' }) }, alias);
      if (typeof asked !== 'string') return true;
      expect(asked).toMatch(
        new RegExp(
          `^alias-not-allowed: The alias ${alias} is not allowed ${action}; the alias \\w+ is\\.$`,
        ),
      );
      return false;
    });
    expect(carriedOut).toEqual(allowed);
  });

  it.each([undefined, null, {}, { 'detail-type': 'Scheduled Event' }, { users: ['alice'] }, 'x'])(
    'takes no schedule and no request without an action: %j',
    (event) => {
      for (const qualifier of [...ALIASES, '7', 'live']) {
        expect(() => readEvent(event, `${ARN}:${qualifier}`)).toThrow(
          `Through ${qualifier} come commands only`,
        );
      }
    },
  );

  it.each(['7', 'live', 'Admin', 'admin ', '__proto__'])('is none of ours: %s', (qualifier) => {
    expect(readCommand({ action: 'status' }, qualifier)).toBe(
      `unknown-alias: The function's aliases are read, support, admin, not ${qualifier}.`,
    );
  });

  it.each([ARN, `${ARN}:$LATEST`])('is missing in %s, and then no command is taken', (arn) => {
    expect(readEvent({ action: 'status' }, arn)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'no-alias' },
    });
  });
});

describe('a command', () => {
  it.each<[object]>([
    [{ action: 'status' }],
    [{ action: 'status', user: 'alice' }],
    [{ action: 'status', users: ['alice', 'AIDAEXAMPLEEXAMPLE234'], cursor: 'AIDA' }],
    [{ action: 'status', requestId: '4f6c1f0e-2a77-4f0b-9d0e-5b1a3c7d9e21' }],
    [{ action: 'history', user: 'alice', cursor: 'x' }],
    [{ action: 'resend', user: 'alice', claimedBy: 'arn:aws:iam::111122223333:user/jane' }],
    [{ action: 'cancel', user: 'AIDAEXAMPLEEXAMPLE234', notAfter: '2026-11-20T13:00:00Z' }],
    [{ action: 'cancel', user: 'alice', notAfter: '2026-11-20T13:00:00.123+01:00' }],
    [{ action: 'rotate', user: 'alice', force: true, dryRun: true }],
    [{ action: 'rotate', users: ['alice', 'bob'], requestId: 'a_b-C1' }],
  ])('is read as it is: %j', (command) => {
    expect(readCommand(command)).toEqual({ alias: 'admin', ...command });
  });

  it.each<[object, string]>([
    [{ action: 'destroy' }, 'wrong: action'],
    [{ action: '' }, 'wrong: action'],
    [{ action: ['status'] }, 'wrong: action'],
    [{ action: undefined }, 'wrong: action'],
    [{ action: 'rotate', usres: ['alice'] }, 'unknown: usres'],
    [{ action: 'rotate', users: [] }, 'wrong: users'],
    [{ action: 'rotate', users: 'alice' }, 'wrong: users'],
    [{ action: 'rotate', users: ['a/b'] }, 'wrong: users.0'],
    [{ action: 'rotate', user: 'alice', users: ['bob'] }, 'both user and users'],
    [{ action: 'rotate', force: true }, '"force" needs "users"'],
    [{ action: 'rotate', requestId: 'a b' }, 'wrong: requestId'],
    [{ action: 'status', force: true }, 'unknown: force'],
    [{ action: 'status', cursor: '' }, 'wrong: cursor'],
    [{ action: 'history', users: ['alice'] }, 'unknown: users'],
    [{ action: 'resend' }, 'wrong: user'],
    [{ action: 'cancel', user: 'a'.repeat(129) }, 'wrong: user'],
    [{ action: 'cancel', user: 'alice', notAfter: 'soon' }, 'wrong: notAfter'],
    [{ action: 'cancel', user: 'alice', claimedBy: 'jane\nroot' }, 'wrong: claimedBy'],
    [{ action: 'cancel', user: 'alice', claimedBy: '\u202ejane' }, 'wrong: claimedBy'],
  ])('is refused with what is wrong: %j', (command, problem) => {
    const refusal = readCommand(command);
    expect(refusal).toMatch(/^invalid-request: The command can't be read \(/);
    expect(refusal).toContain(problem);
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
      user: users,
      force: fc.oneof(fc.boolean(), anyJson),
      dryRun: fc.oneof(fc.boolean(), anyJson),
      Users: users,
      __proto__: fc.constant({ force: true, action: 'rotate' }),
    },
    { requiredKeys: [], noNullPrototype: true },
  );

  it('is done as it says or refused in words, and never for more users than it names', () => {
    fc.assert(
      fc.property(fc.oneof(asked, anyJson), (event) => {
        // Commands have a property of their own.
        fc.pre(typeof event !== 'object' || event === null || !Object.hasOwn(event, 'action'));
        let request: ReturnType<typeof readRun>;
        try {
          request = readRun(event);
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

  it('is a command that its alias allows and that names as many users, or is refused', () => {
    const action = fc.oneof(
      fc.constantFrom('status', 'history', 'resend', 'cancel', 'rotate'),
      anyJson,
    );
    fc.assert(
      fc.property(asked, action, fc.constantFrom(...ALIASES), (fields, name, alias) => {
        const event: Record<string, unknown> = { ...fields, action: name };
        const command = readCommand(event, alias);
        if (typeof command === 'string') {
          expect(command).toMatch(/^(invalid-request|alias-not-allowed): /);
          return;
        }
        expect(command).toEqual({ ...event, alias });
        if (command.action === 'rotate') {
          expect(alias).toBe('admin');
          if (command.force) expect(command.users ?? [command.user]).not.toEqual([undefined]);
        }
        if (alias === 'read') expect(['status', 'history']).toContain(command.action);
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused though it is nested deeply', () => {
    expect(() => readRun(deep())).toThrow('Allowed: ');
    expect(() => readRun({ users: deep() })).toThrow('Allowed: ');
    expect(readCommand({ action: deep() })).toMatch(/^invalid-request/);
    expect(readCommand({ action: 'rotate', users: deep() })).toMatch(/^invalid-request/);
  });
});
