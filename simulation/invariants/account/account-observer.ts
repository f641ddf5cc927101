/**
 * The observer from outside: looks at a local account after every step, and feeds the checker with
 * what became of keys, mails, the table and everything that is written.
 *
 * ```ts
 * const observer = new AccountObserver({ account, table });
 * const sinceMs = account.clock.nowMs();
 * const { result, logs } = await rotator.invoke({});
 * await observer.observe({
 *   completedRunSinceMs: sinceMs,
 *   output: [...logs, JSON.stringify(result)],
 * });
 * observer.checker.violations;                    // in words: which, when, for whom
 * observer.checker.checked[1];                    // how often the first was checked
 * ```
 *
 * Look after every step, and keep what people do and the program's calls in steps of their own: a
 * change to a key that no call over the wire explains is a person's.
 */
import type { Call, LocalAccount, ReceivedMail } from '../../aws/index.ts';
import { accountEnvironment } from '../../scenario/account-environment.ts';
import { accountOpener } from '../../scenario/opener.ts';
import { AccessWatch } from '../checker/access-watch.ts';
import { Checker } from '../checker/checker.ts';
import { KeyLedger } from '../checker/key-ledger.ts';
import { type PairMail, PairMails } from '../checker/pair-mails.ts';
import type { Circumstances, UserFacts } from '../rules/facts.ts';
import { ContentKeys } from './content-keys.ts';
import { isFault } from './faults.ts';
import { type KeyEvent, KeyEvents, type SeenUser } from './key-events.ts';
import { RecordHistory } from './record-history.ts';
import { SecretSearch } from './secret-search.ts';

export interface AccountObserverOptions extends Partial<Circumstances> {
  readonly account: LocalAccount;
  readonly table: string;
  /** Whether mails hold the pair sealed; with `false` they may hold it in plaintext. */
  readonly encryptKeyPair?: boolean;
}

/** What was done since the last look. */
export interface Step {
  /**
   * When a rotator run over everybody began that came to its end in this step: it was neither
   * killed nor out of time. What such a run must have done is checked.
   */
  readonly completedRunSinceMs?: number;
  /** Two runs were made at once. */
  readonly twice?: boolean;
  /** What was logged, answered or thrown. */
  readonly output?: readonly string[];
}

/** A mail with a pair, among what happened to the keys. */
interface Delivery {
  readonly kind: 'mail';
  readonly atMs: number;
  readonly pair: PairMail;
}

export class AccountObserver {
  readonly checker: Checker;
  readonly #account: LocalAccount;
  readonly #keys = new KeyLedger();
  readonly #events: KeyEvents;
  readonly #records: RecordHistory;
  readonly #mails: PairMails;
  readonly #contentKeys: ContentKeys;
  readonly #access: AccessWatch;
  readonly #secrets: SecretSearch;
  /** Every mail address that each user's tag ever had. */
  readonly #addresses = new Map<string, Set<string>>();
  #users: readonly SeenUser[] = [];
  #mailsSeen: number;

