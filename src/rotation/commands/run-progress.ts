/** Follows a run of the rotator by the questions that the run asks. */
import type { IamUser } from '../../domain/identity.ts';
import { type KeyHints, keysFromHints } from '../../domain/key-hints.ts';
import { policyFor } from '../../domain/policy.ts';
import { isOpen, type RotationRecord } from '../../domain/record.ts';
import { planRotation } from '../../domain/rotation.ts';
import type { Run } from '../run-context.ts';

/** Hears how far a run over everybody is. */
export interface RunProgress {
  /** Sets how many users are looked at, as soon as that is known. */
  expect(total: number): void;
  /** One more user is looked at. */
  step(): void;
}

/** The same run, with every user whose keys are listed counted as a step. */
export function watched(run: Run, progress: RunProgress): Run {
  const seen = new Set<string>();
  let users: readonly IamUser[] | undefined;
  let records: readonly RotationRecord[] | undefined;
  let hints: KeyHints | undefined;
  const known = <T>(value: T): T => {
    if (users && records && hints) {
      const byId = new Map(records.map((record) => [record.userId, record]));
      const all = users.filter((user) =>
        isLookedAt(user, byId.get(user.userId), hints?.get(user.arn), run),
      );
      progress.expect(all.length);
    }
    return value;
  };

  return {
    ...run,
    inventory: {
      account: () => run.inventory.account(),
      async users() {
        const found = await run.inventory.users();
        users = found.users;
        return known(found);
      },
      async keyHints() {
        const found = await run.inventory.keyHints();
        hints = found.hints;
        return known(found);
      },
    },
    journal: {
      ...run.journal,
      async scan() {
        const found = await run.journal.scan();
        records = found.records;
        return known(found);
      },
    },
    keys: {
      ...run.keys,
      async list(userName) {
        const keys = await run.keys.list(userName);
        if (!seen.has(userName)) progress.step();
        seen.add(userName);
        return keys;
      },
    },
  };
}

/** Whether the run is going to list the user's keys. */
function isLookedAt(
  user: IamUser,
  record: RotationRecord | undefined,
  hints: ReturnType<KeyHints['get']>,
  run: Pick<Run, 'rotation' | 'clock'>,
): boolean {
  if (isOpen(record)) return true;
  const reading = policyFor(user, run.rotation);
  if (reading.kind !== 'managed') return false;
  if (!hints) return true;
  const keys = keysFromHints(hints, record);
  return planRotation(keys, record, reading.policy, run.clock.nowMs()).kind === 'rotate';
}
