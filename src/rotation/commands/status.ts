/** `status`: who is managed, what happens next, and what is in the way. */
import pLimit from 'p-limit';
import type { IamUser } from '../../domain/identity.ts';
import { knownKeys } from '../../domain/plan/snapshot.ts';
import type { AccountPolicy } from '../../domain/policy.ts';
import { sentence } from '../../domain/reasons.ts';
import { isOpen, nextStepAtMs, type OpenRecord } from '../../domain/record.ts';
import { tellsOfUse } from '../../domain/report-row.ts';
import { describeTarget } from '../../domain/target.ts';
import { iso, SECOND_MS } from '../../domain/time.ts';
import type { Account } from '../../ports/account.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery } from '../../ports/delivery.ts';
import type { Journal } from '../../ports/journal.ts';
import type { Engine, LastEvent } from '../engine.ts';
import type { Situation } from '../situation.ts';
import { subjectsOf } from '../subjects.ts';
import type { StatusAnswer, UserStatus } from './answers.ts';
import { outlook } from './outlook.ts';
import { boundedProblems, Page } from './pages.ts';
import { type CommandOf, usersOf } from './requests.ts';

export interface StatusPorts {
  readonly engine: Pick<Engine, 'announce'>;
  readonly account: Pick<Account, 'id' | 'inventory' | 'keys'>;
  readonly journal: Pick<Journal, 'readAccount'>;
  readonly delivery: Delivery;
  readonly policy: AccountPolicy;
  readonly clock: Clock;
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
  const wanted = usersOf(command);
  const [{ users, notes }, journal, { rows, notes: notesOnRows }] = await Promise.all([
    ports.account.inventory.users(),
    ports.journal.readAccount(),
    // Who is asked for by name is looked at in IAM.
    wanted ? { rows: new Map(), notes: [] } : ports.account.inventory.reportRows(),
  ]);
  const found = { users, reportRows: rows, ...journal };
  const request = { force: false, dryRun: true };
  const { open, fresh, unreadable } = subjectsOf(found, request, ports, startedAtMs);
  const isWanted = ({ userName, userId }: { userName: string; userId: string }) =>
    !wanted || wanted.includes(userName) || wanted.includes(userId);
  const chosen: Subject[] = [
    ...[...open, ...fresh].filter(isWanted).map((situation) => ({ ...situation, situation })),
    ...unreadable.filter(({ user }) => isWanted(user)).map((event) => ({ ...event.user, event })),
  ].sort((a, b) => (a.userId < b.userId ? -1 : 1));
  const { cursor } = command;
  const left = cursor === undefined ? chosen : chosen.filter(({ userId }) => userId > cursor);

  const page = await pageOf(left, ports, startedAtMs + PAGE_MS);
  const isFirst = cursor === undefined;
  const problems = journal.unreadable.map(({ problem }) => problem);
  return {
    at: iso(startedAtMs),
    accountUsers: users.length,
    listed: chosen.length,
    users: page.rows,
    missing: isFirst ? missing(wanted ?? [], chosen, users) : [],
    problems: isFirst ? boundedProblems([...notes, ...notesOnRows, ...problems]) : [],
    ...(page.next !== undefined && { next: page.next }),
  };
}

/** A user who is shown, or one whose record can't be read. */
interface Subject {
  readonly userId: string;
  readonly userName: string;
  readonly situation?: Situation;
  readonly event?: LastEvent;
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

async function look({ userId, userName, ...of }: Subject, ports: StatusPorts): Promise<UserStatus> {
  const { situation, event } = of;
  if (!situation) {
    const why = event && { code: event.reason.code, text: sentence(event.reason) };
    const next = { code: 'not-rotated', text: 'not rotated' };
    return { userId, userName, keys: [], next, warnings: why ? [why] : [] };
  }
  const nowMs = ports.clock.nowMs();
  const decided = await ports.engine.announce(asWhenDue(situation, nowMs));
  const { next, atMs, warnings } = outlook(decided, ports.policy, nowMs);
  const { record, observed, policy } = decided.situation;
  const keys = knownKeys(record, observed);
  return {
    userId,
    userName,
    ...(policy.reading.kind === 'managed' && { address: policy.reading.policy.address }),
    keys: (keys === 'no-user' || !keys ? [] : keys).map((key) => ({
      accessKeyId: key.accessKeyId,
      status: key.status,
      createdAt: iso(key.createdAtMs),
    })),
    next,
    ...(atMs !== undefined && { at: iso(atMs) }),
    warnings: [...warnings],
    ...(isOpen(record) && {
      rotation: rotationOf(record, await isNewKeyUsed(decided.situation, ports)),
    }),
  };
}

/** From the date on, what comes next is what the destructor does once the timer expires. */
function asWhenDue(situation: Situation, nowMs: number): Situation {
  const { record, observed } = situation;
  const isDue =
    (record?.state === 'SCHEDULED' || record?.state === 'DEACTIVATED') &&
    record.oldKeyGoneAtMs === undefined &&
    typeof observed.timer === 'object' &&
    observed.timer.vetoed !== true &&
    nowMs >= nextStepAtMs(record);
  return isDue ? { ...situation, observed: { ...observed, timer: 'expired' } } : situation;
}

async function isNewKeyUsed(
  { record, observed }: Situation,
  { account }: StatusPorts,
): Promise<boolean> {
  if (!isOpen(record) || !('newKeyId' in record)) return false;
  const { newKeyId } = record;
  const keys = knownKeys(record, observed);
  if (observed.reportRow && keys && keys !== 'no-user') {
    return tellsOfUse(observed.reportRow, keys, newKeyId);
  }
  const use = observed.uses[newKeyId] ?? (await account.keys.owner(newKeyId));
  return use.kind === 'found' && use.lastUsedAtMs !== undefined;
}

/** The record without the sealed key pair. */
function rotationOf(record: OpenRecord, newKeyUsed: boolean): NonNullable<UserStatus['rotation']> {
  return {
    state: record.state,
    rotationId: record.rotationId,
    startedAt: iso(record.startedAtMs),
    oldKeyId: record.oldKeyId,
    ...('newKeyId' in record && { newKeyId: record.newKeyId, newKeyUsed }),
    ...('deliveredAtMs' in record && {
      deliveredAt: iso(record.deliveredAtMs),
      deliveredTo: describeTarget(record.target),
    }),
    ...('deleteOnMs' in record && { deleteOn: iso(record.deleteOnMs) }),
    ...('deactivateOnMs' in record &&
      record.deactivateOnMs !== undefined && { deactivateOn: iso(record.deactivateOnMs) }),
    ...(record.leaseUntilMs > 0 && { leaseUntil: iso(record.leaseUntilMs) }),
    parameterName: record.parameterName,
  };
}
