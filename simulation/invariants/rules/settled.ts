/** What must be true after weeks in which nothing went wrong: nobody is left in the middle. */
import type { IamUser } from '../../../src/domain/identity.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import type { Circumstances, KeyFacts, RecordFacts, UserFacts } from './facts.ts';
import { looksCreatedBy } from './taken-back.ts';
import { isLeftToPeople } from './undelivered.ts';

/** A user, and what else is to be known of one who had time to settle. */
export interface SettlingUser {
  readonly facts: UserFacts;
  /** As IAM tells; missing when there is no such user any more. */
  readonly user: IamUser | undefined;
  readonly isRecordReadable: boolean;
  /** Whether the mail with the last key can't be opened any more. */
  readonly isOwed: boolean;
  /** Whether owners read their mail and change keys. */
  readonly isOwnerActive: boolean;
  readonly nowMs: number;
}

/** Why a user's keys can't be left as they are, if they can't. */
export function whyUnsettled(
  settling: SettlingUser,
  circumstances: Circumstances,
): string | undefined {
  const { facts, user, isRecordReadable, isOwed } = settling;
  const { record } = facts;
  if (record && !isRecordReadable) return undefined;
  const isOpen = record !== undefined && record.state !== 'CLOSED';
  if (!user) return isOpen ? 'the user is gone, and a rotation is open' : undefined;
  if (isOpen) return whyOpen(record, settling, circumstances);
  const leftOver = facts.isRecordLost ? undefined : whyLeftOver(facts);
  if (leftOver !== undefined) return leftOver;
  if (isOwed) return 'the user waits for a new key';
  return whyNotReplaced(settling, user, circumstances);
}

function whyLeftOver({ keys, isSpoiled }: UserFacts): string | undefined {
  const orphan = keys.find(
    (key) =>
      key.createdBy === 'program' &&
      key.handedOverAtMs === undefined &&
      !isSpoiled(key.rotationId) &&
      !isLeftToPeople(key, keys),
  );
  if (orphan) return `${orphan.id} was never handed over, and no rotation is open`;
  const left = keys.find(({ id }) =>
    keys.some(({ createdBy, replaces }) => createdBy === 'program' && replaces === id),
  );
  const isFree = keys.length > 1 && !keys.some((key) => isLeftToPeople(key, keys));
  return left && isFree ? `${left.id} was replaced, and is left there` : undefined;
}

function whyNotReplaced(
  { facts, nowMs }: SettlingUser,
  user: IamUser,
  circumstances: Circumstances,
): string | undefined {
  const [only, ...others] = facts.keys;
  if (!only || others.length > 0 || only.status === 'Inactive') return undefined;
  const rotateAfterDays = rotateAfterDaysOf(user, circumstances);
  if (rotateAfterDays === undefined) return undefined;
  // The credential report dates a key by its last change of status, and nothing else tells the age
  // of one that this program never had to do with.
  const looksYoung =
    circumstances.hasReport && only.createdBy === 'person' && only.statusChanges > 0;
  const createdAtMs = looksYoung ? only.statusSinceMs : only.createdAtMs;
  const isDue = createdAtMs + (rotateAfterDays + 1) * DAY_MS < nowMs;
  return isDue ? `${only.id} is due and waits` : undefined;
}

/** After how many days a user's key is replaced; `undefined` for users who are not managed. */
function rotateAfterDaysOf({ tags }: IamUser, circumstances: Circumstances): number | undefined {
  const tag = (name: string) => tags.find(({ key }) => key === `IKR:${name}`)?.value;
  const domain = /^[\w.]+@([\w.]+)$/.exec(tag('EMAIL') ?? '')?.[1];
  const { mailDomain } = circumstances;
  if (!domain || (mailDomain !== undefined && domain !== mailDomain)) return undefined;
  const deleteAfterDays = Number(tag('DELETE_AFTER_DAYS') ?? circumstances.deleteAfterDays);
  const deactivateAfterDays = Number(
    tag('DEACTIVATE_AFTER_DAYS') ?? circumstances.deactivateAfterDays ?? 0,
  );
  if (deactivateAfterDays >= deleteAfterDays) return undefined;
  return Number(tag('ROTATE_AFTER_DAYS') ?? circumstances.rotateAfterDays);
}

/** Why a rotation can't be left open, if it can't. */
function whyOpen(
  record: RecordFacts,
  settling: SettlingUser,
  circumstances: Circumstances,
): string | undefined {
  const { facts, user } = settling;
  const { keys } = facts;
  const { state, oldKeyId, newKeyId } = record;
  const oldKey = keys.find(({ id }) => id === oldKeyId);
  const newKey = keys.find(({ id }) => id === newKeyId);
  const stuck = `a rotation is left in ${state}`;
  const isActive = (key: KeyFacts | undefined) => key?.status === 'Active';
  // Reported at every run: a person has to give the user another key first.
  const isOnly = isActive(newKey) && !keys.some((key) => key !== newKey && isActive(key));

  switch (state) {
    case 'CANCELLED': {
      // After a veto nothing is done to either key, and an inactive one can't be used: it is
      // reported.
      const isReported = newKey && (oldKey || newKey.status === 'Inactive');
      return isReported ? undefined : whyDelivered(record, settling, circumstances);
    }
    case 'WITHDRAWING':
      return isOnly ? undefined : stuck;
    case 'DELIVERING': {
      const isManaged = user && rotateAfterDaysOf(user, circumstances) !== undefined;
      const isMailable = isManaged && !facts.isSpoiled(record.rotationId);
      return isOnly && !isMailable ? undefined : stuck;
    }
    case 'STARTED': {
      const [only, ...others] = keys.filter(isActive);
      const isOurs = only !== undefined && looksCreatedBy(record, only);
      const isAlone = others.length === 0 && only?.firstUsedAtMs === undefined;
      return isOurs && isAlone ? undefined : stuck;
    }
    default:
      return whyDelivered(record, settling, circumstances);
  }
}

function whyDelivered(
  { state, oldKeyId, newKeyId }: RecordFacts,
  { facts, isOwnerActive, nowMs }: SettlingUser,
  { requireNewKeyUsed, maxKeyAgeDays }: Circumstances,
): string | undefined {
  const { keys, isReadable, isSpoiled } = facts;
  const oldKey = keys.find(({ id }) => id === oldKeyId);
  const newKey = keys.find(({ id }) => id === newKeyId);
  const stuck = `a rotation is left in ${state}`;
  if (!newKey) return stuck;
  if (newKey.status === 'Inactive') {
    return newKey.statusSetBy === 'person' ? undefined : `${stuck} with an inactive new key`;
  }
  const canUse = newKey.isKnown || isReadable(newKey);
  const waits = newKey.firstUsedAtMs === undefined && !(isOwnerActive && canUse);
  if (!oldKey) return waits ? undefined : stuck;
  if (state === 'DEACTIVATED' && oldKey.status === 'Active') {
    return `${stuck} with an active old key`;
  }
  // Reported at every run: a person has to delete the new key first.
  if (waits && isSpoiled(newKey.rotationId) && !isReadable(newKey)) return undefined;
  if (!waits || !requireNewKeyUsed) return stuck;
  const isTooOld = oldKey.createdAtMs + (maxKeyAgeDays + 1) * DAY_MS < nowMs;
  return isTooOld && oldKey.status === 'Active' ? `${stuck} beyond the age limit` : undefined;
}
