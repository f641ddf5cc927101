import { dieAt } from '../../simulation/memory/faults.ts';
import { rotate } from '../../simulation/memory/life.ts';
import { createWorld, type World, type WorldOptions } from '../../simulation/memory/world.ts';

/** A rotation that was cut off before its key was created. */
export async function started(options: WorldOptions = {}) {
  return cutOff('before', options);
}

/** A rotation that was cut off right after its key was created: an orphan is left. */
export async function withOrphan(options: WorldOptions = {}) {
  return cutOff('after', options);
}

async function cutOff(phase: 'before' | 'after', options: WorldOptions) {
  const world = createWorld(options);
  const hired = world.hire('alice', { keyAgeDays: 81 });
  world.onCall = dieAt('keys.create', phase);
  await rotate(world);
  const { startedAtMs } = world.recordIn(hired.userId, 'STARTED');
  const keyIds = () => world.iam.keysOf(hired.userId).map(({ accessKeyId }) => accessKeyId);
  return { world, ...hired, startedAtMs, keyIds };
}

/** A key that IAM dates that long after the rotation began; it is made now. */
export function keyCreated(
  world: World,
  userId: string,
  startedAtMs: number,
  afterMs: number,
): string {
  return world.createKey(userId, { ageMs: world.clock.nowMs() - startedAtMs - afterMs });
}
