/** `ikr status`: who is managed, what happens next, and what is in the way. */
import pLimit from 'p-limit';
import type { IamUser } from '../../domain/identity.ts';
import { policyFor } from '../../domain/policy.ts';
import { isOpen, type RotationRecord, type Timer } from '../../domain/record.ts';
import { EXIT, type Io } from '../io.ts';
import { createKeptLog } from '../kept-log.ts';
import { createProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { type PolicySettings, policySettings, type TableOptions } from '../settings.ts';
import { printAll, printCard, report, type UserStatus } from '../status-view.ts';
import { createTerminal, shown } from '../terminal.ts';
import { outlook } from '../user-status.ts';

export interface StatusOptions extends TableOptions {
  readonly user?: readonly string[];
  readonly json?: boolean;
  readonly debug?: boolean;
}

interface Subject {
  readonly userId: string;
  readonly userName: string;
  /** `undefined` when only a record tells of the user. */
  readonly user: IamUser | undefined;
  readonly record: RotationRecord | undefined;
  readonly timer: Timer | undefined;
}

const CONCURRENCY = 10;

export async function status(options: StatusOptions, io: Io, services: Services): Promise<number> {
  const terminal = createTerminal(io);
  const settings = await policySettings(options, io, services);
  const log = createKeptLog(terminal, options.debug === true);
  const [inventory, journal] = await Promise.all([
    services.inventory(log).users(),
    services.journal(settings.table).scan(),
  ]);
  const problems = [...inventory.notes, ...journal.problems];
  const subjects = subjectsOf(inventory.users, journal, settings);
  const wanted = options.user;
  const chosen = wanted
    ? subjects.filter(
        ({ userName, userId }) => wanted.includes(userName) || wanted.includes(userId),
      )
    : subjects;
  const unknown = (wanted ?? []).filter(
    (one) => !chosen.some(({ userName, userId }) => one === userName || one === userId),
  );

  const progress = createProgress(io, 'Looking at keys');
  progress.expect(chosen.length);
  const limit = pLimit(CONCURRENCY);
  let rows: UserStatus[];
  try {
    rows = await Promise.all(
      chosen.map((subject) =>
        limit(() => look(subject, settings, services).finally(() => progress.step())),
      ),
    );
  } finally {
    progress.stop();
  }

  const nowMs = services.clock.nowMs();
  rows.sort(byUrgency);
  if (options.json) {
    terminal.json(report(rows, inventory.users.length, problems, settings, nowMs));
  } else {
    if (wanted) for (const row of rows) printCard(row, nowMs, terminal);
    else printAll(rows, inventory.users.length, settings, nowMs, terminal);
    for (const problem of problems) terminal.noteProblem(problem);
  }
  log.tell();
  for (const name of unknown) {
    const exists = inventory.users.some(({ userName, userId }) =>
      [userName, userId].includes(name),
    );
    terminal.note(
      exists
        ? `${shown(name)} is not managed: there is no tag IKR:EMAIL. Add it with: ikr tag`
        : `There is no user ${shown(name)}.`,
    );
  }
  return unknown.length > 0 ? EXIT.failed : EXIT.ok;
}

/** Managed users, users with bad tags, and whoever has an open rotation. */
function subjectsOf(
  users: readonly IamUser[],
  journal: { readonly records: readonly RotationRecord[]; readonly timers: readonly Timer[] },
  { rotation }: PolicySettings,
): Subject[] {
  const records = new Map(journal.records.map((record) => [record.userId, record]));
  const timerOf = (record: RotationRecord | undefined) =>
    journal.timers.find(
      ({ userId, oldKeyId }) => userId === record?.userId && oldKeyId === record.oldKeyId,
    );
  const present = users.flatMap((user): Subject[] => {
    const record = records.get(user.userId);
    if (policyFor(user, rotation).kind === 'unmanaged' && !isOpen(record)) return [];
    return [{ userId: user.userId, userName: user.userName, user, record, timer: timerOf(record) }];
  });
  const ids = new Set(users.map(({ userId }) => userId));
  const gone = journal.records
    .filter((record) => isOpen(record) && !ids.has(record.userId))
    .map(
      (record): Subject => ({
        userId: record.userId,
        userName: record.userName,
        user: undefined,
        record,
        timer: timerOf(record),
      }),
    );
  return [...present, ...gone];
}

async function look(
  { user, record, timer, ...who }: Subject,
  settings: PolicySettings,
  services: Services,
): Promise<UserStatus> {
  const reading = policyFor(user ?? { tags: [] }, settings.rotation);
  const [keys, newKeyUsed] = await Promise.all([
    user && services.keys().list(user.userName),
    wasNewKeyUsed(record, services),
  ]);
  const found = { reading, record, timer, keys, newKeyUsed };
  return {
    ...who,
    ...outlook(found, settings.destruction, services.clock.nowMs()),
    ...(reading.kind === 'managed' && { address: reading.policy.address }),
    keys: keys ?? [],
    record,
    newKeyUsed,
  };
}

async function wasNewKeyUsed(record: RotationRecord | undefined, services: Services) {
  if (!isOpen(record) || !('newKeyId' in record)) return false;
  const owner = await services.keys().owner(record.newKeyId);
  return owner.kind === 'found' && owner.lastUsedAtMs !== undefined;
}

function byUrgency(a: UserStatus, b: UserStatus): number {
  return (
    Number(b.troubles.length > 0) - Number(a.troubles.length > 0) ||
    (a.atMs ?? Number.POSITIVE_INFINITY) - (b.atMs ?? Number.POSITIVE_INFINITY) ||
    (a.userName < b.userName ? -1 : 1)
  );
}
