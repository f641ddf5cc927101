import { describe, expect, it } from '@jest/globals';
import { CROWD, company, outcomes } from '../../simulation/memory/company.ts';
import { failAlways, failAt, once } from '../../simulation/memory/faults.ts';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { live, rotate, rotateOne } from '../../simulation/memory/life.ts';
import { LOST, NOT_NOW, REFUSED } from '../../simulation/memory/mail.ts';
import { scheduled } from '../../simulation/memory/states.ts';
import { createWorld } from '../../simulation/memory/world.ts';
import { recordKey, timerKey } from '../../src/aws/items.ts';
import { nothingWorked } from '../../src/domain/report.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import { KeyNotCreated } from '../../src/ports/errors.ts';

describe('the report', () => {
  it('has a row for every managed user, and none for anybody else', async () => {
    const world = company(90, 10);
    world.iam.createUser('robot', { email: null });
    world.hire('wrong', { email: 'not an address' });
    world.iam.createUser('keyless');
    const report = await rotate(world);
    expect(outcomes(report.rows)).toEqual({
      age90: 'rotated',
      age10: 'skipped',
      wrong: 'invalid',
      keyless: 'skipped',
    });
    expect(report).toMatchObject({
      users: 5,
      dryRun: false,
      totals: { rotated: 1, skipped: 2, invalid: 1 },
      problems: [],
    });
  });

  it('tells that keys had to be listed for want of a credential report, and misses nobody', async () => {
    const world = createWorld({ iam: { report: false } });
    world.hire('old', { keyAgeDays: 90 });
    world.hire('young', { keyAgeDays: 10 });
    const report = await rotate(world);
    expect(report.notes).toEqual(['there is no credential report']);
    expect(outcomes(report.rows)).toEqual({ old: 'rotated', young: 'skipped' });
  });

  it('has a row for an open rotation of a user who is no longer tagged', async () => {
    const { world, userId } = await scheduled();
    world.iam.retag(userId, {});
    expect(await rotateOne(world)).toMatchObject({ userId, outcome: 'waiting' });
  });

  it('holds no secret', async () => {
    const world = company(90, 91);
    world.mail.next.push(LOST);
    const report = await rotate(world);
    const secrets = world.iam
      .userIds()
      .flatMap((userId) => world.iam.keysOf(userId))
      .map(({ accessKeyId }) => world.iam.secretOf(accessKeyId));
    expect(secrets).toHaveLength(4);
    for (const secret of secrets) {
      expect(JSON.stringify([report, world.logs])).not.toContain(secret);
    }
  });

  it('tells of items of the table that can not be read', async () => {
    const world = company(90);
    world.table.put({ ...timerKey(ACCOUNT_ID, 'AIDABAD', 'AKIABAD'), delete_on: 'soon' });
    const { problems, rows } = await rotate(world);
    expect(problems).toEqual([expect.stringContaining('AIDABAD/timer/AKIABAD')]);
    expect(rows).toMatchObject([{ outcome: 'rotated' }]);
  });

  it('says failed of a user whose record can not be read, whose keys stay', async () => {
    const { world, userId, keys } = await scheduled();
    const before = keys();
    world.table.put({ ...world.table.get(recordKey(ACCOUNT_ID, userId)), version: 'x' });
    world.iam.deleteKey(Object.keys(before)[1] ?? '');
    expect(await rotateOne(world)).toMatchObject({ outcome: 'failed' });
    expect(Object.keys(keys())).toHaveLength(1);
  });

  it.each(['inventory.users', 'journal.readAccount'] as const)(
    'is not given when %s fails, and nothing is changed',
    async (name) => {
      const world = company(90);
      const before = world.snapshot();
      world.onCall = failAlways(name);
      await expect(rotate(world)).rejects.toThrow(`${name} failed`);
      expect(world.snapshot()).toEqual(before);
    },
  );
});

describe('a run for certain users', () => {
  it('works on nobody else', async () => {
    const world = company(90, 91);
    world.mail.next.push(LOST);
    await rotate(world, { users: ['age90'] });
    const { rows } = await rotate(world, { users: ['age91'] });
    expect(outcomes(rows)).toEqual({ age91: 'rotated' });
    expect(world.openRecords().map(({ state }) => state)).toEqual(['DELIVERING', 'SCHEDULED']);
  });

  it('says what is wrong with those whom it can not work on', async () => {
    const world = company(90);
    world.iam.createUser('robot', { email: null });
    const { rows } = await rotate(world, { users: ['age90', 'robot', 'nobody'] });
    expect(rows).toMatchObject([
      { userName: 'age90', outcome: 'rotated' },
      { userName: 'robot', outcome: 'failed', code: 'unmanaged' },
      { userName: 'nobody', outcome: 'failed', code: 'unknown-user' },
    ]);
  });

  it('says of a renamed user no more than what there is to say', async () => {
    const { world, userId } = await scheduled();
    world.iam.renameUser(userId, 'alicia');
    const { rows } = await rotate(world, { users: ['alicia'] });
    expect(rows).toMatchObject([{ userName: 'alicia', outcome: 'waiting' }]);
  });
});

