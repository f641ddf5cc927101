/**
 * Runs a scenario: one rotation, from the first run that finds the key due until it is over. Runs
 * every six hours, and less often as long as nothing happens; the TTL service and the destructor in
 * between; and an owner who opens the mail and changes keys. One call may go wrong; everything else
 * is healthy.
 */
import type { DynamoDBBatchResponse } from 'aws-lambda';
import type { Call, LocalAccount } from '../../../simulation/aws/index.ts';
import type { Invocation, LambdaHost } from '../../../simulation/aws/lambda-host.ts';
import { AccountObserver } from '../../../simulation/invariants/index.ts';
import { FUNCTIONS, type FunctionName } from '../../../simulation/scenario/functions.ts';
import type { InvocationTrace } from '../../../simulation/scenario/invocation.ts';
import { toPlain } from '../../../simulation/scenario/table-items.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import { type Ending, isOver, problemsOf } from '../scenarios/ending.ts';
import { type Closing, viewRotation } from '../scenarios/rotation-view.ts';
import { MAX_DELIVERIES, SCENARIOS, type ScenarioName } from '../scenarios/scenarios.ts';
import { type CallPoint, isEffect, needsNewFunction } from './call-point.ts';
import { deleteAfterDaysOf } from './configurations.ts';
import { type Deployment, TABLE } from './deployment.ts';
import { type ArmedFault, arm, type FaultName } from './faults.ts';
import { isTimedOut, outputOf, remaining, warningsIn } from './invocations.ts';
import { Owner } from './owner.ts';

/** The schedule's time between two runs. */
const SCHEDULE_MS = 6 * HOUR_MS;
/** Between two runs if nothing happened in the last ones. */
const MAX_PAUSE_MS = DAY_MS;
/** Longer than any rotation takes, a failed one and its back-off before it included. */
const MAX_DAYS = 30;

/** What goes wrong in a scenario. */
export interface PointFault {
  readonly point: CallPoint;
  readonly fault: FaultName;
  /** How late the TTL service is once it has gone wrong. */
  readonly ttlLateMs: number;
  /** The run after it, counted from 1, that is made by two rotators at once. */
  readonly doubleRun: number;
}

export interface ScenarioResult {
  /** What must not be; empty if all is well. */
  readonly problems: readonly string[];
  /** Every rotation, in order. */
  readonly closings: readonly Closing[];
  /** Mails with a key. */
  readonly keyMails: number;
  readonly days: number;
  readonly invoked: readonly InvocationTrace<Call>[];
  /** Whether the call that was to go wrong was made at all. */
  readonly struck: boolean;
  /** What the functions logged as warnings and errors, oldest first; each once. */
  readonly warnings: readonly string[];
}

/** Runs a scenario, in good health or with one fault. */
export async function runScenario(
  deployment: Deployment,
  name: ScenarioName,
  fault?: PointFault,
): Promise<ScenarioResult> {
  // The calls must be those that were counted. A warm function makes all of them but one.
  const cold = fault ? functionsToRestart(fault.point) : FUNCTIONS;
  await Promise.all(cold.map((one) => deployment.hosts[one].kill()));
  const account = await deployment.renew();
  return new ScenarioRun(deployment, account, name, fault).run();
}

function functionsToRestart(point: CallPoint): readonly FunctionName[] {
  return needsNewFunction(point) ? [point.functionName] : [];
}

class ScenarioRun {
  readonly #deployment: Deployment;
  readonly #account: LocalAccount;
  readonly #scenario: (typeof SCENARIOS)[ScenarioName];
  readonly #fault: PointFault | undefined;
  readonly #observer: AccountObserver;
  readonly #owner: Owner;
  readonly #userId: string;
  readonly #oldKeyId: string;
  readonly #invoked: InvocationTrace<Call>[] = [];
  readonly #problems: string[] = [];
  readonly #warnings = new Set<string>();
  /** The rotation at the last look. */
  #rotation = viewRotation([], '');
  #armed: ArmedFault | undefined;
  #runsAfterFault = 0;

  constructor(
    deployment: Deployment,
    account: LocalAccount,
    name: ScenarioName,
    fault?: PointFault,
  ) {
    this.#deployment = deployment;
    this.#account = account;
    this.#scenario = SCENARIOS[name];
    this.#fault = fault;
    const { userActions } = account;
    const { userId } = userActions.createUser('alice', {
      tags: { 'IKR:EMAIL': 'alice@example.com' },
    });
    const first = userActions.createKey('alice', { ageMs: this.#scenario.keyAgeDays * DAY_MS });
    this.#userId = userId;
    this.#oldKeyId = first.accessKeyId;
    this.#owner = new Owner(account, first, this.#scenario.opensAfterHours * HOUR_MS);
    const { configuration } = deployment;
    this.#observer = new AccountObserver({
      account,
      table: TABLE,
      encryptKeyPair: configuration.encrypted,
      requireNewKeyUsed: configuration.used,
      deleteAfterDays: deleteAfterDaysOf(configuration),
    });
  }

