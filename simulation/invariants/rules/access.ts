/** Invariant 1. */
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import type {
  AccountChange,
  Circumstances,
  KeyChange,
  KeyFacts,
  MailedPair,
  RecordFacts,
  UserFacts,
} from './facts.ts';
import { CLOCKS_MS, isDue } from './limits.ts';
import type { Findings, Rule } from './rule.ts';
import { isTakenBack } from './taken-back.ts';

export const access: Rule = {
  statement: 'No user is locked out, and no old key is deleted before the new one was used',

  keyChanged(change, circumstances): Findings {
    const { kind, key, records } = change;
    if (kind !== 'deactivate' && kind !== 'delete') return [];
    if (isTakenBack(change, circumstances)) return [];
    const about = records.filter(({ oldKeyId }) => oldKeyId === key.id);
    if (about.length === 0) return [];
    const problems = about.map((record) => whyNotReplaced(change, record, circumstances));
    const holds = problems.includes(undefined);
    return [holds ? undefined : `${key.id} was ${kind}d, although ${problems.at(-1)}`];
  },

  accountChanged({ user, atMs, cause }, circumstances): Findings {
    const access = accessOf(user, atMs, circumstances);
    if (access === 'owed') return [];
    const unopened = unopenedKey(user);
    return [
      access === 'works' ? undefined : `${user.userName} was locked out by ${cause}`,
      ...(unopened ? [whyNotReadable(unopened, user)] : []),
    ];
  },

  pairMailed({ key, atMs, firstMailRecords, deleteAfterTag }: MailedPair, circumstances): Findings {
    const { deleteAfterDays } = circumstances;
    if (deleteAfterDays === undefined) return [];
    const noticeDays = Math.min(Number(deleteAfterTag ?? deleteAfterDays), deleteAfterDays);
    // Attempts and pauses of one run lie between the date and the mail.
    const earliestMs = atMs + noticeDays * DAY_MS - HOUR_MS;
    return firstMailRecords
      .filter(({ state, newKeyId }) => state === 'DELIVERING' && newKeyId === key.id)
      .map(({ deleteOnMs = 0 }) =>
        deleteOnMs < earliestMs
          ? `the old key is deleted earlier after the mail with ${key.id} than it may be`
          : undefined,
      );
  },
};

/** Why the old key of a record must stay as it is, if it must. */
function whyNotReplaced(
  { kind, key, keys, atMs }: KeyChange,
  { newKeyId }: RecordFacts,
  { requireNewKeyUsed, maxKeyAgeDays }: Circumstances,
): string | undefined {
  const successor = keys.find(({ id }) => id === newKeyId);
  if (!successor) return 'it has no successor';
  const name = `its successor ${successor.id}`;
  if (successor.status !== 'Active') return `${name} is inactive`;
  if (successor.handedOverAtMs === undefined) return `${name} was never handed over`;
  if (successor.firstUsedAtMs !== undefined || !requireNewKeyUsed) return undefined;
  const isAtAgeLimit = isDue(key.createdAtMs + maxKeyAgeDays * DAY_MS, atMs);
  return kind === 'deactivate' && isAtAgeLimit ? undefined : `${name} was never used`;
}

/** Whether the user has an Active key whose secret was handed over. */
export function hasWorkingKey(user: UserFacts): boolean {
  return user.keys.some((key) => key.status === 'Active' && (key.isKnown || user.isReadable(key)));
}

/** `owed`: the user has none, for a reason that can't be helped, and must get another key. */
export function accessOf(
  user: UserFacts,
  nowMs: number,
  circumstances: Circumstances,
): 'works' | 'owed' | 'none' {
  if (hasWorkingKey(user) || seemsToWork(user)) return 'works';
  return isReplacedUnopened(user, nowMs, circumstances) || hasLostBoth(user) ? 'owed' : 'none';
}

/**
 * Whether the user's only key is one whose mail nobody ever opened, and that is replaced by now. Its
 * content key has to make room for the next one's.
 */
function isReplacedUnopened(
  { keys, record }: UserFacts,
  nowMs: number,
  { rotateAfterDays }: Circumstances,
): boolean {
  const [key, ...others] = keys;
  if (!key || others.length > 0 || key.isKnown) return false;
  const isReplaced = record?.state === 'STARTED' && record.oldKeyId === key.id;
  return isReplaced || key.createdAtMs + rotateAfterDays * DAY_MS <= nowMs + CLOCKS_MS;
}

/**
 * Whether the key that is being replaced is itself one whose mail can't be opened any more: a
 * successor that may not have been delivered is deactivated after a week although there is nothing
 * else. It is activated with its first use.
 */
function hasLostBoth({ keys, record, isReadable }: UserFacts): boolean {
  const oldKey = keys.find(({ id }) => id === record?.oldKeyId);
  if (record?.state !== 'DELIVERING' || oldKey?.createdBy !== 'program') return false;
  return !oldKey.isKnown && !isReadable(oldKey);
}

/**
 * Whether the user has a key left that looks like one in use, although it was never handed over: a
 * person removed the record that would tell.
 */
function seemsToWork({ keys, isRecordLost }: UserFacts): boolean {
  return (
    isRecordLost &&
    keys.some(({ createdBy, status }) => createdBy === 'program' && status === 'Active')
  );
}

/** The new key of a delivered rotation, as long as its mail may be unopened. */
function unopenedKey({ keys, record }: UserFacts): KeyFacts | undefined {
  if (!['SCHEDULED', 'DEACTIVATED', 'CANCELLED'].includes(record?.state ?? '')) return undefined;
  const newKey = keys.find(({ id }) => id === record?.newKeyId);
  if (!newKey || newKey.isKnown || newKey.handedOverAtMs === undefined) return undefined;
  // A cancelled rotation ends when a person deletes a key; what is left is that person's choice.
  const isChosen = record?.state === 'CANCELLED' && !keys.some(({ id }) => id === record.oldKeyId);
  return isChosen ? undefined : newKey;
}

function whyNotReadable(key: KeyFacts, user: AccountChange['user']): string | undefined {
  if (user.isReadable(key) || user.isSpoiled(key.rotationId)) return undefined;
  return `the mail with ${key.id} can't be opened`;
}
