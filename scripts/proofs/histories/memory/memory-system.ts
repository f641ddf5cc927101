/** The system in memory: the core itself, with ports that never wait. */

import { Killed } from '../../../../simulation/memory/calls.ts';
import type { StreamRecord } from '../../../../simulation/memory/table.ts';
import { createWorld, type RunOverrides, type World } from '../../../../simulation/memory/world.ts';
import { handleBatch } from '../../../../src/destructor/batch.ts';
import { reason } from '../../../../src/domain/reasons.ts';
import type { HistoryItem } from '../../../../src/domain/record.ts';
import type { Report } from '../../../../src/domain/report.ts';
import { MINUTE_MS, SECOND_MS } from '../../../../src/domain/time.ts';
import { cancelRotation } from '../../../../src/rotation/cancel.ts';
import { resend } from '../../../../src/rotation/resend.ts';
import { runAccount } from '../../../../src/rotation/run-account.ts';
import type { RunRequest } from '../../../../src/rotation/run-request.ts';
import type { Composition } from '../../../../src/runtime/compose.ts';
import type { Conditions, InvocationPlan } from '../model/history.ts';
import type { Ended, Hooks, SystemUnderTest } from '../model/system.ts';
import { Invocations } from './memory-invocations.ts';
import { ANSWERS, outcomeOf } from './memory-mail.ts';
import { CONTENT_KEY_MARK, instantSealer } from './sealer.ts';

export class MemorySystem implements SystemUnderTest {
  readonly conditions: Conditions;
  readonly opener = instantSealer();
  readonly environment: World;
  readonly #invocations: Invocations;

  constructor(conditions: Conditions) {
    this.conditions = conditions;
    const { listLagSeconds, settleSeconds, scanLagSeconds, lastUsedLagMinutes } = conditions;
    this.environment = createWorld({
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
    this.environment.mail.answer = ANSWERS[conditions.mailOutcome];
    this.#invocations = new Invocations(this.environment, conditions);
  }

  get invoked(): number {
    return this.#invocations.count;
  }

  get underWay(): number {
    return this.#invocations.underWay;
  }

  watch(hooks: Hooks): void {
    const { observer, seen, receive } = hooks;
    const invocations = this.#invocations;
    invocations.hooks = hooks;
    const { mail } = this.environment;
    mail.onArrival = receive;
    this.environment.onEffect = async (name, args, effect, run) => {
      invocations.checkDryRun(name, run);
      if (invocations.isTimedOut(args)) throw new Error(`${name}: TimeoutError`);
      const done = await observer.onEffect(name, args, run, effect);
      if (name === 'journal.addHistory') seen.add(`closed: ${(args[0] as HistoryItem).outcome}`);
      return done;
    };
    this.environment.onCall = async (name, phase, args, run) => {
      if (name === 'mailer.send') invocations.checkDryRun(name, run.label);
      if (name === 'mailer.send' && phase === 'before') {
        const [outcome = outcomeOf(mail.answer)] = mail.next.map(outcomeOf);
        seen.add(`mail: ${outcome}`);
      }
      await invocations.onCall(name, phase, args, run);
    };
  }

  skewMs(plan: InvocationPlan): number {
    return this.#invocations.skewMs(plan);
  }

  rotate(plan: InvocationPlan, request: RunRequest): Promise<Ended<Report>> {
    return this.#invoke('rotator', plan, (run) =>
      runAccount({ ...request, dryRun: request.dryRun || run.dryRun }, run),
    );
  }

  destruct(plan: InvocationPlan, batch: readonly StreamRecord[]) {
    return this.#invoke('destructor', plan, (run, isKilled) =>
      handleBatch({ Records: batch }, run).then((failures) => {
        // Whatever a function that was stopped still says reaches nobody.
        if (isKilled()) throw new Killed('the destructor was killed');
        return { rows: run.report.rows, failures };
      }),
    );
  }

  cancel(plan: InvocationPlan, userId: string): Promise<string | undefined> {
    return this.#command(plan, async (run) => {
      const record = this.environment.record(userId);
      return (
        record &&
        (await cancelRotation(record, reason('cancelled-by', { who: 'a person' }), run)).kind
      );
    });
  }

  resend(plan: InvocationPlan, userId: string): Promise<string | undefined> {
    return this.#command(plan, async (run) => {
      const user = this.environment.iam.user(userId);
      return user && (await resend(this.environment.record(userId), user, run)).kind;
    });
  }

  async #command<T>(plan: InvocationPlan, work: (run: Composition) => Promise<T>): Promise<T> {
    const { run, end } = this.#invocations.begin('ikr', plan);
    try {
      return await work(run);
    } finally {
      await end();
    }
  }

  async #invoke<T>(
    name: 'rotator' | 'destructor',
    plan: InvocationPlan,
    work: (run: Composition, isKilled: () => boolean) => Promise<T>,
  ): Promise<Ended<T>> {
    const { run, isKilled, end } = this.#invocations.begin(name, plan);
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
    const { iam } = this.environment;
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
    const { hidden, unlisted } = this.environment.iam;
    return hidden || unlisted.size > 0;
  }

  interleave(seed: number | undefined): void {
    this.#invocations.interleave = seed === undefined ? undefined : interleaving(seed);
  }

  expire(lateMs: number): void {
    this.environment.table.expire(lateMs);
  }

  repairMail(): void {
    this.environment.mail.answer = ANSWERS.accepted;
  }

  takeTexts(): readonly string[] {
    const { logs, table } = this.environment;
    return [JSON.stringify(logs.splice(0)), JSON.stringify(table.items())];
  }

  secretsIn(text: string): readonly string[] {
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
    policy: {
      rotateAfterDays: conditions.rotateAfterDays,
      deleteAfterDays: conditions.deleteAfterDays,
      ...(deactivateAfterDays !== undefined && { deactivateAfterDays }),
      ...(conditions.oneMailDomain && { allowedMailDomains: ['example.com'] }),
      requireNewKeyUsed: conditions.requireNewKeyUsed,
      maxKeyAgeDays: conditions.maxKeyAgeDays,
    },
    encryptKeyPair: conditions.encryptKeyPair,
    ...(maxRotationsPerRun !== undefined && { maxRotationsPerRun }),
  };
}

/** Lets every call wait for a random number of turns, the same for the same seed. */
function interleaving(seed: number): () => Promise<void> {
  let random = seed;
  return async () => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    for (let turns = (random >>> 16) % 7; turns > 0; turns--) await null;
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
