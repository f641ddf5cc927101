/** What a run of the program can know of what people did. */
import { MINUTE_MS, SECOND_MS } from '../../../src/domain/time.ts';
import type { Environment } from '../../scenario/environment.ts';
import { userIdOf, wireKeyOf } from '../../scenario/table-items.ts';
import type { RecordFacts, Veto } from '../rules/facts.ts';
import { TIMER_REMOVED } from '../rules/vetoes.ts';

/** How late what the program reads is. */
export interface Lags {
  readonly listLagSeconds: number;
  readonly settleSeconds: number;
  readonly scanLagSeconds: number;
}

interface Moment {
  readonly order: number;
  readonly atMs: number;
}

interface KnownVeto extends Veto {
  readonly rotationId: string;
  /**
   * When the program learned of it; only runs that begin later must know. Missing until then, and
   * 0 where everybody can see it.
   */
  knownSince?: number;
  /** When the timer was written that carries it, until it stands in the record. */
  notedAtMs?: number;
}

export class Knowledge {
  readonly #environment: Environment;
  readonly #lagMs: number;
  readonly #scanLagMs: number;
  readonly #vetoes = new Map<string, KnownVeto>();
  /** Every mail address that a user's tag ever had. */
  readonly #addresses = new Map<string, (Moment & { readonly address: string | undefined })[]>();
  /** When a person last did something about a user. */
  readonly #actions = new Map<string, Moment>();
  /** When a run began, and when it last listed the keys of a user. */
  readonly #looks = new Map<string, Moment>();
  /** Of which users records waited in the stream when a run began. */
  readonly #streamed = new Map<string, ReadonlySet<string>>();
  #order = 0;

  constructor(environment: Environment, { listLagSeconds, settleSeconds, scanLagSeconds }: Lags) {
    this.#environment = environment;
    this.#lagMs = (Math.max(listLagSeconds, settleSeconds) + 1) * SECOND_MS;
    this.#scanLagMs = scanLagSeconds * SECOND_MS;
  }

  // --- what runs see ---

  begin(run: string): void {
    this.#looks.set(run, this.#moment());
    this.#streamed.set(run, this.#usersOnStream());
  }

  /** A run lists a user's keys. */
  list(run: string, userId: string): void {
    this.#looks.set(`${run} ${userId}`, this.#moment());
  }

  /** Whether a person did something about a user that the run can't have seen. */
  isBlind(run: string, userId: string): boolean {
    const action = this.#actions.get(userId);
    const look = this.#looks.get(`${run} ${userId}`) ?? this.#looks.get(run);
    if (!action || !look) return false;
    return action.order > look.order || action.atMs > look.atMs - this.#lagMs;
  }

  // --- what people do ---

  act(userId: string): void {
    this.#actions.set(userId, this.#moment());
  }

  /** Whether a person did anything about a user in the last minutes. */
  actedWithin(userId: string, minutes: number): boolean {
    const action = this.#actions.get(userId);
    return action !== undefined && action.atMs >= this.#nowMs - minutes * MINUTE_MS;
  }

  /** Notes the mail address that a user's tag has now. */
  noteAddress(userId: string): void {
    const address = this.tagOf(userId, 'IKR:EMAIL');
    const known = this.#addresses.get(userId) ?? [];
    this.#addresses.set(userId, [...known, { ...this.#moment(), address }]);
  }

  /** The value of a tag as it is now. */
  tagOf(userId: string, name: string): string | undefined {
    const tags = this.#environment.iam.user(userId)?.tags ?? [];
    return tags.find(({ key }) => key === name)?.value;
  }

  addressesOf(userId: string): (string | undefined)[] {
    return (this.#addresses.get(userId) ?? []).map(({ address }) => address);
  }

  /** The mail addresses that a user's tag had at some time since a run began. */
  addressesDuring(run: string, userId: string): (string | undefined)[] {
    const since = this.#looks.get(run)?.order ?? 0;
    const known = this.#addresses.get(userId) ?? [];
    const first = known.findLastIndex(({ order }) => order <= since);
    return known.slice(Math.max(0, first)).map(({ address }) => address);
  }

  // --- vetoes ---

  /** @param isSeen whether everybody can see it at once */
  veto(userId: string, record: RecordFacts | undefined, how: string, isSeen: boolean): void {
    const { rotationId, oldKeyId, newKeyId } = record ?? {};
    if (rotationId === undefined || oldKeyId === undefined || newKeyId === undefined) return;
    const standing = this.#vetoes.get(userId);
    if (standing?.rotationId === rotationId && standing.knownSince !== undefined) return;
    const keyIds = [oldKeyId, newKeyId];
    this.#vetoes.set(userId, { rotationId, keyIds, how, ...(isSeen && { knownSince: 0 }) });
  }

  takeBackVeto(userId: string): void {
    this.#vetoes.delete(userId);
  }

  /** The removal of a timer tells nobody anything any more. */
  takeBackRemoval(userId: string): void {
    if (this.#vetoes.get(userId)?.how === TIMER_REMOVED) this.#vetoes.delete(userId);
  }

  /** The program has learned of a veto by a removed timer. */
  learn(userId: string, oldKeyId: string): void {
    const veto = this.#vetoes.get(userId);
    if (!veto?.keyIds.includes(oldKeyId) || veto.knownSince !== undefined) return;
    veto.knownSince = this.#moment().order;
    veto.notedAtMs = this.#nowMs;
  }

  /** Whether there is a veto on a rotation, known or not. */
  isVetoed(userId: string, record: RecordFacts | undefined): boolean {
    const veto = this.#vetoes.get(userId);
    return veto !== undefined && veto.rotationId === record?.rotationId;
  }

  /** The veto that a run must respect. */
  vetoFor(run: string, userId: string, record: RecordFacts | undefined): Veto | undefined {
    const veto = this.#vetoes.get(userId);
    if (veto?.knownSince === undefined || veto.rotationId !== record?.rotationId) return undefined;
    const { order: began, atMs } = this.#looks.get(run) ?? { order: 0, atMs: 0 };
    const isScanned = (veto.notedAtMs ?? 0) <= atMs - this.#scanLagMs;
    const isKnown = veto.knownSince < began && isScanned;
    return isKnown && !this.#isOnItsWay(run, userId) ? veto : undefined;
  }

  /**
   * Whether what became of the user's timer waits in the stream, where only the destructor sees it,
   * or waited there when the run began.
   */
  #isOnItsWay(run: string, userId: string): boolean {
    return this.#usersOnStream().has(userId) || this.#streamed.get(run)?.has(userId) === true;
  }

  #usersOnStream(): Set<string> {
    const { stream } = this.#environment.table;
    return new Set(stream.map(({ dynamodb }) => userIdOf(wireKeyOf(dynamodb.Keys))));
  }

  get #nowMs(): number {
    return this.#environment.clock.nowMs();
  }

  #moment(): Moment {
    return { order: ++this.#order, atMs: this.#nowMs };
  }
}
