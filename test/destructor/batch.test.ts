import { describe, expect, it } from '@jest/globals';
import { failAlways } from '../../simulation/memory/faults.ts';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { destruct, expire, handleRecords, live, rotate } from '../../simulation/memory/life.ts';
import { inUse } from '../../simulation/memory/states.ts';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import { recordKey, timerKey } from '../../src/aws/items.ts';
import { handleBatch } from '../../src/destructor/batch.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';

/** So many users whose old keys are due; the name of each is `user<number>`. */
async function due(count: number) {
  const world = createWorld();
  const users = Array.from({ length: count }, (_, number) => world.hire(`user${number}`));
  await rotate(world);
  await world.owners.readMail();
  world.owners.useNewestKeys();
  world.clock.advance(7 * DAY_MS);
  return { world, users };
}

const keyCount = (world: World, { userId }: { userId: string }) => world.iam.keysOf(userId).length;

describe('a batch', () => {
  it('is handled as a whole, user by user', async () => {
    const { world, users } = await due(25);
    const { rows, failures } = await expire(world);
    expect(rows.map(({ outcome }) => outcome)).toEqual(Array(25).fill('deleted'));
    expect(failures).toEqual([]);
    expect(users.map((user) => keyCount(world, user))).toEqual(Array(25).fill(1));
  });

  it('goes on when one user fails', async () => {
    const { world, users } = await due(5);
    const [failing] = users;
    world.onCall = (name, phase, [userName]) => {
      if (name === 'keys.delete' && phase === 'before' && userName === 'user0') {
        throw new Error('IAM is out of order');
      }
    };
    const { rows, failures } = await expire(world);
    expect(rows.map(({ outcome }) => outcome).sort()).toEqual([
      ...Array(4).fill('deleted'),
      'failed',
    ]);
    expect(failures).toEqual([]);
    expect(world.timers()).toMatchObject([
      {
        userId: failing?.userId,
        deleteOnEpochSeconds: (world.clock.nowMs() + 5 * MINUTE_MS) / SECOND_MS,
      },
    ]);
  });

  it('waits as long as the setting says', async () => {
    const { world } = await due(1);
    world.onCall = failAlways('keys.delete');
    await expire(world, {
      retryAfterMinutes: 30,
    });
    expect(world.timers()).toMatchObject([
      { deleteOnEpochSeconds: (world.clock.nowMs() + 30 * MINUTE_MS) / SECOND_MS },
    ]);
  });

  it("keeps a veto that can't be written now", async () => {
    const { world, userId, oldKeyId, keys } = await inUse();
    world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
    world.onCall = failAlways('journal.replace');
    expect(await destruct(world)).toMatchObject({ rows: [{ outcome: 'failed' }], failures: [] });
    world.onCall = undefined;
    world.clock.advance(10 * DAY_MS);
    expect((await expire(world)).rows).toMatchObject([{ outcome: 'cancelled' }]);
    expect(Object.keys(keys())).toHaveLength(2);
  });

  it.each([
    ['of no rotation', undefined],
    ['of an earlier rotation', 'earlier'],
  ])('keeps a noted veto when a timer %s comes late and fails', async (_, rotationId) => {
    const { world, userId, oldKeyId, newKeyId, keys } = await inUse();
    world.clock.advance(7 * DAY_MS);
    world.table.expire();
    const [expiry] = world.table.stream;
    world.table.shift(1);
    const record = { ...recordKey(ACCOUNT_ID, userId), ...world.recordIn(userId, 'SCHEDULED') };
    world.table.put({ ...record, leaseUntilMs: world.clock.nowMs() + 20 * MINUTE_MS });
    world.table.put({
      ...timerKey(ACCOUNT_ID, userId, oldKeyId),
      delete_on: 1,
      rotationId: record.rotationId,
    });
    world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
    await destruct(world);
    expect(world.timers()).toMatchObject([{ vetoed: true }]);

    world.onCall = failAlways('journal.read');
    const { rotationId: ownName, ...late } = expiry?.dynamodb.OldImage ?? {};
    const OldImage = { ...late, ...(rotationId && { rotationId: { S: rotationId } }) };
    const dynamodb = { ...expiry?.dynamodb, OldImage };
    expect((await handleRecords(world, [{ ...expiry, dynamodb }])).failures).toEqual([]);
    world.onCall = undefined;
    expect(ownName).toEqual({ S: record.rotationId });
    expect(world.timers()).toMatchObject([{ vetoed: true, rotationId: record.rotationId }]);
    await live(world, { days: 3 });
    expect(keys()).toEqual({ [oldKeyId]: 'Active', [newKeyId]: 'Active' });
  });

  it('goes back to the stream with a veto whose place another rotation has', async () => {
    const { world, userId, oldKeyId } = await inUse();
    world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
    world.table.put({
      ...timerKey(ACCOUNT_ID, userId, oldKeyId),
      delete_on: 1,
      rotationId: 'another',
    });
    const [removal] = world.table.stream;
    world.onCall = failAlways('journal.read');
    expect((await handleRecords(world, [removal])).failures).toHaveLength(1);
    expect(world.timers()).toMatchObject([{ rotationId: 'another' }]);
  });

  it('reports what can not even be put off, and no secret with it', async () => {
    const { world, users } = await due(3);
    const secrets = users.flatMap(({ userId }) =>
      world.iam.keysOf(userId).map(({ accessKeyId }) => world.iam.secretOf(accessKeyId)),
    );
    const failed = users[1]?.userId;
    world.onCall = (name, phase, [about]) => {
      if (phase !== 'before' || !/replace|putTimer/.test(name)) return;
      if ((about as { userId: string }).userId === failed)
        throw new Error('DynamoDB is out of order');
    };
    world.table.expire();
    const sequence = world.table.stream.map(({ dynamodb }) => dynamodb.SequenceNumber);
    const { rows, failures } = await destruct(world);
    expect(failures).toEqual([sequence[1]]);
    expect(rows).toHaveLength(2);
    for (const secret of secrets) expect(JSON.stringify(world.logs)).not.toContain(secret);

    // The stream delivers it again, with all that came after it.
    expect(world.table.stream).toHaveLength(2);
    world.onCall = undefined;
    const again = await destruct(world);
    expect(again.rows.map(({ outcome }) => outcome).sort()).toEqual(['deleted', 'skipped']);
    expect(users.map((user) => keyCount(world, user))).toEqual([1, 1, 1]);
  });

  it('handles the records of one user in their order', async () => {
    const { world, users } = await due(1);
    const [{ userId, oldKeyId } = { userId: '', oldKeyId: '' }] = users;
    // The person removes a timer that has just been set again: the veto comes second.
    const item = world.table.get(timerKey(ACCOUNT_ID, userId, oldKeyId));
    world.iam.setStatus(world.recordIn(userId, 'SCHEDULED').newKeyId, 'Inactive');
    world.table.expire();
    world.table.put({ ...item });
    world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
    const { rows } = await destruct(world);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['waiting', 'cancelled']);
    expect(world.record(userId)?.state).toBe('CANCELLED');
  });

  it('can come twice', async () => {
    const { world, users } = await due(3);
    world.table.expire();
    const Records = world.table.stream;
    await handleRecords(world, Records);
    const { rows, failures } = await handleRecords(world, Records);
    expect(rows.map(({ outcome }) => outcome)).toEqual(Array(3).fill('skipped'));
    expect(failures).toEqual([]);
    expect(users.map((user) => keyCount(world, user))).toEqual([1, 1, 1]);
    expect(await world.history()).toHaveLength(3);
  });

  it('is put off in good order when the time of the function is nearly over', async () => {
    // More than are worked on at a time, with calls so slow that not all can be finished.
    const { world, users } = await due(120);
    world.latencyMs = MINUTE_MS;
    const { rows, failures } = await expire(world);
    const deleted = rows.filter(({ outcome }) => outcome === 'deleted').length;
    expect(deleted).toBeGreaterThan(0);
    expect(deleted).toBeLessThan(users.length);
    expect(failures).toEqual([]);
    expect(rows).toHaveLength(users.length);
    const withOldKey = users.filter((user) => keyCount(world, user) === 2);
    expect(world.timers()).toHaveLength(users.length - deleted);
    expect(withOldKey.length).toBeLessThanOrEqual(users.length - deleted);
    for (let run = 0; run < 5; run++) {
      world.clock.advance(DAY_MS);
      await expire(world);
    }
    expect(users.map((user) => keyCount(world, user))).toEqual(users.map(() => 1));
    expect(world.openRecords()).toEqual([]);
  });

  it('in a dry run changes nothing but timers', async () => {
    const { world, users } = await due(3);
    const before = [world.iam.snapshot(), world.parameters.snapshot(), world.mail.snapshot()];
    const records = users.map(({ userId }) => world.record(userId));
    await expire(world, { dryRun: true });
    expect([world.iam.snapshot(), world.parameters.snapshot(), world.mail.snapshot()]).toEqual(
      before,
    );
    expect(users.map(({ userId }) => world.record(userId))).toEqual(records);
    expect(world.timers().map(({ deleteOnEpochSeconds }) => deleteOnEpochSeconds)).toEqual(
      Array(3).fill((world.clock.nowMs() + DAY_MS) / SECOND_MS),
    );
  });
});

