/** `history`: the closed rotations, for auditors. */

import { sentence } from '../../domain/reasons.ts';
import type { HistoryItem } from '../../domain/record.ts';
import { iso } from '../../domain/time.ts';
import type { Account } from '../../ports/account.ts';
import type { Journal } from '../../ports/journal.ts';
import type { HistoryAnswer, HistoryFacts } from './answers.ts';
import { idOf, UNIQUE_ID } from './find-rotation.ts';
import { boundedProblems, Page } from './pages.ts';
import type { CommandOf } from './requests.ts';

export interface HistoryPorts {
  readonly account: Pick<Account, 'keys'>;
  readonly journal: Pick<Journal, 'history'>;
}

/** Closed rotations of one user or of all, oldest first, a page at a time. */
export async function history(
  { user, cursor }: CommandOf<'history'>,
  ports: HistoryPorts,
): Promise<HistoryAnswer> {
  const { items, problems } =
    user === undefined ? await ports.journal.history() : await historyOf(user, ports);
  const sorted = [...items].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const left = cursor === undefined ? sorted : sorted.filter((item) => placeOf(item) > cursor);

  const page = new Page<HistoryFacts>();
  const full = left.findIndex((item) => !page.add(facts(item)));
  const last = full < 0 ? undefined : left[full - 1];
  return {
    items: page.rows,
    problems: cursor === undefined ? boundedProblems(problems) : [],
    ...(last && { next: placeOf(last) }),
  };
}

/** Where an item stands among all: a page begins after a place, whatever was closed since. */
function placeOf({ closedAtMs, userId, rotationId }: HistoryItem): string {
  return `${iso(closedAtMs)}/${userId}/${rotationId}`;
}

/**
 * Everything of one user. A name leads to its current user, whatever the items call that user, and
 * to whoever had it when an item was written: deleted users have no other way to be found.
 */
async function historyOf(
  user: string,
  { journal, account }: HistoryPorts,
): ReturnType<Journal['history']> {
  if (UNIQUE_ID.test(user)) {
    const own = await journal.history(user);
    if (own.items.length + own.problems.length > 0) return own;
  }
  const [{ items, problems }, userId] = await Promise.all([
    journal.history(),
    idOf(user, account.keys),
  ]);
  const isMeant = (item: HistoryItem) => item.userName === user || item.userId === userId;
  return { items: items.filter(isMeant), problems };
}

function facts(item: HistoryItem): HistoryFacts {
  return {
    userId: item.userId,
    userName: item.userName,
    userArn: item.userArn,
    outcome: item.outcome,
    code: item.reason.code,
    reason: sentence(item.reason),
    startedAt: iso(item.startedAtMs),
    closedAt: iso(item.closedAtMs),
    oldKeyId: item.oldKeyId,
    oldKeyCreatedAt: iso(item.oldKeyCreatedAtMs),
    ...(item.newKeyId !== undefined && { newKeyId: item.newKeyId }),
    rotationId: item.rotationId,
  };
}
