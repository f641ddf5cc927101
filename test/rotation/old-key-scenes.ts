import type { World } from '../../simulation/memory/world.ts';
import { DAY_MS, SECOND_MS } from '../../src/domain/time.ts';

export const PARAMETER = '/ikr/secret/iam/alice/AIDA00000000000000001';
export const STAGED = { deactivateAfterDays: 3 };
export const ANY_USE = { requireNewKeyUsed: false };
export const anyUse = { policy: ANY_USE };

export function dueInDays(world: World): number[] {
  return world
    .timers()
    .map((timer) => (timer.deleteOnEpochSeconds * SECOND_MS - world.clock.nowMs()) / DAY_MS);
}

export const subjects = (world: World) => world.mail.sent.slice(1).map(({ subject }) => subject);
