/** What was done and promised stands in the record: neither settings nor other accounts change it. */
import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { dueNow, expire, live, rotate, rotateOne } from '../../simulation/memory/life.ts';
import {
  cancelled,
  deactivated,
  delivering,
  inUse,
  type Scene,
  scheduled,
  started,
  withdrawing,
} from '../../simulation/memory/states.ts';
import type { RunSettings, World } from '../../simulation/memory/world.ts';
import { recordKey, timerKey } from '../../src/aws/items.ts';
import { DAY_MS } from '../../src/domain/time.ts';

const PARAMETER = '/ikr/secret/iam/alice/AIDA00000000000000001';
const STATES = { started, delivering, withdrawing, scheduled, deactivated, cancelled } as const;
const SCENES = Object.entries(STATES);

describe('with ENCRYPT_KEY_PAIR changed to false while a sealed mail is open', () => {
  const plaintext: RunSettings = { encryptKeyPair: false };

  it.each<[string, () => Promise<Scene>, number]>([
    ['at the age limit', scheduled, 10],
    [
      'where the new key need not be used',
      () => scheduled({ settings: { policy: { requireNewKeyUsed: false } } }),
      8,
    ],
    [
      'at its stage',
      () =>
        scheduled({ settings: { policy: { requireNewKeyUsed: false, deactivateAfterDays: 3 } } }),
      4,
    ],
  ])('and its content key gone, the old key is kept (%s)', async (_, scene, days) => {
    const { world, userId, keys } = await scene();
    const before = keys();
    world.parameters.delete(PARAMETER);
    world.clock.advance(days * DAY_MS);
    expect(await rotateOne(world, {}, plaintext)).toMatchObject({
      outcome: 'failed',
      code: 'not-retrievable',
    });
    expect((await expire(world, plaintext)).rows).toEqual([]);
    world.clock.advance(DAY_MS);
    expect((await expire(world, plaintext)).rows).toMatchObject([{ code: 'not-retrievable' }]);
    expect(keys()).toEqual(before);
    expect(world.recordIn(userId, 'SCHEDULED').target.form).toBe('sealed');
  });

  it('and its content key there, the old key ends as it would have ended', async () => {
    const { world, newKeyId, keys } = await inUse();
    world.clock.advance(8 * DAY_MS);
    expect(await rotateOne(world, {}, plaintext)).toMatchObject({ outcome: 'deleted' });
    expect(keys()).toEqual({ [newKeyId]: 'Active' });
  });

  it('the next delivery of a pair that may be lost takes the form of today', async () => {
    const { world, userId, newKeyId } = await delivering();
    expect(await rotateOne(world, {}, plaintext)).toMatchObject({ outcome: 'rotated', newKeyId });
    expect(world.recordIn(userId, 'SCHEDULED').target.form).toBe('plaintext');
    expect(world.mail.mailbox.at(-1)?.text).toContain(world.iam.secretOf(newKeyId));
  });
});

it('with ENCRYPT_KEY_PAIR changed to true, a pair in plaintext still needs no content key', async () => {
  const settings = { encryptKeyPair: false, policy: { requireNewKeyUsed: false } };
  const scene = await scheduled({ settings });
  scene.world.parameters.delete(PARAMETER);
  scene.world.clock.advance(8 * DAY_MS);
  expect(await rotateOne(scene.world, {}, { encryptKeyPair: true })).toMatchObject({
    outcome: 'deleted',
  });
});

describe('what a mail promised', () => {
  it.each<[string, RunSettings['policy']]>([
    ['DELETE_AFTER_DAYS', { deleteAfterDays: 1 }],
    ['DEACTIVATE_AFTER_DAYS', { deactivateAfterDays: 1 }],
    ['MAX_KEY_AGE_DAYS', { maxKeyAgeDays: 81 }],
    ['REQUIRE_NEW_KEY_USED', { requireNewKeyUsed: false }],
  ])('is kept when %s is changed', async (_, policy = {}) => {
    const { world, keys } = await scheduled();
    const before = keys();
    world.clock.advance(7 * DAY_MS - 1);
    expect(await rotateOne(world, {}, { policy })).toMatchObject({ outcome: 'waiting' });
    expect(keys()).toEqual(before);
    world.clock.advance(DAY_MS + 1);
    expect(await rotateOne(world, {}, { policy })).toMatchObject({ outcome: 'reminded' });
    expect(keys()).toEqual(before);
  });

  it.each<[string, Record<string, string>]>([
    ['IKR:DELETE_AFTER_DAYS', { 'IKR:DELETE_AFTER_DAYS': '1' }],
    ['IKR:DEACTIVATE_AFTER_DAYS', { 'IKR:DEACTIVATE_AFTER_DAYS': '1' }],
  ])('is kept when the tag %s is added', async (_, tags) => {
    const { world, userId, keys } = await inUse();
    world.iam.retag(userId, { 'IKR:EMAIL': 'alice@example.com', ...tags });
    const before = keys();
    world.clock.advance(7 * DAY_MS - 1);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    expect(keys()).toEqual(before);
  });
});