  async run(): Promise<ScenarioResult> {
    const { clock } = this.#account;
    const fromMs = clock.nowMs();
    const untilMs = fromMs + MAX_DAYS * DAY_MS;
    let overAtMs: number | undefined;
    let pauseMs = SCHEDULE_MS;
    let quietSince = 0;
    while (clock.nowMs() < untilMs) {
      await this.#runRotator();
      await this.#owner.work();
      await this.#observer.observe();
      pauseMs = this.#isQuiet(quietSince) ? Math.min(2 * pauseMs, MAX_PAUSE_MS) : SCHEDULE_MS;
      quietSince = this.#invoked.length;
      // What is due in a day is so in full seconds: a minute makes sure that it is.
      clock.advance(pauseMs / 2 + MINUTE_MS);
      await this.#expire();
      clock.advance(pauseMs / 2);
      // One more run, and one more look at the table, must find nothing to do.
      if (overAtMs !== undefined) break;
      if (isOver(this.#ending())) overAtMs = clock.nowMs();
    }
    await this.#look();
    return {
      problems: this.#allProblems(),
      closings: this.#rotation.closings,
      keyMails: this.#account.mails.filter(({ subject }) => /new access key/i.test(subject)).length,
      days: ((overAtMs ?? clock.nowMs()) - fromMs) / DAY_MS,
      invoked: this.#invoked,
      warnings: [...this.#warnings],
      struck: this.#armed?.struckAtMs !== undefined,
    };
  }

  #allProblems(): string[] {
    return [
      ...this.#problems,
      ...this.#observer.checker.violations.map((one) => `invariant ${one.invariant}: ${one.what}`),
      ...problemsOf(this.#ending()),
      ...this.#account.violations,
    ];
  }

  #ending(): Ending {
    const { userActions } = this.#account;
    const keys = userActions.keys('alice').map(({ accessKeyId, status, lastUsedAtMs }) => ({
      accessKeyId,
      status,
      isUsed: lastUsedAtMs !== undefined,
    }));
    const parameters = userActions.parameterNames();
    return { rotation: this.#rotation, oldKeyId: this.#oldKeyId, keys, parameters };
  }

  async #look(): Promise<void> {
    const items = await this.#account.userActions.items(TABLE);
    this.#rotation = viewRotation(items.map(toPlain), this.#userId);
  }

  /** Whether nothing was changed by the invocations from this one on, nor tried to be. */
  #isQuiet(since: number): boolean {
    const calls = this.#invoked.slice(since).flatMap((one) => one.calls);
    return !calls.some(isEffect);
  }

  async #runRotator(): Promise<void> {
    const sinceMs = this.#account.clock.nowMs();
    if (this.#armed?.struckAtMs !== undefined) this.#runsAfterFault += 1;
    const twice = this.#fault !== undefined && this.#runsAfterFault === this.#fault.doubleRun;
    const { hosts, secondRotator } = this.#deployment;
    const environments = twice ? [hosts.rotator, secondRotator] : [hosts.rotator];
    const answers = await this.#invoke('rotator', {}, environments);
    const cameToItsEnd = answers.every((answer) => !answer.died && !isTimedOut(answer));
    await this.#observer.observe({
      output: answers.flatMap(outputOf),
      twice,
      ...(cameToItsEnd && { completedRunSinceMs: sinceMs }),
    });
  }

  /** The TTL service removes what is due, and the stream brings it to the destructor. */
  async #expire(): Promise<void> {
    const { clock, stream } = this.#account;
    const afterFaultMs = this.#armed?.struckAtMs === undefined ? 0 : (this.#fault?.ttlLateMs ?? 0);
    await this.#account.expire(TABLE, {
      lateByMs: this.#scenario.ttlLateHours * HOUR_MS + afterFaultMs,
    });
    let batch = stream.take(({ eventName }) => eventName === 'REMOVE');
    for (let delivery = 1; batch.length > 0 && delivery <= MAX_DELIVERIES; delivery++) {
      const environments = [this.#deployment.hosts.destructor];
      const event = { Records: batch };
      const [answer] = await this.#invoke<DynamoDBBatchResponse>('destructor', event, environments);
      await this.#observer.observe({ output: answer ? outputOf(answer) : [] });
      batch = remaining(batch, answer?.result);
      if (batch.length > 0) clock.advance(MINUTE_MS);
    }
  }

  /** Invokes a function in each of these environments at once. */
  async #invoke<T>(
    functionName: FunctionName,
    event: unknown,
    environments: readonly LambdaHost[],
  ): Promise<Invocation<T>[]> {
    const ordinal = 1 + this.#invoked.filter((one) => one.functionName === functionName).length;
    const point = this.#fault?.point;
    if (this.#fault && point?.functionName === functionName && point.ordinal === ordinal) {
      this.#armed = arm(this.#fault.fault, point, this.#account, () =>
        this.#deployment.hosts[functionName].kill(),
      );
    }
    const { log } = this.#account.calls;
    const from = log.length;
    const stateBefore = this.#rotation.state;
    const answers = await Promise.all(environments.map((host) => host.invoke<T>(event)));
    for (const warning of answers.flatMap(warningsIn)) {
      this.#warnings.add(`${functionName}: ${warning}`);
    }
    // Hours pass until the next: no mail server keeps a connection open for so long.
    this.#deployment.hangUp();
    await this.#look();
    const stateAfter = this.#rotation.state;
    const calls = log.slice(from);
    this.#invoked.push({ functionName, ordinal, stateBefore, stateAfter, calls });
    if (answers.some(isTimedOut)) this.#problems.push(`the ${functionName} ran out of time`);
    return answers;
  }
}
