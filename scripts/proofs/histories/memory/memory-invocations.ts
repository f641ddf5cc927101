/** Invocations of the functions and the command line in memory, with the faults of each. */

import type { CallName, OnCall } from '../../../../simulation/memory/calls.ts';
import type { RunOverrides, World } from '../../../../simulation/memory/world.ts';
import { MINUTE_MS, SECOND_MS } from '../../../../src/domain/time.ts';
import type { Composition } from '../../../../src/runtime/compose.ts';
import { isForbiddenInDryRun } from '../model/dry-runs.ts';
import type { Command, Conditions, InvocationPlan } from '../model/history.ts';
import type { Hooks } from '../model/system.ts';
import { faultyCalls } from './call-faults.ts';
import { ANSWERS } from './memory-mail.ts';

const TIMEOUTS_MS: Readonly<Record<InvocationPlan['timeout'], number>> = {
  usual: 15 * MINUTE_MS,
  short: 2.5 * MINUTE_MS,
  none: Number.POSITIVE_INFINITY,
};

/** Clients wait so long for an answer. */
const ANSWER_WITHIN_MS = 10 * SECOND_MS;

/** One invocation that is under way. */
export interface Begun {
  readonly run: Composition;
  /** Whether it was killed: whatever it still says reaches nobody. */
  isKilled(): boolean;
  /** Waits for what was going on meanwhile, and clears up. */
  end(): Promise<void>;
}

export class Invocations {
  /** How many there were. */
  count = 0;
  /** Interleaves the calls of runs at the same time. */
  interleave: (() => Promise<void>) | undefined;
  readonly #world: World;
  readonly #conditions: Conditions;
  #hooks: Hooks | undefined;
  readonly #calls = new Map<string, OnCall>();
  /** Runs that are under way. */
  readonly #underWay = new Set<string>();
  readonly #dry = new Set<string>();
  /** When each call was made, by its arguments. */
  readonly #madeAtMs = new WeakMap<readonly unknown[], number>();

  constructor(world: World, conditions: Conditions) {
    this.#world = world;
    this.#conditions = conditions;
  }

  get hooks(): Hooks {
    if (!this.#hooks) throw new Error('nobody watches yet');
    return this.#hooks;
  }

  set hooks(hooks: Hooks) {
    this.#hooks = hooks;
  }

  readonly onCall: OnCall = (name, phase, args, run) => {
    if (phase === 'before') this.#madeAtMs.set(args, this.#world.clock.nowMs());
    return this.#calls.get(run.label)?.(name, phase, args, run);
  };

  /** Whether a call has timed out before its effect: another run's pause has passed for all. */
  isTimedOut(args: readonly unknown[]): boolean {
    return this.#world.clock.nowMs() - (this.#madeAtMs.get(args) ?? 0) > ANSWER_WITHIN_MS;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** How far the clock of an invocation is ahead of AWS's. */
  skewMs({ skewSeconds }: InvocationPlan): number {
    return (skewSeconds - this.#conditions.clocksBehindSeconds) * SECOND_MS;
  }

  begin(name: 'rotator' | 'destructor' | 'ikr', plan: InvocationPlan): Begun {
    const label = `${name} ${++this.count}`;
    const timeoutMs = TIMEOUTS_MS[plan.timeout];
    const endsAtMs = this.#world.clock.nowMs() + timeoutMs;
    const pauses: Promise<void>[] = [];
    let killed = false;
    const hook = faultyCalls(plan, {
      pause: (minutes, meanwhile) => {
        const pause = this.#pause(minutes, meanwhile);
        pauses.push(pause);
        return pause;
      },
      isOver: () => this.#world.clock.nowMs() > endsAtMs,
      seen: this.hooks.seen,
    });
    this.#calls.set(label, async (call, phase, args, caller) => {
      const kill = () => {
        killed = true;
        return caller.kill();
      };
      await hook(call, phase, args, { label, kill });
      await this.interleave?.();
    });
    this.#script(plan);
    this.hooks.observer.knowledge.begin(label);
    this.#underWay.add(label);
    if (plan.dryRun && name !== 'ikr') this.#dry.add(label);

    const overrides: RunOverrides = {
      label,
      lifeMs: timeoutMs,
      clockSkewMs: this.skewMs(plan),
      dryRun: plan.dryRun,
    };
    const end = async () => {
      await Promise.allSettled(pauses);
      this.#underWay.delete(label);
      this.#calls.delete(label);
      if (this.#underWay.size === 0) this.#unscript();
    };
    return { run: this.#world.run(overrides), isKilled: () => killed, end };
  }

  async #pause(minutes: number, meanwhile: readonly Command[]): Promise<void> {
    this.#world.clock.advance(minutes * MINUTE_MS);
    for (const command of meanwhile) {
      this.hooks.seen.add(`meanwhile: ${command.do}`);
      await this.hooks.act(command);
    }
  }

  #script({ mails, mailerDown }: InvocationPlan): void {
    const { mail } = this.#world;
    mail.next.push(...mails.map((outcome) => ANSWERS[outcome]));
    if (!mailerDown) return;
    mail.verification = { kind: 'not-now', reason: 'the mailer is down', warnings: [] };
  }

  #unscript(): void {
    const { mail } = this.#world;
    mail.next.length = 0;
    mail.verification = { kind: 'accepted', reason: '', warnings: [] };
  }

  /** Tells of a call that a dry run may not make. */
  checkDryRun(name: CallName, run: string): void {
    if (!this.#dry.has(run) || !isForbiddenInDryRun(name, run)) return;
    this.hooks.fail(`a dry run called ${name}`);
  }
}
