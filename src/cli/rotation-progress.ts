/** Lets a progress bar follow a run of the rotator, from the questions that the run asks. */
import type { IamUser } from '../domain/identity.ts';
import { type KeyHints, keysFromHints } from '../domain/key-hints.ts';
import { policyFor } from '../domain/policy.ts';
import { isOpen, type RotationRecord } from '../domain/record.ts';
import { planRotation } from '../domain/rotation.ts';
import type { Run } from '../rotation/run-context.ts';
import type { Request } from '../rotator/request.ts';
import type { Progress } from './progress.ts';

/** The same run, with every user whose keys are listed counted as a step. */
export function watched(run: Run, request: Request, progress: Progress): Run {
  const seen = new Set<string>();
  let users: readonly IamUser[] | undefined;
  let records: readonly RotationRecord[] | undefined;
  let hints: KeyHints | undefined = request.users ? new Map() : undefined;
  const known = <T>(value: T): T => {
    if (users && records && hints) {
      progress.expect(countUsers(users, records, hints, request, run));
    }
    return value;
  };

  return {
    ...run,
    // A getter of the run would be copied as the value it has now.
    get deadlineAtMs() {
      return run.deadlineAtMs;
    },
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

/** Users whose keys the run is going to list. */
function countUsers(
  users: readonly IamUser[],
  records: readonly RotationRecord[],
  hints: KeyHints,
  { users: wanted }: Request,
  run: Run,
): number {
  const byId = new Map(records.map((record) => [record.userId, record]));
  return users.filter((user) => {
    if (wanted && !wanted.includes(user.userName)) return false;
    const record = byId.get(user.userId);
    if (isOpen(record)) return true;
    const reading = policyFor(user, run.rotation);
    if (reading.kind !== 'managed') return false;
    const hint = hints.get(user.arn);
    if (!hint) return true;
    const plan = planRotation(
      keysFromHints(hint, record),
      record,
      reading.policy,
      run.clock.nowMs(),
    );
    return plan.kind === 'rotate';
  }).length;
}
