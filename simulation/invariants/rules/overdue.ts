/** Invariant 3. */
import { DAY_MS } from '../../../src/domain/time.ts';
import type { Circumstances, CompletedRun } from './facts.ts';
import { isInCharge } from './in-charge.ts';
import { CLOCKS_MS } from './limits.ts';
import type { Findings, Rule } from './rule.ts';

export const overdue: Rule = {
  statement: 'An old key is deleted a day after its date, and inactive at the age limit',

  runCompleted(run, circumstances): Findings {
    if (!isInCharge(run, circumstances)) return [];
    const { user, found, sinceMs } = run;
    const { state, oldKeyId, newKeyId, deactivateOnMs, deleteOnMs } = found ?? {};
    if ((state !== 'SCHEDULED' && state !== 'DEACTIVATED') || deleteOnMs === undefined) return [];
    const oldKey = user.keys.find(({ id }) => id === oldKeyId);
    const newKey = user.keys.find(({ id }) => id === newKeyId);
    // Without a working successor nothing happens to the old key.
    if (newKey?.status !== 'Active' || isWantedBack(run)) return [];

    // While nobody can learn the new key, the old one is kept at any age.
    const isLost = user.isSpoiled(newKey.rotationId) && !user.isReadable(newKey);
    const mustBeUsed = circumstances.requireNewKeyUsed || isLost;
    const inUseSinceMs = mustBeUsed ? (newKey.firstUsedAtMs ?? Number.POSITIVE_INFINITY) : 0;
    const isBy = (dueAtMs: number) => dueAtMs + slackOf(circumstances) <= sinceMs;
    const findings: (string | undefined)[] = [];

    if (isBy(Math.max(deleteOnMs, inUseSinceMs) + DAY_MS)) {
      // A deactivation that comes late still leaves a day before the deletion.
      const isStage = state === 'SCHEDULED' && deactivateOnMs !== undefined;
      const isDone = isStage ? oldKey?.status !== 'Active' : !oldKey;
      const what = isStage ? 'is active' : 'is there';
      findings.push(
        isDone
          ? undefined
          : `${oldKeyId} was due a day ago, its successor is in use, and it ${what}`,
      );
    }
    const ageLimitAtMs = (oldKey?.createdAtMs ?? 0) + maxAgeMs(circumstances);
    if (isBy(Math.max(ageLimitAtMs, deleteOnMs, isLost ? inUseSinceMs : 0))) {
      findings.push(
        oldKey?.status !== 'Active'
          ? undefined
          : `${oldKeyId} is beyond the age limit, was replaced, and is still active`,
      );
    }
    return findings;
  },
};

/** Who activated the old key wants it, also before the record told that it was inactive. */
function isWantedBack({ user: { keys, record }, found }: CompletedRun): boolean {
  const oldKey = keys.find(({ id }) => id === found?.oldKeyId);
  const isByPerson = oldKey?.statusSetBy === 'person' && oldKey.status === 'Active';
  return isByPerson && record?.state === 'CANCELLED';
}

/** A use is told late, and clocks differ. */
function slackOf({ lastUsedLagMs }: Circumstances): number {
  return lastUsedLagMs + 2 * CLOCKS_MS;
}

function maxAgeMs({ maxKeyAgeDays }: Circumstances): number {
  return maxKeyAgeDays * DAY_MS;
}