describe("another account's open record in the same table", () => {
  const OTHER = '999999999999';
  const FOREIGN = /AIDAOTHER|AKIAOTHER|999999999999/;

  /** Another deployment's rotation in the same state, of a user whom this account does not have. */
  function addForeign(world: World, userId: string): object {
    const record = world.record(userId);
    if (!record) throw new Error('there is no record');
    const { keySnapshot, ...rest } = record;
    const foreign = {
      ...rest,
      ...recordKey(OTHER, 'AIDAOTHER'),
      accountId: OTHER,
      userId: 'AIDAOTHER',
      userName: 'alice',
      parameterName: '/ikr/secret/iam/alice/AIDAOTHER',
      oldKeyId: 'AKIAOTHEROLD',
      ...('newKeyId' in rest && { newKeyId: 'AKIAOTHERNEW' }),
    };
    world.table.put(foreign);
    world.table.put({
      ...timerKey(OTHER, 'AIDAOTHER', 'AKIAOTHEROLD'),
      delete_on: 9_999_999_999,
      rotationId: rest.rotationId,
    });
    return foreign;
  }

  it.each(SCENES)('is never closed or touched by this account (%s)', async (_, scene) => {
    const { world, userId } = await scene();
    const foreign = addForeign(world, userId);
    const touched: string[] = [];
    world.onCall = (name, _phase, args) => {
      if (FOREIGN.test(JSON.stringify(args))) touched.push(name);
    };
    await live(world, { days: 30 });
    const { rows, problems, figures } = await rotate(world);
    expect(touched).toEqual([]);
    expect(world.table.get(recordKey(OTHER, 'AIDAOTHER'))).toEqual(foreign);
    expect(world.table.get(timerKey(OTHER, 'AIDAOTHER', 'AKIAOTHEROLD'))).toBeDefined();
    expect(JSON.stringify([rows, problems, world.logs])).not.toMatch(FOREIGN);
    expect(figures.openRotations).toBe(world.openRecords().length - 1);
    expect(world.crashes).toEqual([]);
  });

  it('is not touched either when its timer expires', async () => {
    const scene = await inUse();
    const foreign = addForeign(scene.world, scene.userId);
    const item = scene.world.table.get(timerKey(OTHER, 'AIDAOTHER', 'AKIAOTHEROLD'));
    scene.world.table.put({ ...item, delete_on: 1 });
    const { rows, failures } = await expire(scene.world);
    expect([rows, failures]).toEqual([[], []]);
    expect(scene.world.table.get(recordKey(OTHER, 'AIDAOTHER'))).toEqual(foreign);
    expect(scene.world.logs).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'a timer of another account is left alone',
      }),
    );
    expect(await dueNow(scene)).toMatchObject({ outcome: 'deleted' });
  });

  it("that somebody copied into this account's partition is reported, and left alone", async () => {
    const { world, userId } = await scheduled();
    const foreign = { ...addForeign(world, userId), ...recordKey(ACCOUNT_ID, 'AIDAOTHER') };
    world.table.put(foreign);
    world.clock.advance(10 * DAY_MS);
    const { problems } = await rotate(world);
    expect(problems).toEqual([expect.stringContaining('AIDAOTHER/rotation')]);
    expect(world.table.get(recordKey(ACCOUNT_ID, 'AIDAOTHER'))).toEqual(foreign);
  });
});

describe('a record of another version', () => {
  it.each(SCENES)('is reported, and left alone with its keys (%s)', async (_, scene) => {
    const { world, userId, keys } = await scene();
    const later = { ...world.table.get(recordKey(ACCOUNT_ID, userId)), schema: 2, more: 'unknown' };
    world.table.put(later);
    const before = keys();
    world.clock.advance(100 * DAY_MS);
    const { rows, problems } = await rotate(world, { force: true });
    expect(rows).toMatchObject([{ userId, outcome: 'failed', code: 'record-unreadable' }]);
    expect(problems).toEqual([expect.stringContaining('another version')]);
    world.clock.advance(DAY_MS);
    await expire(world);
    expect(world.table.get(recordKey(ACCOUNT_ID, userId))).toEqual(later);
    expect(keys()).toEqual(before);
  });
});
