import { describe, expect, it } from '@jest/globals';
import { expectSame } from './support/same.ts';

const local = {
  status: 200,
  Users: [
    { Path: '/', UserId: '<AIDA…>', Tags: [] },
    { Path: '/team/', UserId: '<AIDA…>', Tags: [{ Key: 'a', Value: 'b' }] },
  ],
  IsTruncated: false,
};
const engine = {
  status: 200,
  Users: [
    { Path: '/', UserId: '7qc9wkdbyy8se5nn7h55' },
    { Path: '/team/', UserId: '7zi61x5b3lkbmzodx7r9', Tags: [{ Key: 'a', Value: 'b' }] },
  ],
};
const DIFFERENT = ['Users.*.UserId', 'Users.0.Tags', 'IsTruncated'];

describe('two answers', () => {
  it('are the same where only members differ that are known to', () => {
    expectSame(local, engine, DIFFERENT);
    expectSame(local, local);
  });

  it.each(DIFFERENT)('are not the same while %s is not known to differ', (member) => {
    const rest = DIFFERENT.filter((name) => name !== member);
    expect(() => expectSame(local, engine, rest)).toThrow();
  });

  it.each([
    ['another value', { ...engine, status: 404 }],
    ['a member more', { ...engine, Marker: 'x' }],
    [
      'another value deep inside',
      { ...engine, Users: [engine.Users[0], { ...engine.Users[1], Path: '/' }] },
    ],
    ['an element less', { ...engine, Users: engine.Users.slice(0, 1) }],
  ])('are not the same with %s besides', (_, other) => {
    expect(() => expectSame(local, other, DIFFERENT)).toThrow();
  });

  it.each(['status', 'Users.*.Path', 'Users.1.Tags', 'Marker', 'Users.*.Nothing'])(
    'are told to agree in %s, which is listed as different',
    (member) => {
      expect(() => expectSame(local, engine, [...DIFFERENT, member])).toThrow(member);
    },
  );

  it('stay as they are', () => {
    const before = structuredClone(local);
    expectSame(local, engine, DIFFERENT);
    expect(local).toEqual(before);
  });
});
