/**
 * How a key pair is handed over. One file and one registry line a delivery (`src/deliveries`).
 *
 * Sealing belongs to the journal, not to the delivery: the pair is kept in the record until the
 * rotation closes, whatever the target.
 */
import type { KeyPair } from '../domain/identity.ts';
import type { UserPolicy } from '../domain/policy.ts';
import type { Outcome, RecordWithPair, StartedRecord } from '../domain/record.ts';
import type { Target } from '../domain/target.ts';
import type { MailAnswer, Verification } from './mailer.ts';

/**
 * The answer to one attempt, because each calls for another step:
 * - `accepted`: the pair is handed over;
 * - `not-now`: nothing was delivered, the same pair may be tried again;
 * - `refused`: nothing was delivered and never will be to this target;
 * - `unknown`: it may have arrived: undo nothing.
 */
export type DeliveryAnswer = MailAnswer;

/** What a delivery still has room for in this run. */
export interface Capacity {
  /** How many more pairs it can take; infinity where nobody counts. */
  readonly remaining: number;
  /** Why no new rotation should begin now: a key that can't be delivered must not be created. */
  readonly stopped?: string;
}

export interface Delivery<T extends Target = Target> {
  /** Asks once a run whether a pair could be handed over now, before the first creation. */
  verify(): Promise<Verification>;
  /** What is left of it in this run. */
  capacity(): Capacity;
  /**
   * After failures that may each have had a cause of their own: lets one more attempt show whether
   * the delivery works.
   * @returns whether it was stopped, so that one pair should be tried alone
   */
  probe(): boolean;
  /** Where a user's pair goes, by the tags and settings of today. */
  targetFor(policy: UserPolicy): T;
  /**
   * Everything that can fail without harm, before the key exists. Repeatable.
   * @returns what is in the way, in words
   */
  prepare(to: T, about: StartedRecord): Promise<string | undefined>;
  /**
   * One attempt; the same rotation ID may come again. Never throws: what it can't tell is `unknown`.
   * @param untilMs no attempt begins in the minute before
   */
  deliver(pair: KeyPair, about: RecordWithPair, untilMs: number): Promise<DeliveryAnswer>;
  /**
   * Whether the new pair can still be fetched or opened.
   * @param hasContentKey asks whether the content key of this rotation is still there
   */
  retrievable(about: RecordWithPair, hasContentKey: () => Promise<boolean>): Promise<boolean>;
  /** Cleans up what only the open rotation needed. Repeatable. */
  settle(about: RecordWithPair, outcome: Outcome): Promise<void>;
}
