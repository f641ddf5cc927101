/**
 * The rotation journal of one account.
 *
 * A method that throws anything but the errors it names has an **unknown outcome**.
 */
import type {
  HistoryItem,
  RotationRecord,
  StartedRecord,
  Successor,
  Timer,
} from '../domain/record.ts';

/** An item that this version can't read; it is reported and left alone. */
export interface UnreadableItem {
  /** Whose record it is; missing when the item is not a record. */
  readonly userId?: string;
  /** What is wrong with it, in words. */
  readonly problem: string;
}

export interface Journal {
  /**
   * Every user's record, open or closed, and every timer of the account, by one consistent query. It
   * grows old while the run goes on: whoever acts on it writes on condition of the version read.
   */
  readAccount(): Promise<{
    records: RotationRecord[];
    timers: Timer[];
    unreadable: UnreadableItem[];
  }>;
  /** The record as it is now (a consistent read). */
  read(userId: string): Promise<RotationRecord | undefined>;
  /**
   * The records of several users, by user ID. Who is missing has no record, or it could not be read
   * together with the others: only `read` tells.
   */
  readAll(userIds: readonly string[]): Promise<Map<string, RotationRecord>>;
  /** The timer of an old key as it is now. */
  timer(userId: string, oldKeyId: string): Promise<Timer | undefined>;
  /**
   * Opens a rotation, over nothing or over a closed record that neither rests nor backs off.
   * @throws Conflict when another rotation is open, was closed a moment ago, or backs off.
   */
  begin(record: StartedRecord, options?: { readonly ignoreBackOff?: boolean }): Promise<void>;
  /**
   * Writes the record of a user who has none.
   * @throws Conflict when there is one by now.
   */
  add(record: RotationRecord & { readonly state: 'CLOSED' }): Promise<void>;
  /**
   * Replaces `previous` by `next`, if `previous` still stands there in the version that was read and
   * in a schema that this version knows.
   * @throws Conflict when it does not.
   */
  replace<R extends RotationRecord>(previous: R, next: Successor<R>): Promise<void>;
  /**
   * Sets the timer of an old key again; but where a veto travels with it, that veto stays.
   * @param options.givesWay also to the timer of another rotation: whether this one's is the one in
   *   force is not known. Only a veto that may be meant for any rotation takes a timer's place.
   * @returns whether it was set
   */
  putTimer(timer: Timer, options?: { readonly givesWay?: boolean }): Promise<boolean>;
  removeTimer(userId: string, oldKeyId: string): Promise<void>;
  addHistory(item: HistoryItem): Promise<void>;
  /** Closed rotations, oldest first, of one user or of all; and what can't be read, in words. */
  history(userId?: string): Promise<{ items: HistoryItem[]; problems: string[] }>;
}
