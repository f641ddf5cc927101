/** What happens in one history: its users, its runs and the observer who judges them. */
import { CallObserver } from '../../../../simulation/invariants/calls/call-observer.ts';
import type { Violation } from '../../../../simulation/invariants/checker/checker.ts';
import type { Circumstances } from '../../../../simulation/invariants/rules/facts.ts';
import { whyUnsettled } from '../../../../simulation/invariants/rules/settled.ts';
import type { Environment } from '../../../../simulation/scenario/environment.ts';
import type { FunctionName } from '../../../../simulation/scenario/functions.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../src/domain/time.ts';
import {
  type Command,
  type Conditions,
  INVOCATION,
  type InvocationPlan,
  isDisturbed,
  isPaused,
  nameNumber,
  type ProductCommand,
  type UserCommand,
} from '../model/history.ts';
import { aspects } from '../model/labels.ts';
import type { SystemUnderTest } from '../model/system.ts';
import { Tally } from '../model/tally.ts';
import { FunctionRuns } from './function-runs.ts';
import { Users } from './user-commands.ts';

/** What a step did, for the log; `undefined` when it was not possible. */
export type Result = string | undefined;

/** Keys created and pairs mailed, by user. */
type Counts = ReadonlyMap<string, { readonly created: number; readonly mailed: number }>;

type Of<D extends ProductCommand['do']> = Extract<ProductCommand, { do: D }>;

export class HistoryRun {
  readonly system: SystemUnderTest;
  readonly environment: Environment;
  readonly observer: CallObserver;
  readonly users: Users;
  /** What was done, what went wrong, and what the program said to it. */
  readonly seen = new Tally();
  readonly #functions: FunctionRuns;

  constructor(system: SystemUnderTest) {
    this.system = system;
    this.environment = system.environment;
    const { conditions, environment, opener } = system;
    const circumstances = circumstancesOf(conditions);
    this.observer = new CallObserver({ environment, opener, circumstances, lags: conditions });
    this.users = new Users(system, this.observer);
    this.#functions = new FunctionRuns(system, this.observer, this.seen);
    system.watch({
      observer: this.observer,
      seen: this.seen,
      fail: (what) => this.#functions.fail(what),
      act: (command) => this.do(command),
      receive: (mail, run) => this.#functions.receive(mail, run),
    });
    for (const [index, days] of conditions.dueInDays.entries()) {
      this.users.create(nameNumber(index), conditions.rotateAfterDays - days);
    }
  }

  get violations(): readonly Violation[] {
    return this.observer.checker.violations;
  }

  async do(command: Command): Promise<Result> {
    const result = await this.#do(command);
    if (result === undefined) this.seen.add(`not possible: ${command.do}`);
    else for (const what of aspects(command)) this.seen.add(`done: ${what}`);
    return result;
  }

