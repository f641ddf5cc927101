/**
 * What happens, as one stream of events. Report, log, metrics, mails to owners and progress subscribe
 * to it. No event holds a secret.
 */
import type { Reason } from './reasons.ts';
import type { RecordWithPair } from './record.ts';

/** What became of a user in a run: the last word on that user, and one row of the report. */
export type ReportOutcome =
  /** A new key was created and delivered; the old key has its timer. */
  | 'rotated'
  /** Nothing to do, for the reason given. */
  | 'skipped'
  /** An open rotation that waits for its time or for a person. */
  | 'waiting'
  /** The old key was deactivated. */
  | 'deactivated'
  /** The old key was deleted. */
  | 'deleted'
  /** The owner was reminded that the new key is unused. */
  | 'reminded'
  /** The rotation ended without a deletion by this run. */
  | 'closed'
  /** The new key was taken back: it was never handed over. */
  | 'withdrawn'
  /** A veto was found: nothing is touched. */
  | 'cancelled'
  /** Not possible now; the next run tries again. */
  | 'postponed'
  /** Not reached in this run: first in the next. */
  | 'left'
  /** The user's tags are wrong: that user's problem, and nobody else's. */
  | 'invalid'
  /** Something is wrong, and told. */
  | 'failed'
  /** What a dry run would have done. */
  | 'would-rotate'
  | 'would-resume';

export interface EventSubject {
  readonly userName: string;
  readonly userId: string;
}

/** What the owner of the keys is told, in a mail without any secret. */
export type OwnerNotice =
  | { readonly kind: 'deactivated'; readonly why: 'stage' | 'max-age'; readonly about: NoticeFacts }
  | { readonly kind: 'deleted'; readonly about: NoticeFacts }
  | {
      readonly kind: 'reminder';
      readonly about: NoticeFacts;
      /** When the old key is deactivated unless the new one is used; missing once it is inactive. */
      readonly deactivatedAtTheLatestMs?: number;
    };

/** A record without the sealed key pair. */
export type NoticeFacts = Pick<
  RecordWithPair,
  | 'userName'
  | 'target'
  | 'oldKeyId'
  | 'oldKeyCreatedAtMs'
  | 'newKeyId'
  | 'instructions'
  | 'deactivateOnMs'
  | 'deleteOnMs'
  | 'requireNewKeyUsed'
  | 'maxKeyAgeDays'
>;

/** Something that happened to one user. */
export interface UserEvent {
  /** `created`, `orphan-deleted`: on the way; every other type is the last of a user in a run. */
  readonly type: ReportOutcome | 'created' | 'orphan-deleted';
  readonly user: EventSubject;
  readonly reason: Reason;
  readonly oldKeyId?: string;
  readonly newKeyId?: string;
  /** When what comes next comes. */
  readonly dueAtMs?: number;
  /** When the oldest active key that the user still has was created, as far as is known. */
  readonly keyCreatedAtMs?: number;
  /** In a dry run: what a run would do that is none. */
  readonly action?: string;
  readonly notice?: OwnerNotice;
}

/** How far a run has come. */
export interface ProgressEvent {
  readonly type: 'progress';
  /** Users of whom the last word was said. */
  readonly done: number;
  readonly total: number;
}

export type RunEvent = UserEvent | ProgressEvent;

const ON_THE_WAY: readonly RunEvent['type'][] = ['created', 'orphan-deleted', 'progress'];

/** Whether it is the last word on a user in a run. */
export function isLastWord(event: RunEvent): event is UserEvent & { readonly type: ReportOutcome } {
  return !ON_THE_WAY.includes(event.type);
}
