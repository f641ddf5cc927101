import { expect } from '@jest/globals';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { destruct, expire } from '../../simulation/memory/life.ts';
import type { Scene } from '../../simulation/memory/states.ts';
import type { World } from '../../simulation/memory/world.ts';
import { recordKey, timerKey } from '../../src/aws/items.ts';
import type { OpenRecord } from '../../src/domain/record.ts';
import { MINUTE_MS, toEpochSeconds } from '../../src/domain/time.ts';

/** Makes a timer of that scene expire now, whatever the record says. */
export async function timerExpires({ world, userId, oldKeyId }: Scene, changes: object = {}) {
  const item = world.table.get(timerKey(ACCOUNT_ID, userId, oldKeyId));
  world.table.put({
    ...timerKey(ACCOUNT_ID, userId, oldKeyId),
    rotationId: world.record(userId)?.rotationId,
    ...item,
    delete_on: toEpochSeconds(world.clock.nowMs()) - 1,
    ...changes,
  });
  const { rows } = await expire(world);
  expect(rows).toHaveLength(1);
  return rows[0];
}

/** A person removes the timer in the console. */
export async function timerRemoved({ world, userId, oldKeyId }: Scene) {
  world.table.remove(timerKey(ACCOUNT_ID, userId, oldKeyId));
  const { rows } = await destruct(world);
  expect(rows).toHaveLength(1);
  return rows[0];
}

/** Another run holds the record for that long. */
export function lease(world: World, record: OpenRecord, ms = 20 * MINUTE_MS): void {
  const leaseUntilMs = world.clock.nowMs() + ms;
  world.table.put({ ...recordKey(ACCOUNT_ID, record.userId), ...record, leaseUntilMs });
}

export function dueAtMs(world: World): number[] {
  return world.timers().map(({ deleteOnEpochSeconds }) => deleteOnEpochSeconds * 1000);
}
