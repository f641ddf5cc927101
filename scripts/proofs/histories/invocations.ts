/** Invocations of the functions and the command line, with the troubles of each. */

import type { CallName, OnCall } from '../../../simulation/memory/calls.ts';
import type { RunOverrides, World } from '../../../simulation/memory/world.ts';
import { MINUTE_MS, SECOND_MS } from '../../../src/domain/time.ts';
import type { Run } from '../../../src/rotation/run-context.ts';
import { checkDryCall } from './dry-runs.ts';
import type { Command, Conditions, Invocation } from './history.ts';
import type { Hooks } from './scenery.ts';
import { FATES, troubled } from './trouble.ts';

const LIVES_MS: Readonly<Record<Invocation['life'], number>> = {
  lambda: 15 * MINUTE_MS,
  hurried: 2.5 * MINUTE_MS,
  laptop: Number.POSITIVE_INFINITY,
};

/** Clients wait so long for an answer. */
const TIMEOUT_MS = 10 * SECOND_MS;

/** One invocation that is under way. */
export interface Begun {
  readonly run: Run;
  /** Whether it was killed: whatever it still says reaches nobody. */
  isKilled(): boolean;
  /** Waits for what was going on meanwhile, and clears up. */
  end(): Promise<void>;
}

export class Invocations {
  /** How many there were. */
  count = 0;
  /** Makes the calls of runs at the same time mingle. */
  mingle: (() => Promise<void>) | undefined;
  readonly #world: World;
  readonly #conditions: Conditions;
  #hooksOfStage: Hooks | undefined;
  readonly #calls = new Map<string, OnCall>();
  /** Runs that are under way. */
  readonly #live = new Set<string>();
  readonly #dry = new Set<string>();
  /** When each call was made, by its arguments. */
  readonly #madeAtMs = new WeakMap<readonly unknown[], number>();

  constructor(world: World, conditions: Conditions) {
    this.#world = world;
    this.#conditions = conditions;
  }

  get hooks(): Hooks {
    if (!this.#hooksOfStage) throw new Error('nobody watches yet');
    return this.#hooksOfStage;
  }

  set hooks(hooks: Hooks) {
    this.#hooksOfStage = hooks;
  }

  readonly onCall: OnCall = (name, phase, args, run) => {
    if (phase === 'before') this.#madeAtMs.set(args, this.#world.clock.nowMs());
    return this.#calls.get(run.label)?.(name, phase, args, run);
  };

  /** Whether a call has timed out before its effect: another run's pause has passed for all. */
  isTimedOut(args: readonly unknown[]): boolean {
    return this.#world.clock.nowMs() - (this.#madeAtMs.get(args) ?? 0) > TIMEOUT_MS;
  }

  get underWay(): number {
    return this.#live.size;
  }

  /** How far the clock of an invocation is ahead of AWS's. */
  skewMs({ skewSeconds }: Invocation): number {
    return (skewSeconds - this.#conditions.clocksBehindSeconds) * SECOND_MS;
  }

  begin(name: 'rotator' | 'destructor' | 'ikr', invocation: Invocation): Begun {
    const label = `${name} ${++this.count}`;
    const lifeMs = LIVES_MS[invocation.life];
    const endsAtMs = this.#world.clock.nowMs() + lifeMs;
    const pauses: Promise<void>[] = [];
    let killed = false;
    const hook = troubled(
      invocation,
      (minutes, meanwhile) => {
        const pause = this.#pause(minutes, meanwhile);
        pauses.push(pause);
        return pause;
      },
      () => this.#world.clock.nowMs() > endsAtMs,
      this.hooks.seen,
    );
    this.#calls.set(label, async (call, phase, args, caller) => {
      const kill = () => {
        killed = true;
        return caller.kill();
      };
      await hook(call, phase, args, { label, kill });
      await this.mingle?.();
    });
    this.#script(invocation);
    this.hooks.ledger.look(label);
    this.#live.add(label);
    if (invocation.dryRun && name !== 'ikr') this.#dry.add(label);

    const overrides: RunOverrides = {
      label,
      lifeMs,
      clockSkewMs: this.skewMs(invocation),
      dryRun: invocation.dryRun,
    };
    const end = async () => {
      await Promise.allSettled(pauses);
      this.#live.delete(label);
      this.#calls.delete(label);
      if (this.#live.size === 0) this.#unscript();
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

  #script({ mails, mailerDown }: Invocation): void {
    const { mail } = this.#world;
    mail.next.push(...mails.map((fate) => FATES[fate]));
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
    if (this.#dry.has(run)) checkDryCall(name, run, this.hooks.tell);
  }
}
