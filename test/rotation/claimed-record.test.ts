import { beforeEach, describe, expect, it } from '@jest/globals';
import { failAt } from '../../simulation/memory/faults.ts';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import type { ClosedRecord, ScheduledRecord, StartedRecord } from '../../src/domain/record.ts';
import { DAY_MS, HOUR_MS, iso, MINUTE_MS } from '../../src/domain/time.ts';
import { Conflict, OutOfTime } from '../../src/ports/errors.ts';
import { Held, type HoldPorts, isLeased, LEASE_MS } from '../../src/rotation/claimed-record.ts';
import { startedRecord } from '../support/records.ts';

let world: World;
let ports: HoldPorts;
beforeEach(() => {
  world = createWorld();
  ports = world.run({ lifeMs: HOUR_MS });
});

const options = { ignoreBackOff: false };

function begin(changes: Partial<StartedRecord> = {}): Promise<Held<StartedRecord>> {
  const { state, startedAtMs, version, leaseUntilMs, ...draft } = startedRecord(changes);
  return Held.begin(draft, ports, options);
}

describe('to begin', () => {
  it('writes the record with the time and a lease of 20 minutes', async () => {
    const { record } = await begin();
    const nowMs = world.clock.nowMs();
    expect(record).toMatchObject({
      state: 'STARTED',
      version: 1,
      startedAtMs: nowMs,
      leaseUntilMs: nowMs + 20 * MINUTE_MS,
    });
    expect(world.record(record.userId)).toEqual(record);
  });

  it('is refused while a rotation is open, leased or not', async () => {
    await begin();
    world.clock.advance(HOUR_MS / 2);
    await expect(begin({ rotationId: 'rotation-2' })).rejects.toThrow(Conflict);
    expect(world.record('AIDAALICE')?.rotationId).toBe('rotation-1');
  });

  it('needs a minute of the function', async () => {
    world.clock.advance(HOUR_MS - MINUTE_MS);
    await expect(begin()).resolves.toBeDefined();
    world.clock.advance(1);
    await expect(begin({ userId: 'AIDABOB' })).rejects.toThrow(OutOfTime);
    expect(world.record('AIDABOB')).toBeUndefined();
  });
});

