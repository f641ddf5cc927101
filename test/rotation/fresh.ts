import { expect } from '@jest/globals';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { live } from '../../simulation/memory/life.ts';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import { recordKey } from '../../src/aws/items.ts';
import type { RotationRecord } from '../../src/domain/record.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { KeyNotCreated } from '../../src/ports/errors.ts';

export const PARAMETER = '/ikr/secret/iam/alice/AIDA00000000000000001';
export const throttled = () => new KeyNotCreated('IAM throttles', true, undefined);
export const denied = () => new KeyNotCreated('IAM refused (AccessDenied)', false, undefined);

export function setUp(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options);
  return { world, ...world.hire('alice') };
}

export const keyIds = (world: World, userId: string) =>
  world.iam.keysOf(userId).map(({ accessKeyId }) => accessKeyId);

/** The key is due again that a rotation made. */
export async function replacedBefore() {
  const { world, userId } = setUp();
  await live(world, { days: 9 });
  const [newKeyId = ''] = keyIds(world, userId);
  expect(world.recordIn(userId, 'CLOSED').newKeyId).toBe(newKeyId);
  world.clock.advance(80 * DAY_MS);
  world.calls.length = 0;
  return { world, userId, newKeyId };
}

/** Somebody else writes the record. */
export function overwrite(world: World, record: RotationRecord, changes: object): void {
  world.table.put({ ...recordKey(ACCOUNT_ID, record.userId), ...record, ...changes });
}
