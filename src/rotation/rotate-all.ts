/** Rotations for whoever is due. */
import { mailObstacle } from '../deliveries/obstacle.ts';
import type { RotationRecord } from '../domain/record.ts';
import { oldestActive, type ReportRow, type RowOutcome } from '../domain/report.ts';
import { userRow } from '../domain/row.ts';
import { iso } from '../domain/time.ts';
import { Conflict } from '../ports/errors.ts';
import type { Due } from './due.ts';
import { rotate } from './rotate.ts';
import type { Run } from './run-context.ts';
import { safely, tooLate } from './safely.ts';

/**
 * Rotates whoever is due, longest waiting first, as far as the limits and the mailer allow.
 * @param due in that order
 */
export async function rotateAll(
  due: readonly Due[],
  records: ReadonlyMap<string, RotationRecord>,
  force: boolean,
  dryRun: boolean,
  run: Run,
  limit: <T>(work: () => Promise<T>) => Promise<T>,
  problems: string[],
): Promise<ReportRow[]> {
  const told = (one: Due, outcome: RowOutcome, reason: string): ReportRow => ({
    ...userRow(one.user, outcome, reason),
    ...oldestActive(one.keys),
    oldKeyId: one.oldKey.accessKeyId,
    dueAt: iso(one.dueAtMs),
  });
  if (due.length === 0) return [];
  if (dryRun) return due.map((one) => told(one, 'would-rotate', 'the key is due'));

  // A run that cannot deliver creates nothing.
  const obstacle = await mailObstacle(run);
  if (obstacle !== undefined) {
    const reason = `no key is created while no mail can be sent: ${obstacle}`;
    problems.push(reason);
    return due.map((one) => told(one, 'postponed', reason));
  }

  const begin = async (one: Due): Promise<{ row: ReportRow; counts: boolean }> => {
    const { user, policy, keys, oldKey } = one;
    if (tooLate(run))
      return { row: told(one, 'left', "the function's time was over"), counts: false };
    if (run.postman.stopped) {
      return { row: told(one, 'left', run.postman.stopped), counts: false };
    }
    let refused = false;
    const done = await safely({ ...user, oldKeyId: oldKey.accessKeyId }, run, async () => {
      try {
        return await rotate(user, policy, one, oldKey, records.get(user.userId), run, force);
      } catch (error) {
        refused = error instanceof Conflict;
        throw error;
      }
    });
    const mayHaveKey = done.newKeyId !== undefined || done.outcome === 'failed';
    return { row: { ...done, ...oldestActive(keys) }, counts: mayHaveKey && !refused };
  };

  // Whose rotation can't even begin takes nobody else's place: the next in line gets it.
  const rows: ReportRow[] = [];
  let begun = 0;
  let wave = run.postman.giveAnotherChance() ? 1 : Number.POSITIVE_INFINITY;
  for (let waiting = due; waiting.length > 0; wave = Number.POSITIVE_INFINITY) {
    const allowed = (run.maxRotationsPerRun ?? Number.POSITIVE_INFINITY) - begun;
    const room = Math.min(allowed, run.postman.remaining, wave);
    if (room <= 0) {
      const why =
        allowed <= 0
          ? 'this run has begun MAX_ROTATIONS_PER_RUN rotations'
          : 'the mail quota allows no more for now';
      return [...rows, ...waiting.map((one) => told(one, 'left', why))];
    }
    const done = await Promise.all(waiting.slice(0, room).map((one) => limit(() => begin(one))));
    waiting = waiting.slice(room);
    rows.push(...done.map(({ row }) => row));
    begun += done.filter(({ counts }) => counts).length;
  }
  return rows;
}