describe('to claim', () => {
  it('writes a new version with a new lease, and changes nothing else', async () => {
    const { record } = await begin();
    world.clock.advance(LEASE_MS);
    const held = await Held.claim(record, ports);
    expect(held.record).toEqual({
      ...record,
      version: 2,
      leaseUntilMs: world.clock.nowMs() + LEASE_MS,
    });
    expect(world.record(record.userId)).toEqual(held.record);
  });

  it('is refused until the lease has run out', async () => {
    const { record } = await begin();
    world.clock.advance(LEASE_MS - 1);
    expect(isLeased(record, world.clock.nowMs())).toBe(true);
    await expect(Held.claim(record, ports)).rejects.toThrow(
      `another run holds it until ${iso(record.leaseUntilMs)}`,
    );
    world.clock.advance(1);
    expect(isLeased(record, world.clock.nowMs())).toBe(false);
    await expect(Held.claim(record, ports)).resolves.toBeDefined();
  });

  it('is not refused by a lease that ends later than any that is taken now', async () => {
    const { record } = await begin();
    // A computer whose clock was wrong is believed, if not by more than a day.
    const ahead = { ...record, leaseUntilMs: record.leaseUntilMs + DAY_MS };
    expect(isLeased(ahead, world.clock.nowMs())).toBe(true);
    const edited = { ...record, leaseUntilMs: ahead.leaseUntilMs + 1 };
    expect(isLeased(edited, world.clock.nowMs())).toBe(false);
    await expect(Held.claim(edited, ports)).resolves.toBeDefined();
  });

  it('is refused to all but the first of two', async () => {
    const { record } = await begin();
    world.clock.advance(LEASE_MS);
    const claims = await Promise.allSettled([Held.claim(record, ports), Held.claim(record, ports)]);
    expect(claims.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(claims[1]).toMatchObject({ reason: { name: 'Conflict', current: { version: 2 } } });
  });

  it('is refused on a record that was read too long ago', async () => {
    const { record } = await begin();
    world.clock.advance(LEASE_MS);
    await (await Held.claim(record, ports)).release(record);
    await expect(Held.claim(record, ports)).rejects.toThrow(Conflict);
  });

  it('is refused on the record of another rotation in the same version', async () => {
    const { record } = await begin();
    world.table.put({ user: record.userId, ak: 'rotation', ...record, rotationId: 'rotation-9' });
    world.clock.advance(LEASE_MS);
    await expect(Held.claim(record, ports)).rejects.toThrow(Conflict);
  });
});

describe('whoever holds a record', () => {
  it('renews the lease with every step, and gives it back with the last', async () => {
    const held = await begin();
    world.clock.advance(10 * MINUTE_MS);
    const next = await held.advance<StartedRecord>(held.record);
    expect(next.record.leaseUntilMs).toBe(world.clock.nowMs() + LEASE_MS);
    const released = await next.release<StartedRecord>(next.record);
    expect(released).toMatchObject({ version: 3, leaseUntilMs: 0 });
    expect(world.record('AIDAALICE')).toEqual(released);
  });

  it('may write even after the lease, as long as nobody else has', async () => {
    const held = await begin();
    world.clock.advance(2 * LEASE_MS);
    await expect(held.release<StartedRecord>(held.record)).resolves.toBeDefined();
  });

  it.each([
    ['the lease', 'the lease on the rotation record is nearly over', 19, HOUR_MS],
    ['the function', "the function's time is nearly over", 9, 10 * MINUTE_MS],
  ])('stops when less than a minute of %s is left', async (_, message, minutes, lifeMs) => {
    ports = world.run({ lifeMs });
    const held = await begin();
    world.clock.advance(minutes * MINUTE_MS);
    expect(() => held.assertTimeLeft()).not.toThrow();
    world.clock.advance(1);
    expect(() => held.assertTimeLeft()).toThrow(message);
    expect(() => held.assertTimeLeft()).toThrow(OutOfTime);
  });
});

describe('to close', () => {
  const end = { outcome: 'undone', reason: 'a test' } as const;

  async function withParameter() {
    const held = await begin();
    const { rotationId, userId, parameterName } = held.record;
    const key = world.run().sealer.newContentKey();
    await ports.parameters.put(parameterName, { rotationId, userId, key });
    world.effects.length = 0;
    return held;
  }

  it('takes the parameter away, then writes the history, then the record', async () => {
    const held = await withParameter();
    const closed = await held.close({ ...end, newKeyId: 'AKIANEW' });
    expect(world.effects).toEqual(['remove content key', 'write history', 'write CLOSED']);
    expect(world.parameters.names()).toEqual([]);
    expect(world.record('AIDAALICE')).toEqual(closed);
    expect(closed).toMatchObject({
      ...end,
      state: 'CLOSED',
      newKeyId: 'AKIANEW',
      closedAtMs: world.clock.nowMs(),
      leaseUntilMs: 0,
      failures: 0,
      retryNotBeforeMs: 0,
    });
    const [history] = await world.history();
    expect(history).toMatchObject({ ...end, rotationId: 'rotation-1', newKeyId: 'AKIANEW' });
  });

  it('leaves the parameter of another rotation alone', async () => {
    const held = await withParameter();
    const { userId, parameterName } = held.record;
    const key = world.run().sealer.newContentKey();
    await ports.parameters.put(parameterName, { rotationId: 'rotation-2', userId, key });
    await held.close(end);
    expect(world.parameters.readAs(userId, parameterName)?.rotationId).toBe('rotation-2');
  });

  it.each(['parameters.remove', 'journal.addHistory', 'journal.replace'] as const)(
    'can be repeated by whoever finds it open after %s failed',
    async (name) => {
      const held = await withParameter();
      world.onCall = failAt(name, 'before');
      await expect(held.close(end)).rejects.toThrow(`${name} failed`);
      expect(world.record('AIDAALICE')?.state).toBe('STARTED');
      world.clock.advance(LEASE_MS);
      const again = await Held.claim(world.recordIn('AIDAALICE', 'STARTED'), ports);
      await again.close(end);
      expect(world.record('AIDAALICE')?.state).toBe('CLOSED');
      expect(await world.history()).toHaveLength(1);
      expect(world.parameters.names()).toEqual([]);
    },
  );

  it('does not begin without a minute left', async () => {
    const held = await withParameter();
    world.clock.advance(LEASE_MS - MINUTE_MS + 1);
    await expect(held.close(end)).rejects.toThrow(OutOfTime);
    expect(world.effects).toEqual([]);
  });

  it('keeps no pair and no date of a rotation that had come further', async () => {
    const held = await begin();
    const far = await held.advance<ScheduledRecord>({
      ...held.record,
      state: 'SCHEDULED',
      newKeyId: 'AKIANEW',
      newKeyCreatedAtMs: 1,
      sealed: 'eyJ.sealed',
      instructions: '',
      deleteOnMs: 1,
      deliveredAtMs: 1,
    });
    const closed: ClosedRecord = await far.close(end);
    expect(Object.keys(closed)).not.toEqual(expect.arrayContaining(['sealed']));
    expect(JSON.stringify(world.table.items())).not.toContain('eyJ');
  });
});