describe("one user's error stops nobody else", () => {
  it.each([
    ['keys.list', new Error('no')],
    ['keys.create', new Error('lost')],
    ['keys.create', new KeyNotCreated('denied', false, undefined)],
  ] as const)('not at %s (%s)', async (name, error) => {
    const world = company(90, 91, 92);
    world.onCall = failAt(name, 'before', error, ([userName]) => userName === 'age92');
    const { rows } = await rotate(world);
    expect(outcomes(rows)).toEqual({ age90: 'rotated', age91: 'rotated', age92: 'failed' });
  });

  it.each([
    'journal.begin',
    'journal.replace',
    'contentKeys.put',
    'journal.putTimer',
    'account.describe',
  ] as const)('not at %s, once', async (name) => {
    const world = company(90, 91, 92);
    world.onCall = failAt(name, 'before');
    const { rows } = await rotate(world);
    expect(rows).toHaveLength(3);
    const rotated = rows.filter(({ outcome }) => outcome === 'rotated');
    expect(rotated).toHaveLength(name === 'account.describe' ? 0 : 2);
  });

  it("not when a mail is refused, or an open rotation can't be resumed", async () => {
    const world = company(90, 91, 92);
    world.mail.answer = ({ to }) => (to === 'age91@example.com' ? REFUSED : LOST);
    expect(outcomes((await rotate(world)).rows)).toEqual({
      age90: 'failed',
      age91: 'withdrawn',
      age92: 'failed',
    });
    world.mail.answer = { kind: 'accepted' };
    world.clock.advance(HOUR_MS);
    world.onCall = failAlways('keys.owner');
    const { rows } = await rotate(world);
    expect(outcomes(rows)).toEqual({ age90: 'failed', age91: 'skipped', age92: 'failed' });
    world.onCall = undefined;
    world.clock.advance(HOUR_MS);
    expect((await rotate(world)).totals).toMatchObject({ rotated: 2 });
  });
});

describe('whether a run has failed as a whole', () => {
  it('is so when there was work and none of it was done', async () => {
    const world = company(90, 91, 10);
    world.mail.answer = NOT_NOW;
    expect(nothingWorked((await rotate(world)).rows)).toBe(true);
  });

  it('is not so when there was nothing to do', async () => {
    expect(nothingWorked((await rotate(company(10))).rows)).toBe(false);
  });

  it('is not so when anything was done', async () => {
    const world = company(90, 91, 92);
    world.mail.next.push(LOST, LOST);
    expect(nothingWorked((await rotate(world)).rows)).toBe(false);
  });
});

describe('a run whose time is nearly over', () => {
  it('begins with nobody when less than two minutes are left', async () => {
    const world = company(90, 91);
    const before = world.snapshot();
    const { rows } = await rotate(world, {}, { lifeMs: 2 * MINUTE_MS - 1 });
    expect(outcomes(rows)).toEqual({ age90: 'left', age91: 'left' });
    expect(world.snapshot()).toEqual(before);
  });

  it('stops in good order: whoever is left is rotated by the next run', async () => {
    // Calls take so long that about half of the work fits into the life of a function.
    const world = createWorld();
    world.latencyMs = 8 * SECOND_MS;
    for (const age of CROWD) world.hire(`age${age}`, { keyAgeDays: age });
    const { totals } = await rotate(world, {}, { lifeMs: 3 * MINUTE_MS });
    expect(totals).toEqual({ rotated: expect.any(Number), left: expect.any(Number) });
    world.clock.advance(HOUR_MS);
    await rotate(world);
    expect(world.openRecords().map(({ state }) => state)).toEqual(CROWD.map(() => 'SCHEDULED'));
    await world.owners.readMail();
    for (const userId of world.iam.userIds()) {
      expect(world.owners.workingKeys(userId)).toHaveLength(2);
    }
  });

  it.each([
    'journal.begin',
    'contentKeys.put',
    'keys.create',
    'journal.replace',
    'mailer.send',
    'journal.putTimer',
  ] as const)('stops where %s has taken all of it, and the next run goes on', async (name) => {
    const world = createWorld();
    const { userId } = world.hire('alice');
    world.onCall = once(name, 'after', () => world.clock.advance(14.5 * MINUTE_MS));
    const row = await rotateOne(world);
    expect(row.outcome).not.toBe('failed');
    expect(world.iam.keysOf(userId).length).toBeLessThanOrEqual(2);
    world.clock.advance(HOUR_MS);
    if (row.outcome !== 'rotated') {
      expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    }
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toHaveLength(2);
  });

  it('has no effect under a lease that is over', async () => {
    for (const name of ['contentKeys.put', 'keys.create', 'journal.replace'] as const) {
      const world = createWorld();
      const { userId } = world.hire('alice');
      world.onCall = once(name, 'after', () => world.clock.advance(HOUR_MS));
      await rotate(world, {}, { lifeMs: Number.POSITIVE_INFINITY });
      const at = world.effects.findLastIndex((effect) => !/write|remove|delete/.test(effect));
      expect(world.effects[at]).not.toBe('send mail');
      world.onCall = undefined;
      await live(world, { days: 10 });
      expect(world.iam.keysOf(userId)).toHaveLength(1);
      expect(world.owners.workingKeys(userId)).toHaveLength(1);
    }
  });
});