  constructor({ account, table, encryptKeyPair = true, ...told }: AccountObserverOptions) {
    this.checker = new Checker({
      rotateAfterDays: 80,
      requireNewKeyUsed: true,
      maxKeyAgeDays: 90,
      lastUsedLagMs: 0,
      listLagMs: 0,
      hasReport: true,
      ...told,
    });
    this.#account = account;
    this.#mailsSeen = account.mails.length;
    this.#events = new KeyEvents(account);
    this.#records = new RecordHistory(account, table);
    const environment = accountEnvironment(account, table);
    this.#mails = new PairMails(environment, accountOpener(account), (userId) => [
      ...(this.#addresses.get(userId) ?? []),
    ]);
    this.#contentKeys = new ContentKeys(environment.parameters, this.#mails);
    this.#access = new AccessWatch(this.checker);
    this.#secrets = new SecretSearch(account, encryptKeyPair);
    // What is there before the program has done anything is the users' own.
    this.#take([]);
  }

  /** Looks at the account after a step. */
  async observe(step: Step = {}): Promise<void> {
    await this.#records.prime();
    const mails = this.#account.mails.slice(this.#mailsSeen);
    this.#mailsSeen = this.#account.mails.length;
    const { events, deliveries, calls } = this.#take(mails);
    if (step.completedRunSinceMs !== undefined) this.#checkRun(step.completedRunSinceMs, calls);
    if (step.twice) this.#checkTwice(events, deliveries);
    this.#checkTexts(step.output ?? [], mails);
  }

  /** Takes in what happened since the last look, and judges it in that order. */
  #take(mails: readonly ReceivedMail[]) {
    const { users, events, calls } = this.#events.look();
    this.#users = users;
    for (const { userId, tags } of users) {
      const address = tags.find(({ key }) => key.toUpperCase() === 'IKR:EMAIL')?.value;
      if (address === undefined) continue;
      this.#addresses.set(userId, (this.#addresses.get(userId) ?? new Set()).add(address));
    }
    const deliveries = mails.flatMap(({ to, text, atMs }) =>
      to
        .flatMap((address) => this.#mails.read(address, text))
        .map((pair): Delivery => ({ kind: 'mail', atMs, pair })),
    );
    const all: (KeyEvent | Delivery)[] = [...events, ...deliveries];
    for (const one of all.sort((a, b) => a.atMs - b.atMs)) {
      if (one.kind === 'mail') this.#deliver(one);
      else if (one.kind === 'use') this.#keys.use(one.keyId, one.atMs);
      else this.#change(one);
    }
    this.#contentKeys.note(calls);
    this.#judgeAccess(events);
    return { events, deliveries, calls };
  }

  #change({ kind, by, userId, keyId, atMs }: Exclude<KeyEvent, { kind: 'use' }>): void {
    const keys = this.#keys.snapshotOf(userId);
    const before = keys.find(({ id }) => id === keyId);
    if (kind === 'create') {
      const key = { id: keyId, userId, createdBy: by, createdAtMs: atMs } as const;
      this.#keys.create({ ...key, status: 'Active' });
    } else if (kind === 'delete') {
      this.#keys.delete(keyId);
    } else {
      this.#keys.setStatus(keyId, kind === 'activate' ? 'Active' : 'Inactive', by, atMs);
    }
    const key = before ?? this.#keys.get(keyId);
    if (by === 'person') {
      if (kind === 'activate') this.#records.activated(userId, keyId, atMs);
    } else if (key) {
      const records = this.#records.around(userId, atMs);
      const veto = this.#records.vetoAt(userId, atMs);
      const userName = this.#nameOf(userId);
      this.checker.judge('keyChanged', { userName, atMs, kind, key, keys, records, veto });
    }
  }

  #deliver({ pair, atMs }: Delivery): void {
    const key = this.#keys.get(pair.keyId);
    if (!key) return;
    const { userId } = key;
    const isFirst = this.#mails.of(key.id).length === 0;
    this.#mails.add(pair);
    // Content keys may have changed since: whose mail this is tells who got the secret.
    this.#keys.receive(key.id, pair.seal?.rotationId, this.#mails.isFor(pair.to, userId), atMs);
    this.checker.judge('pairMailed', {
      userName: this.#nameOf(userId),
      atMs,
      key,
      to: pair.to,
      addresses: [...(this.#addresses.get(userId) ?? [])],
      firstMailRecords: isFirst ? this.#records.around(userId, atMs) : [],
      deleteAfterTag: this.#deleteAfterTagOf(userId),
    });
  }

  #deleteAfterTagOf(userId: string): string | undefined {
    const tags = this.#users.find((user) => user.userId === userId)?.tags ?? [];
    return tags.find(({ key }) => key.toUpperCase() === 'IKR:DELETE_AFTER_DAYS')?.value;
  }

  #judgeAccess(events: readonly KeyEvent[]): void {
    const changedByPerson = new Set(
      events.flatMap((event) => ('by' in event && event.by === 'person' ? [event.userId] : [])),
    );
    for (const seen of this.#users) {
      const user = this.#factsOf(seen);
      const isSpoiled = this.#contentKeys.findSpoiled(user.keys).length > 0;
      if (isSpoiled || changedByPerson.has(user.userId)) this.#access.afterPerson(user);
      else this.#access.afterProgram(user, 'the program', this.#nowMs);
    }
  }

  /** What a run over everybody must have done. What AWS refused to do can't have been done. */
  #checkRun(sinceMs: number, calls: readonly Call[]): void {
    if (calls.some((call) => call.atMs >= sinceMs && isFault(call))) return;
    for (const seen of this.#users) {
      const { userId, userName } = seen;
      this.checker.judge('runCompleted', {
        userName,
        atMs: this.#nowMs,
        user: this.#factsOf(seen),
        sinceMs,
        found: this.#records.at(userId, sinceMs),
        isVetoed: this.#records.vetoAt(userId, this.#nowMs) !== undefined,
      });
    }
  }

  #checkTwice(events: readonly KeyEvent[], deliveries: readonly Delivery[]): void {
    for (const { userId, userName } of this.#users) {
      const createdKeys = events.filter(
        (one) => one.kind === 'create' && one.by === 'program' && one.userId === userId,
      ).length;
      const mailedPairs = deliveries.filter(
        ({ pair }) => this.#keys.get(pair.keyId)?.userId === userId,
      ).length;
      const counts = { createdKeys, mailedPairs };
      this.checker.judge('runsAtOnce', { userName, atMs: this.#nowMs, ...counts });
    }
  }

  #checkTexts(output: readonly string[], mails: readonly ReceivedMail[]): void {
    const texts = this.#secrets.search(output, this.#records.takeWritten(), mails);
    for (const { where, secrets } of texts) {
      this.checker.judge('textWritten', { userName: '', atMs: this.#nowMs, where, secrets });
    }
  }

  #factsOf({ userId, userName }: SeenUser): UserFacts {
    return {
      userId,
      userName,
      keys: this.#keys.keysOf(userId),
      record: this.#records.at(userId, this.#nowMs),
      isRecordLost: this.#records.isLost(userId),
      isReadable: (key) => this.#mails.isReadable(key),
      isSpoiled: (rotationId) => this.#contentKeys.isSpoiled(rotationId),
    };
  }

  #nameOf(userId: string): string {
    return this.#users.find((user) => user.userId === userId)?.userName ?? userId;
  }

  get #nowMs(): number {
    return this.#account.clock.nowMs();
  }
}