  async #do(command: Command): Promise<Result> {
    switch (command.do) {
      case 'rotate':
        return this.#rotate(command);
      case 'destruct':
        return this.#destruct(command);
      case 'run both':
        return this.#runBoth(command);
      case 'pass days':
        return this.#passDays(command);
      default:
        return this.#userDoes(command);
    }
  }

  async #userDoes(command: UserCommand): Promise<Result> {
    try {
      return await this.users.do(command);
    } catch (error) {
      return this.#functions.failed(error instanceof Error ? `${error}` : String(error));
    }
  }

  /** A TTL deletion, and a run of both functions. */
  async day(lateHours = 0): Promise<Result> {
    await this.system.expire(lateHours * HOUR_MS);
    const { table, clock } = this.environment;
    const destructed = await this.#functions.destruct(INVOCATION, table.stream);
    // Of a user whose record was just written, a scan may know nothing yet, and nothing is judged.
    clock.advance(this.system.conditions.scanLagSeconds * SECOND_MS);
    const rotated = await this.#functions.rotate(INVOCATION, {}, !this.system.isBlind);
    return [destructed, rotated].filter(Boolean).join('; ');
  }

  /** Why a user can't be left so, after weeks in which nothing went wrong. */
  whyUnsettled(userId: string): string | undefined {
    const { checker, nowMs } = this.observer;
    const settling = {
      facts: this.observer.user(userId),
      user: this.environment.iam.user(userId),
      isRecordReadable: this.observer.isRecordReadable(userId),
      isOwed: this.observer.isOwed(userId),
      isOwnerActive: this.system.conditions.ownersActive,
      nowMs,
    };
    return whyUnsettled(settling, checker.circumstances);
  }

  /** Notes that a user is left in the middle. */
  stuck(what: string): void {
    const { checker, nowMs } = this.observer;
    checker.add({ invariant: 2, atMs: nowMs, userName: '', what });
  }

  // --- commands ---

  async #rotate({ run: plan, only, force, blind }: Of<'rotate'>): Promise<Result> {
    const userId = this.users.who(only ?? 0);
    const userName = this.environment.iam.user(userId)?.userName;
    if (only !== undefined && userName === undefined) return undefined;
    const see = blind === 'no' ? () => {} : this.system.blind(blind, userId);
    try {
      const users = only === undefined ? {} : { users: [userName ?? ''] };
      const seesAll = only === undefined && !this.system.isBlind;
      return await this.#functions.rotate(plan, { ...users, force }, seesAll && !isDisturbed(plan));
    } finally {
      see();
    }
  }

  async #destruct({ run: plan, lateHours, stream }: Of<'destruct'>): Promise<Result> {
    const { table } = this.environment;
    await this.system.expire(lateHours * HOUR_MS);
    const batch = table.stream;
    if (batch.length === 0) return undefined;
    if (stream === 'lost') return this.#functions.lose(batch);
    const result = await this.#functions.destruct(plan, batch);
    if (stream === 'once') return result;
    return `${result}; again: ${await this.#functions.destruct(INVOCATION, batch)}`;
  }

  async #runBoth({ functions, runs, seed }: Of<'run both'>): Promise<Result> {
    if (functions.includes('destructor')) await this.system.expire(0);
    const before = this.#counts();
    const run = (name: FunctionName, plan: InvocationPlan) =>
      name === 'rotator'
        ? this.#functions.rotate(plan, {}, false)
        : this.#functions.destruct(plan, this.environment.table.stream);
    this.system.interleave(seed);
    const isAnyPaused = runs.some(isPaused);
    this.#functions.isPausing = isAnyPaused;
    try {
      const [first, second] = functions;
      const results = await Promise.all([run(first, runs[0]), run(second, runs[1])]);
      const isAccepted = this.system.conditions.mailOutcome === 'accepted';
      this.#judgeBoth(before, !isAnyPaused, isAccepted && !runs.some(isDisturbed));
      return results.join(' | ');
    } finally {
      this.system.interleave(undefined);
      this.#functions.isPausing = false;
    }
  }

  /** How many keys the program has created for each user, and how many mails with them arrived. */
  #counts(): Counts {
    const { keys, mails } = this.observer;
    const all = [...keys.all].filter(({ createdBy }) => createdBy === 'program');
    const ofUser = (userId: string) => all.filter((key) => key.userId === userId);
    return new Map(
      this.environment.iam.userIds().map((userId) => [
        userId,
        {
          created: ofUser(userId).length,
          mailed: ofUser(userId).reduce((sum, { id }) => sum + mails.of(id).length, 0),
        },
      ]),
    );
  }

  /** In some runs more than one key or mail is no violation. */
  #judgeBoth(before: Counts, countsKeys: boolean, countsMails: boolean): void {
    const { checker, nowMs: atMs } = this.observer;
    for (const [userId, { created, mailed }] of this.#counts()) {
      const was = before.get(userId) ?? { created: 0, mailed: 0 };
      const userName = this.environment.iam.user(userId)?.userName ?? userId;
      checker.judge('runsAtOnce', {
        userName,
        atMs,
        ...(countsKeys && { createdKeys: created - was.created }),
        ...(countsMails && { mailedPairs: mailed - was.mailed }),
      });
    }
  }

  async #passDays({ days, everyHours, lateHours, owners }: Of<'pass days'>): Promise<Result> {
    const results: string[] = [];
    for (let hours = everyHours; hours <= days * 24; hours += everyHours) {
      this.environment.clock.advance(everyHours * HOUR_MS);
      if (owners) this.users.actAll();
      const done = await this.day(lateHours);
      if (done) results.push(`${hours} h: ${done}`);
    }
    return results.slice(-3).join('; ');
  }
}

function circumstancesOf(conditions: Conditions): Circumstances {
  const { deactivateAfterDays } = conditions;
  return {
    rotateAfterDays: conditions.rotateAfterDays,
    deleteAfterDays: conditions.deleteAfterDays,
    ...(deactivateAfterDays !== undefined && { deactivateAfterDays }),
    requireNewKeyUsed: conditions.requireNewKeyUsed,
    maxKeyAgeDays: conditions.maxKeyAgeDays,
    ...(conditions.oneMailDomain && { mailDomain: 'example.com' }),
    lastUsedLagMs: conditions.lastUsedLagMinutes * MINUTE_MS,
    listLagMs: conditions.listLagSeconds * SECOND_MS,
    hasReport: conditions.report,
  };
}
