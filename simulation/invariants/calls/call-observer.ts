/**
 * The observer from inside: sees every effect of every run at the very moment at which it happens,
 * and everything that people do, and feeds the checker with it.
 */
import { ItemError, toRecord } from '../../../src/aws/items.ts';
import type { RotationRecord } from '../../../src/domain/record.ts';
import { SECOND_MS } from '../../../src/domain/time.ts';
import type { CallName } from '../../memory/calls.ts';
import type { ArrivedMail } from '../../memory/mail.ts';
import type { Environment } from '../../scenario/environment.ts';
import type { Opener } from '../../scenario/opener.ts';
import { recordKey } from '../../scenario/table-items.ts';
import { perform, type UserAction } from '../../scenario/user-actions.ts';
import { AccessWatch } from '../checker/access-watch.ts';
import { Checker } from '../checker/checker.ts';
import { KeyLedger } from '../checker/key-ledger.ts';
import { type PairMail, PairMails } from '../checker/pair-mails.ts';
import type { Circumstances, KeyChange, RecordFacts, UserFacts } from '../rules/facts.ts';
import { CANCELLED } from '../rules/vetoes.ts';
import { Interventions } from './interventions.ts';
import { KeyWatch, type SeenChange } from './key-watch.ts';
import { Knowledge, type Lags } from './knowledge.ts';

/** What a run found when it began; users whose record was just written are left out. */
export type Found = ReadonlyMap<string, RecordFacts | undefined>;

export interface CallObserverOptions {
  readonly environment: Environment;
  readonly opener: Opener;
  readonly circumstances: Circumstances;
  readonly lags: Lags;
}

export class CallObserver {
  readonly checker: Checker;
  readonly keys = new KeyLedger();
  readonly mails: PairMails;
  readonly knowledge: Knowledge;
  readonly interventions: Interventions;
  readonly #environment: Environment;
  readonly #access: AccessWatch;
  readonly #watch: KeyWatch;
  readonly #scanLagMs: number;
  /** When each user's record was last written by a run. */
  readonly #writtenAtMs = new Map<string, number>();

  constructor({ environment, opener, circumstances, lags }: CallObserverOptions) {
    this.#environment = environment;
    this.#scanLagMs = lags.scanLagSeconds * SECOND_MS;
    this.checker = new Checker(circumstances);
    this.knowledge = new Knowledge(environment, lags);
    this.interventions = new Interventions(environment, this.knowledge);
    this.mails = new PairMails(environment, opener, (id) => this.knowledge.addressesOf(id));
    this.#access = new AccessWatch(this.checker);
    this.#watch = new KeyWatch(environment, this.keys);
  }

  get nowMs(): number {
    return this.#environment.clock.nowMs();
  }

  /** What stands in the table about a user. */
  record(userId: string): RecordFacts | undefined {
    return this.#environment.table.get(recordKey(this.#environment.accountId, userId)) as
      | RecordFacts
      | undefined;
  }

  /** Whether nobody has broken the user's record. */
  isRecordReadable(userId: string): boolean {
    const item = this.#environment.table.get(recordKey(this.#environment.accountId, userId));
    try {
      if (item) toRecord(item);
      return true;
    } catch (error) {
      if (error instanceof ItemError) return false;
      throw error;
    }
  }

  /** A user as the account stands. */
  user(userId: string): UserFacts {
    const { interventions, mails } = this;
    return {
      userId,
      userName: this.#nameOf(userId),
      keys: this.keys.keysOf(userId),
      record: this.record(userId),
      isRecordLost: interventions.hasLostRecord(userId),
      isReadable: (key) => mails.isReadable(key),
      isSpoiled: (rotationId) => interventions.isSpoiled(rotationId),
    };
  }

  /** Whether the user waits for a new key, as the mail with the last one can't be opened any more. */
  isOwed(userId: string): boolean {
    return this.#access.owed.has(userId);
  }

  // --- what people do ---

  /** A person created a user, who has one key. */
  userCreated(userId: string): void {
    this.#watch.follow(userId, 'person');
    this.knowledge.noteAddress(userId);
    this.#afterPerson();
  }

  /** Lets a person do something. @returns as `perform` does */
  async userActs(action: UserAction, userId: string): Promise<string | undefined> {
    const result = await this.interventions.note(action, userId, () =>
      perform(action, userId, this.#environment),
    );
    // History is for people: nothing goes by it.
    if (result !== undefined && action.do !== 'remove history') this.#touched(userId);
    return result;
  }

  /** A person asked the program to cancel a rotation. @param record what it said until then */
  cancelAsked(userId: string, record: RecordFacts | undefined, isCancelled: boolean): void {
    if (isCancelled) this.knowledge.veto(userId, record, CANCELLED, true);
    this.#touched(userId);
  }

  /** The owner opens every mail that can be opened. */
  opensMail(userId: string): void {
    // Also those with keys that are gone.
    for (const key of this.keys.all) {
      if (key.userId === userId && this.mails.isReadable(key)) this.keys.learn(key.id);
    }
  }

  /** The owner signs a request with a key. */
  usesKey(keyId: string): void {
    this.#environment.iam.useKey(keyId);
    this.keys.use(keyId, this.nowMs);
  }

  #touched(userId: string): void {
    this.knowledge.act(userId);
    this.#watch.follow(userId, 'person');
    this.#afterPerson();
  }

