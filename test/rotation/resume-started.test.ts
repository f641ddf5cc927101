import { describe, expect, it } from '@jest/globals';
import { dieAt, failAt } from '../../simulation/memory/faults.ts';
import { rotate, rotateOne } from '../../simulation/memory/life.ts';
import { LOST } from '../../simulation/memory/mail.ts';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import { started, withOrphan } from './cut-off.ts';

describe('a rotation that was cut off in state STARTED', () => {
  it('is left alone until its lease has run out', async () => {
    const { world } = await withOrphan();
    const before = world.snapshot();
    world.clock.advance(20 * MINUTE_MS - 1);
    world.calls.length = 0;
    expect(await rotateOne(world)).toMatchObject({ outcome: 'waiting' });
    expect(world.calls.filter(({ name }) => name.startsWith('keys.'))).toEqual([]);
    expect(world.snapshot()).toEqual(before);
    world.clock.advance(1);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
  });

  it('goes on where no key had been created', async () => {
    const { world, userId, oldKeyId, keyIds } = await started();
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', oldKeyId });
    expect(keyIds()).toHaveLength(2);
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toHaveLength(2);
  });

  it('deletes the orphan, writes its start and the keys seen again, and creates another key', async () => {
    const { world, userId, oldKeyId, keyIds, startedAtMs } = await withOrphan();
    const [, orphan] = keyIds();
    const { rotationId } = world.recordIn(userId, 'STARTED');
    world.clock.advance(HOUR_MS);
    world.onCall = dieAt('keys.create', 'before');
    world.effects.length = 0;
    await rotate(world);
    expect(world.effects).toEqual([
      'write STARTED',
      'delete key',
      'write STARTED',
      'put content key',
    ]);
    expect(keyIds()).toEqual([oldKeyId]);
    const record = world.recordIn(userId, 'STARTED');
    expect(record).toMatchObject({ startedAtMs: startedAtMs + HOUR_MS, seenKeyIds: [oldKeyId] });
    expect(record.rotationId).not.toBe(rotationId);

    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
    expect(keyIds()).toEqual([oldKeyId, expect.not.stringContaining(orphan ?? '')]);
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toHaveLength(2);
  });

  it('creates no key when the function has too little time left by then', async () => {
    const { world, oldKeyId, keyIds } = await started();
    world.clock.advance(HOUR_MS);
    // It was begun in time, and has less than a minute left after these calls.
    world.onCall = (name, phase) => {
      if (phase === 'after' && name === 'keys.list') world.clock.advance(65 * SECOND_MS);
      if (phase === 'after' && name === 'contentKeys.put') world.clock.advance(10 * SECOND_MS);
    };
    const lifeMs = 130 * SECOND_MS;
    expect(await rotateOne(world, {}, { lifeMs })).toMatchObject({ outcome: 'left' });
    expect(world.calls.map(({ name }) => name)).toContain('contentKeys.put');
    expect(keyIds()).toEqual([oldKeyId]);
  });

  it('overwrites the parameter, because a deleted name may not come back at once', async () => {
    const { world } = await withOrphan();
    world.clock.advance(HOUR_MS);
    world.effects.length = 0;
    await rotateOne(world);
    expect(world.effects).not.toContain('remove content key');
  });

  it('reads the address and the other tags again', async () => {
    const { world, userId } = await started();
    world.iam.retag(userId, { 'ikr:email': 'new@example.com', 'IKR:DELETE_AFTER_DAYS': '3' });
    world.clock.advance(HOUR_MS);
    await rotateOne(world);
    expect(world.mail.mailbox).toMatchObject([{ to: 'new@example.com' }]);
    expect(world.recordIn(userId, 'SCHEDULED').deleteOnMs).toBe(world.clock.nowMs() + 3 * DAY_MS);
  });

  it('follows a user who was renamed', async () => {
    const { world, userId, keyIds } = await withOrphan();
    world.iam.renameUser(userId, 'alicia');
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated', userName: 'alicia' });
    expect(keyIds()).toHaveLength(2);
    await world.owners.readMail();
    expect(world.owners.workingKeys(userId)).toHaveLength(2);
  });

  it('closes when the user is gone', async () => {
    const { world, userId } = await withOrphan();
    world.iam.deleteUser(userId);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('user-gone');
    expect(world.parameters.names()).toEqual([]);
  });

  it('is not mistaken for one of a recreated user of the same name', async () => {
    const { world, userId } = await started();
    world.iam.deleteUser(userId);
    const again = world.hire('alice', { keyAgeDays: 1 });
    world.clock.advance(HOUR_MS);
    const { rows } = await rotate(world);
    expect(rows).toMatchObject([
      { userId: again.userId, outcome: 'skipped' },
      { userId, outcome: 'closed' },
    ]);
    expect(world.iam.keysOf(again.userId)).toHaveLength(1);
  });

  it('takes the orphan away from a user without tags, and creates nothing', async () => {
    const { world, userId, oldKeyId, keyIds } = await withOrphan();
    world.iam.retag(userId, {});
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'postponed' });
    expect(keyIds()).toEqual([oldKeyId]);
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('postponed');
    expect(world.parameters.names()).toEqual([]);
  });

  it('takes the orphan away and creates nothing while no mail can be sent', async () => {
    const { world, oldKeyId, keyIds } = await withOrphan();
    world.mail.verification = { kind: 'not-now', reason: 'sandbox', warnings: [] };
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({
      outcome: 'postponed',
      reason: expect.stringContaining('sandbox'),
    });
    expect(keyIds()).toEqual([oldKeyId]);
    world.mail.verification = { kind: 'accepted', reason: '', warnings: [] };
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'rotated' });
  });

  it('creates nothing after three mails in a row that were not accepted', async () => {
    const world = createWorld();
    // More of them than are worked on at a time, so that their mails are answered first.
    for (let number = 0; number < 60; number++) world.hire(`user${number}`);
    const { userId, oldKeyId } = world.hire('alice');
    world.mail.answer = LOST;
    world.onCall = failAt('keys.create', 'after', undefined, ([name]) => name === 'alice');
    for (let number = 0; number < 60; number++) await rotate(world, { users: [`user${number}`] });
    await rotate(world, { users: ['alice'] });
    expect(world.openRecords().map(({ state }) => state)).toContain('STARTED');

    world.clock.advance(HOUR_MS);
    const { rows } = await rotate(world);
    expect(rows.find((row) => row.userId === userId)).toMatchObject({
      outcome: 'postponed',
      code: 'no-delivery',
      reason: expect.stringContaining('the last mails were not accepted'),
    });
    expect(world.iam.keysOf(userId)).toMatchObject([{ accessKeyId: oldKeyId }]);
  });

  it.each([
    ['is gone', (world: World, key: string) => world.iam.deleteKey(key)],
    ['is inactive', (world: World, key: string) => world.iam.setStatus(key, 'Inactive')],
  ])('closes when the old key %s', async (_, change) => {
    const { world, userId, oldKeyId } = await started();
    change(world, oldKeyId);
    world.clock.advance(HOUR_MS);
    expect(await rotateOne(world)).toMatchObject({ outcome: 'closed' });
    expect(world.recordIn(userId, 'CLOSED').outcome).toBe('undone');
    expect(world.parameters.names()).toEqual([]);
  });
});
