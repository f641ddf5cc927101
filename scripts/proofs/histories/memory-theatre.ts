/** The theatre in memory: the core itself, with ports that never wait. */

import { Killed } from '../../../simulation/memory/calls.ts';
import type { StreamRecord } from '../../../simulation/memory/table.ts';
import { createWorld, type RunOverrides, type World } from '../../../simulation/memory/world.ts';
import { handleBatch } from '../../../src/destructor/batch.ts';
import type { HistoryItem } from '../../../src/domain/record.ts';
import type { Report } from '../../../src/domain/report.ts';
import { MINUTE_MS, SECOND_MS } from '../../../src/domain/time.ts';
import { runRotator } from '../../../src/rotation/run.ts';
import type { Run } from '../../../src/rotation/run-context.ts';
import type { RunRequest } from '../../../src/rotation/run-request.ts';
import type { Conditions, Invocation } from './history.ts';
import { Invocations } from './invocations.ts';
import type { Ended, Hooks, Theatre } from './scenery.ts';
import { CONTENT_KEY_MARK, instantSealer } from './sealer.ts';
import { FATES, fateOf } from './trouble.ts';

export class MemoryTheatre implements Theatre {
  readonly conditions: Conditions;
  readonly opener = instantSealer();
  readonly scenery: World;
  readonly #invocations: Invocations;

  constructor(conditions: Conditions) {
    this.conditions = conditions;
    const { listLagSeconds, settleSeconds, scanLagSeconds, lastUsedLagMinutes } = conditions;
    this.scenery = createWorld({
      iam: {
        listLagMs: listLagSeconds * SECOND_MS,
        settleMs: settleSeconds * SECOND_MS,
        lastUsedLagMs: lastUsedLagMinutes * MINUTE_MS,
        report: conditions.report,
      },
      scanLagMs: scanLagSeconds * SECOND_MS,
      sealer: this.opener,
      settings: settingsOf(conditions),
    });
    this.scenery.mail.answer = FATES[conditions.post];
    this.#invocations = new Invocations(this.scenery, conditions);
  }

  get invoked(): number {
    return this.#invocations.count;
  }

  get underWay(): number {
    return this.#invocations.underWay;
  }

  watch(hooks: Hooks): void {
    const { rules, seen, receive } = hooks;
    const invocations = this.#invocations;
    invocations.hooks = hooks;
    const { mail } = this.scenery;
    mail.onArrival = receive;
    this.scenery.onEffect = async (name, args, effect, run) => {
      invocations.checkDryRun(name, run);
      if (invocations.isTimedOut(args)) throw new Error(`${name}: TimeoutError`);
      const done = await rules.onEffect(name, args, run, effect);
      if (name === 'journal.addHistory') seen.add(`closed: ${(args[0] as HistoryItem).outcome}`);
      return done;
    };
    this.scenery.onCall = async (name, phase, args, run) => {
      if (name === 'mailer.send') invocations.checkDryRun(name, run.label);
      if (name === 'mailer.send' && phase === 'before') {
        const [fate = fateOf(mail.answer)] = mail.next.map(fateOf);
        seen.add(`mail: ${fate}`);
      }
      await invocations.onCall(name, phase, args, run);
    };
  }

  skewMs(invocation: Invocation): number {
    return this.#invocations.skewMs(invocation);
  }

  rotate(invocation: Invocation, request: RunRequest): Promise<Ended<Report>> {
    return this.#invoke('rotator', invocation, (run) => runRotator(request, run));
  }

  destruct(invocation: Invocation, batch: readonly StreamRecord[]) {
    return this.#invoke('destructor', invocation, (run, isKilled) =>
      handleBatch({ Records: batch }, run).then((result) => {
        // Whatever a function that was stopped still says reaches nobody.
        if (isKilled()) throw new Killed('the destructor was killed');
        return result;
      }),
    );
  }

  async byHand<T>(invocation: Invocation, deed: (run: Run) => Promise<T>): Promise<T> {
    const { run, end } = this.#invocations.begin('ikr', invocation);
    try {
      return await deed(run);
    } finally {
      await end();
    }
  }

  async #invoke<T>(
    name: 'rotator' | 'destructor',
    invocation: Invocation,
    work: (run: Run, isKilled: () => boolean) => Promise<T>,
  ): Promise<Ended<T>> {
    const { run, isKilled, end } = this.#invocations.begin(name, invocation);
    try {
      return { kind: 'answered', answer: await work(run, isKilled) };
    } catch (error) {
      if (error instanceof Killed) return { kind: 'killed' };
      return { kind: 'failed', error: describe(error) };
    } finally {
      await end();
    }
  }

  blind(how: 'unlisted' | 'hidden', userId: string): () => void {
    const { iam } = this.scenery;
    // Another run may be under way, with blind spots of its own.
    const { hidden } = iam;
    const wasListed = !iam.unlisted.has(userId);
    if (how === 'hidden') iam.hidden = true;
    else iam.unlisted.add(userId);
    return () => {
      iam.hidden = hidden;
      if (wasListed) iam.unlisted.delete(userId);
    };
  }

  get isBlind(): boolean {
    const { hidden, unlisted } = this.scenery.iam;
    return hidden || unlisted.size > 0;
  }

  mingle(seed: number | undefined): void {
    this.#invocations.mingle = seed === undefined ? undefined : mingling(seed);
  }

  expire(lateMs: number): void {
    this.scenery.table.expire(lateMs);
  }

  repair(): void {
    this.scenery.mail.answer = FATES.accepted;
  }

  takeSaid(): readonly string[] {
    const { logs, table } = this.scenery;
    return [JSON.stringify(logs.splice(0)), JSON.stringify(table.items())];
  }

  leaksIn(text: string): readonly string[] {
    return [
      // What every secret access key of the world in memory begins with.
      ...(text.includes('Secret///') ? ['a secret access key'] : []),
      ...(text.includes(CONTENT_KEY_MARK) ? ['a content key'] : []),
    ];
  }

  async close(): Promise<void> {}
}

function settingsOf(conditions: Conditions): RunOverrides {
  const { deactivateAfterDays, maxRotationsPerRun } = conditions;
  return {
    rotation: {
      rotateAfterDays: conditions.rotateAfterDays,
      deleteAfterDays: conditions.deleteAfterDays,
      ...(deactivateAfterDays !== undefined && { deactivateAfterDays }),
      ...(conditions.oneMailDomain && { allowedMailDomains: ['example.com'] }),
    },
    destruction: {
      requireNewKeyUsed: conditions.requireNewKeyUsed,
      maxKeyAgeDays: conditions.maxKeyAgeDays,
      retryAfterMinutes: 5,
    },
    encryptKeyPair: conditions.encryptKeyPair,
    ...(maxRotationsPerRun !== undefined && { maxRotationsPerRun }),
  };
}

/** Lets every call wait for a random number of turns, the same for the same seed. */
function mingling(seed: number): () => Promise<void> {
  let random = seed;
  return async () => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    for (let turns = (random >>> 16) % 7; turns > 0; turns--) await null;
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