  #afterPerson(): void {
    for (const userId of this.#environment.iam.userIds()) {
      this.#access.afterPerson(this.user(userId));
    }
  }

  // --- what the program does ---

  /** Judges one effect of a run, which happens in between. */
  onEffect(
    name: CallName,
    args: readonly unknown[],
    run: string,
    effect: () => Promise<unknown>,
  ): Promise<unknown> {
    const isChange = name in KEY_CHANGES;
    const userId = isChange || name === 'keys.list' ? this.#userNamed(String(args[0])) : undefined;
    if (name === 'keys.list' && userId !== undefined) this.knowledge.list(run, userId);
    if (name === 'journal.replace' || name === 'journal.begin') {
      const written = args.at(name === 'journal.begin' ? 0 : 1) as RotationRecord;
      this.#writtenAtMs.set(written.userId, this.nowMs);
    }
    if (name === 'journal.begin') return this.#begin(args[0] as RotationRecord, effect);
    if (!isChange && !CONTENT_CHANGES.includes(name)) return effect();

    const keys = userId === undefined ? [] : this.keys.snapshotOf(userId);
    const record = userId === undefined ? undefined : this.record(userId);
    const answer = effect();
    if (userId !== undefined && !this.knowledge.isBlind(run, userId)) {
      const before = { keys, records: record ? [record] : [] };
      const veto = this.knowledge.vetoFor(run, userId, record);
      for (const change of this.#watch.follow(userId, 'program'))
        this.#judge(change, { ...before, veto });
    } else if (userId !== undefined) {
      this.#watch.follow(userId, 'program');
    }
    this.#judgeAccess(name, run);
    return answer;
  }

  /**
   * From a new record on, it is known again where the user's rotation stands; but a second key, that
   * a list did not tell of yet, is in no record.
   */
  async #begin({ userId }: RotationRecord, effect: () => Promise<unknown>): Promise<unknown> {
    const before = this.record(userId);
    const answer = await effect();
    const after = this.record(userId);
    const hasBegun = after?.state === 'STARTED' && after.rotationId !== before?.rotationId;
    if (hasBegun && this.keys.keysOf(userId).length === 1) this.interventions.findRecord(userId);
    return answer;
  }

  #judge({ kind, id }: SeenChange, before: Pick<KeyChange, 'keys' | 'records' | 'veto'>): void {
    const key = before.keys.find((one) => one.id === id) ?? this.keys.get(id);
    if (!key) return;
    const userName = this.#nameOf(key.userId);
    this.checker.judge('keyChanged', { userName, atMs: this.nowMs, kind, key, ...before });
  }

  #judgeAccess(cause: string, run: string): void {
    for (const userId of this.#environment.iam.userIds()) {
      const user = this.user(userId);
      if (this.knowledge.isBlind(run, userId)) this.#access.afterBlindProgram(user);
      else this.#access.afterProgram(user, cause, this.nowMs);
    }
  }

  /** A mail arrives. @returns the pairs in it */
  onMail({ to, text }: ArrivedMail, run: string): readonly PairMail[] {
    const pairs = this.mails.read(to, text);
    for (const pair of pairs) {
      const key = this.keys.get(pair.keyId);
      if (!key) {
        const what = `a mail holds the key ${pair.keyId}, which nobody created`;
        this.checker.add({ invariant: 0, atMs: this.nowMs, userName: '', what });
        continue;
      }
      const { userId } = key;
      const isFirst = this.mails.of(key.id).length === 0;
      this.mails.add(pair);
      const isReadable = this.mails.isOpenFor(pair, userId);
      this.keys.receive(key.id, pair.seal?.rotationId, isReadable, this.nowMs);
      const record = this.record(userId);
      // A person may have moved the dates in it.
      const isProgramWritten = !this.knowledge.actedWithin(userId, 60);
      this.checker.judge('pairMailed', {
        userName: this.#nameOf(userId),
        atMs: this.nowMs,
        key,
        to,
        addresses: this.knowledge.addressesDuring(run, userId),
        firstMailRecords: isFirst && isProgramWritten && record ? [record] : [],
        deleteAfterTag: this.knowledge.tagOf(userId, 'IKR:DELETE_AFTER_DAYS'),
      });
    }
    return pairs;
  }

  /** What a run that begins now finds. A scan may not tell yet what was written a moment ago. */
  find(): Found {
    const settledAtMs = this.nowMs - this.#scanLagMs;
    const settled = this.#environment.iam
      .userIds()
      .filter((userId) => (this.#writtenAtMs.get(userId) ?? 0) <= settledAtMs);
    return new Map(settled.map((userId) => [userId, this.record(userId)]));
  }

  /** A run over everybody was completed that nothing and nobody disturbed. */
  runCompleted(found: Found, sinceMs: number): void {
    for (const userId of this.#environment.iam.userIds()) {
      // What was done a moment ago, lists and scans may not tell yet.
      if (!found.has(userId) || this.knowledge.actedWithin(userId, 1)) continue;
      const user = this.user(userId);
      const record = found.get(userId);
      this.checker.judge('runCompleted', {
        userName: user.userName,
        atMs: this.nowMs,
        user,
        sinceMs,
        found: record,
        isVetoed: this.knowledge.isVetoed(userId, record),
      });
    }
  }

  // --- the account ---

  #nameOf(userId: string): string {
    return this.#environment.iam.user(userId)?.userName ?? userId;
  }

  #userNamed(userName: string): string | undefined {
    const { iam } = this.#environment;
    return iam.userIds().find((userId) => iam.user(userId)?.userName === userName);
  }
}

/** Calls that change a key. */
const KEY_CHANGES: Partial<Record<CallName, true>> = {
  'keys.create': true,
  'keys.activate': true,
  'keys.deactivate': true,
  'keys.delete': true,
};
const CONTENT_CHANGES: readonly CallName[] = ['contentKeys.put', 'contentKeys.remove'];
