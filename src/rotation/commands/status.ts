/** `status`: who is managed, what happens next, and what is in the way. */
import pLimit from 'p-limit';
import type { IamUser } from '../../domain/identity.ts';
import { policyFor } from '../../domain/policy.ts';
import { isOpen, type RotationRecord, type Timer } from '../../domain/record.ts';
import { iso, SECOND_MS } from '../../domain/time.ts';
import type { Run } from '../run-context.ts';
import type { StatusAnswer, UserStatus } from './answers.ts';
import { outlook } from './outlook.ts';
import { boundedProblems, Page } from './pages.ts';
import { type CommandOf, usersOf } from './requests.ts';

export type StatusPorts = Pick<
  Run,
  'clock' | 'destruction' | 'inventory' | 'journal' | 'keys' | 'rotation'
>;

interface Subject {
  readonly userId: string;
  readonly userName: string;
  /** `undefined` when only a record tells of the user. */
  readonly user: IamUser | undefined;
  readonly record: RotationRecord | undefined;
  readonly timer: Timer | undefined;
}

/** Users who are looked at together, and calls about them at a time. */
const CHUNK = 50;
const CONCURRENCY = 10;
/** A page ends with its users or its time, so that whoever asks can show how far it is. */
const USERS_A_PAGE = 500;
const PAGE_MS = 30 * SECOND_MS;

/** Where users stand: those who are asked for, or all, a page at a time. */
export async function status(
  command: CommandOf<'status'>,
  ports: StatusPorts,
): Promise<StatusAnswer> {
  const startedAtMs = ports.clock.nowMs();
  const [{ users, notes }, journal] = await Promise.all([
    ports.inventory.users(),
    ports.journal.scan(),
  ]);
  const wanted = usersOf(command);
  const isWanted = ({ userName, userId }: Subject) =>
    !wanted || wanted.includes(userName) || wanted.includes(userId);
  const chosen = subjectsOf(users, journal, ports)
    .filter(isWanted)
    .sort((a, b) => (a.userId < b.userId ? -1 : 1));
  const { cursor } = command;
  const left = cursor === undefined ? chosen : chosen.filter(({ userId }) => userId > cursor);

  const { rows, next } = await pageOf(left, ports, startedAtMs + PAGE_MS);
  const isFirst = cursor === undefined;
  return {
    at: iso(startedAtMs),
    accountUsers: users.length,
    listed: chosen.length,
    users: rows,
    missing: isFirst ? missing(wanted ?? [], chosen, users) : [],
    problems: isFirst ? boundedProblems([...notes, ...journal.problems]) : [],
    ...(next !== undefined && { next }),
  };
}

/** @returns the rows, and where the next page begins, if there is one */
async function pageOf(
  subjects: readonly Subject[],
  ports: StatusPorts,
  untilMs: number,
): Promise<{ rows: UserStatus[]; next?: string }> {
  const limit = pLimit(CONCURRENCY);
  const page = new Page<UserStatus>();
  for (let start = 0; start < subjects.length; start += CHUNK) {
    const isOver = start >= USERS_A_PAGE || ports.clock.nowMs() > untilMs;
    if (start > 0 && isOver) return { rows: page.rows, ...after(page) };
    const chunk = subjects.slice(start, start + CHUNK);
    const rows = await Promise.all(chunk.map((one) => limit(() => look(one, ports))));
    if (!rows.every((row) => page.add(row))) return { rows: page.rows, ...after(page) };
  }
  return { rows: page.rows };
}

function after({ rows }: Page<UserStatus>): { next?: string } {
  const last = rows.at(-1);
  return last ? { next: last.userId } : {};
}

/** Managed users, users with bad tags, and whoever has an open rotation. */
function subjectsOf(
  users: readonly IamUser[],
  journal: { readonly records: readonly RotationRecord[]; readonly timers: readonly Timer[] },
  { rotation }: Pick<Run, 'rotation'>,
): Subject[] {
  const records = new Map(journal.records.map((record) => [record.userId, record]));
  const timers = new Map(journal.timers.map((timer) => [timerKey(timer), timer]));
  const timerOf = (record: RotationRecord | undefined) => record && timers.get(timerKey(record));
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

function timerKey({ userId, oldKeyId }: { userId: string; oldKeyId: string }): string {
  return `${userId} ${oldKeyId}`;
}

/** Who was asked for and is not listed. */
function missing(
  wanted: readonly string[],
  chosen: readonly Subject[],
  users: readonly IamUser[],
): StatusAnswer['missing'] {
  const isOf =
    (name: string) =>
    ({ userName, userId }: { userName: string; userId: string }) =>
      name === userName || name === userId;
  return wanted
    .filter((name) => !chosen.some(isOf(name)))
    .map((user) =>
      users.some(isOf(user))
        ? {
            user,
            code: 'unmanaged',
            text: `${user} is not managed: there is no tag IKR:EMAIL. Add it with: ikr tag`,
          }
        : { user, code: 'unknown-user', text: `There is no user ${user}.` },
    );
}

async function look(
  { user, record, timer, ...who }: Subject,
  ports: StatusPorts,
): Promise<UserStatus> {
  const reading = policyFor(user ?? { tags: [] }, ports.rotation);
  const [keys, newKeyUsed] = await Promise.all([
    user && ports.keys.list(user.userName),
    wasNewKeyUsed(record, ports),
  ]);
  const found = { reading, record, timer, keys, newKeyUsed };
  const { next, atMs, warnings } = outlook(found, ports.destruction, ports.clock.nowMs());
  return {
    ...who,
    ...(reading.kind === 'managed' && { address: reading.policy.address }),
    keys: (keys ?? []).map((key) => ({
      accessKeyId: key.accessKeyId,
      status: key.status,
      createdAt: iso(key.createdAtMs),
    })),
    next,
    ...(atMs !== undefined && { at: iso(atMs) }),
    warnings: [...warnings],
    ...(isOpen(record) && { rotation: rotationOf(record, newKeyUsed) }),
  };
}

async function wasNewKeyUsed(
  record: RotationRecord | undefined,
  { keys }: Pick<Run, 'keys'>,
): Promise<boolean> {
  if (!isOpen(record) || !('newKeyId' in record)) return false;
  const owner = await keys.owner(record.newKeyId);
  return owner.kind === 'found' && owner.lastUsedAtMs !== undefined;
}

/** The record without the sealed key pair. */
function rotationOf(
  record: RotationRecord,
  newKeyUsed: boolean,
): NonNullable<UserStatus['rotation']> {
  return {
    state: record.state,
    rotationId: record.rotationId,
    startedAt: iso(record.startedAtMs),
    oldKeyId: record.oldKeyId,
    ...('newKeyId' in record && { newKeyId: record.newKeyId, newKeyUsed }),
    ...('deliveredAtMs' in record && {
      deliveredAt: iso(record.deliveredAtMs),
      deliveredTo: record.address,
    }),
    ...('deleteOnMs' in record && { deleteOn: iso(record.deleteOnMs) }),
    ...('deactivateOnMs' in record &&
      record.deactivateOnMs !== undefined && { deactivateOn: iso(record.deactivateOnMs) }),
    ...(record.leaseUntilMs > 0 && { leaseUntil: iso(record.leaseUntilMs) }),
    parameterName: record.parameterName,
  };
}