const TIMER_KEYS = { account: { S: ACCOUNT_ID }, item: { S: 'AIDAX/timer/AKIAX' } };

describe('a stream record that means nothing to us', () => {
  const unreadable = {
    eventName: 'REMOVE',
    dynamodb: {
      Keys: TIMER_KEYS,
      OldImage: TIMER_KEYS,
      SequenceNumber: '7',
    },
  };

  it('of an unknown shape goes back to the stream, and spoils nothing', async () => {
    const { world, userId } = await inUse();
    world.clock.advance(7 * DAY_MS);
    world.table.expire();
    const { rows, failures } = await handleRecords(world, [unreadable, ...world.table.stream]);
    expect(failures).toEqual(['7']);
    expect(rows).toMatchObject([{ userId, outcome: 'deleted' }]);
    expect(world.logs).toContainEqual({
      level: 'error',
      message: 'a stream record can not be read',
      fields: {
        problem: 'the removed item 123456789012 AIDAX/timer/AKIAX is no timer',
        sequenceNumber: '7',
      },
    });
  });

  it('fails the batch when it has no place in the stream', async () => {
    const { SequenceNumber, ...dynamodb } = unreadable.dynamodb;
    const { world, users } = await due(3);
    world.table.expire();
    const event = { Records: [{ ...unreadable, dynamodb }, ...world.table.stream] };
    await expect(handleBatch(event, world.run())).rejects.toThrow('without a sequence number');
    // The function ends with its answer: nobody else's work may be under way then.
    expect(users.map((user) => keyCount(world, user))).toEqual([1, 1, 1]);
    expect(await world.history()).toHaveLength(3);
    expect(SequenceNumber).toBe('7');
  });

  it('is told of when it is a rotation record that a person removed', async () => {
    const { world, userId, keys } = await inUse();
    const before = keys();
    world.table.remove(recordKey(ACCOUNT_ID, userId));
    expect(await destruct(world)).toEqual({ rows: [], failures: [] });
    expect(world.logs).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: { accountId: ACCOUNT_ID, userId } }),
    );
    expect(keys()).toEqual(before);
  });

  it('is ignored when it is a write or the removal of history', async () => {
    const { world } = await inUse();
    const image = {
      account: { S: `${ACCOUNT_ID}/history` },
      item: { S: '2026-01-01T00:00:00.000Z/AIDAX/rotation-1' },
    };
    const Records = [
      { eventName: 'INSERT', dynamodb: { SequenceNumber: '1' } },
      { eventName: 'MODIFY', dynamodb: { SequenceNumber: '2' } },
      { eventName: 'REMOVE', dynamodb: { Keys: image, OldImage: image, SequenceNumber: '3' } },
    ];
    const before = world.snapshot();
    expect(await handleRecords(world, Records)).toEqual({ rows: [], failures: [] });
    expect(world.snapshot()).toEqual(before);
  });

  it.each([[undefined], [null], ['x'], [{}], [{ Records: {} }]])(
    'is no batch at all: %j',
    async (event) => {
      await expect(handleBatch(event, createWorld().run())).rejects.toThrow('no Records');
    },
  );
});
