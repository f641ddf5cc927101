import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, CallLog, nameOf } from './calls.ts';
import type { TurnableClock } from './clock.ts';
import { Faults } from './faults.ts';

/** What becomes of a call: an answer, a reset connection, or silence for ever. */
export type Fate<A> = { answer: A } | 'reset' | 'silence';

/** How a service says no, in its own words. */
export interface Refusals<A> {
  throttle(code?: string, message?: string): A;
  deny(code?: string, message?: string): A;
  error500(code?: string, message?: string): A;
}

/** @param effect of the call; answers with its outcome. Who does not call it resets the connection. */
export type Around = (call: Call, effect: () => Promise<string>) => Promise<unknown>;

/** The road every call takes: log, faults, rate limits, latency, effect. Shared by all services. */
export class Traffic {
  readonly calls: CallLog;
  readonly faults = new Faults();
  /**
   * Milliseconds a call takes, by `service:Action`, `service` or `*`, the first that is set.
   * Half of it passes before the effect and half after.
   */
  readonly latencyMs: Record<string, number> = {};
  /**
   * Sees the effect of every call at the very moment at which it happens: `effect` changes IAM, SSM
   * and the mails before it returns its promise. It may let time pass before and after.
   */
  around: Around | undefined;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: TurnableClock) {
    this.calls = new CallLog(clock.nowMs);
  }

  /**
   * Lets only so many calls a second of real time through, of a service (`iam`) or of one action
   * (`ssm:PutParameter`); the others are throttled. `undefined` lifts the limit.
   */
  limit(name: string, perSecond: number | undefined): void {
    if (perSecond === undefined) this.#buckets.delete(name);
    else this.#buckets.set(name, new Bucket(perSecond));
  }

  /** Sends a call down the road. `effect` never throws: it answers with an outcome. */
  async pass<A>(
    call: Call,
    refusals: Refusals<A>,
    effect: () => Promise<{ answer: A; outcome: string }>,
  ): Promise<Fate<A>> {
    const fault = this.faults.strike(call);
    const kind = fault?.kind;
    const end = (outcome: string, fate: Fate<A>): Fate<A> => {
      call.outcome = outcome;
      return fate;
    };
    if (kind === 'die-before') await fault?.onDie?.(call);
    if (kind === 'die-before' || kind === 'reset-before') return end(kind, 'reset');
    if (kind === 'timeout-before') return end(kind, 'silence');
    if (kind === 'throttle' || kind === 'deny' || kind === 'error500') {
      return end(kind, { answer: refusals[kind](fault?.code, fault?.message) });
    }
    if (!this.#admits(call)) return end('throttle', { answer: refusals.throttle() });

    const halfMs = this.#latencyOf(call) / 2;
    if (halfMs > 0) await sleep(halfMs);
    let done: { answer: A; outcome: string } | undefined;
    const act = async () => {
      done = await effect();
      return done.outcome;
    };
    await (this.around ? this.around(call, act) : act());
    if (!done) return end('not done', 'reset');
    const { answer, outcome } = done as { answer: A; outcome: string };
    if (halfMs > 0) await sleep(halfMs);

    if (kind === 'die-after') await fault?.onDie?.(call);
    if (kind === 'die-after' || kind === 'reset-after') return end(kind, 'reset');
    if (kind === 'timeout-after') return end(kind, 'silence');
    if (kind === 'error500-after')
      return end(kind, { answer: refusals.error500(fault?.code, fault?.message) });
    return end(outcome, { answer });
  }

  #admits(call: Call): boolean {
    const buckets = [this.#buckets.get(call.service), this.#buckets.get(nameOf(call))];
    return buckets.every((bucket) => bucket?.take() ?? true);
  }

  #latencyOf(call: Call): number {
    const { latencyMs } = this;
    return latencyMs[nameOf(call)] ?? latencyMs[call.service] ?? latencyMs['*'] ?? 0;
  }
}

/** A token bucket that holds one second's worth and fills with real time. */
class Bucket {
  readonly #perSecond: number;
  #tokens: number;
  #filledAtMs = performance.now();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = Math.max(1, perSecond);
  }

  take(): boolean {
    const nowMs = performance.now();
    const gained = ((nowMs - this.#filledAtMs) / 1000) * this.#perSecond;
    this.#tokens = Math.min(Math.max(1, this.#perSecond), this.#tokens + gained);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
