/**
 * The built functions as the system under test: they call a local AWS account over HTTP.
 *
 * It varies less than the one in memory. The account knows new keys and their use at once, and a
 * scan tells everything: `settleSeconds`, `lastUsedLagMinutes` and `scanLagSeconds` are 0. No list
 * leaves users out: a rotation that should be blind to one (`unlisted`) sees them all.
 */
import { createClock } from '../../../../simulation/aws/clock.ts';
import {
  type Call,
  type LocalAccount,
  startLocalAccount,
} from '../../../../simulation/aws/index.ts';
import type { Invocation } from '../../../../simulation/aws/lambda-host.ts';
import type { CallName } from '../../../../simulation/memory/calls.ts';
import { tellEffect } from '../../../../simulation/memory/effects.ts';
import type { StreamRecord } from '../../../../simulation/memory/table.ts';
import {
  type AccountEnvironment,
  accountEnvironment,
} from '../../../../simulation/scenario/account-environment.ts';
import type { FunctionName } from '../../../../simulation/scenario/functions.ts';
import { accountOpener } from '../../../../simulation/scenario/opener.ts';
import { calledKeyOf } from '../../../../simulation/scenario/table-items.ts';
import type { Report } from '../../../../src/domain/report.ts';
import { MINUTE_MS, SECOND_MS } from '../../../../src/domain/time.ts';
import type { Answer } from '../../../../src/rotation/commands/answers.ts';
import type { RunRequest } from '../../../../src/rotation/run-request.ts';
import { isForbiddenInDryRun } from '../model/dry-runs.ts';
import type { Command, Conditions, InvocationPlan } from '../model/history.ts';
import type { Batch, Ended, Hooks, SystemUnderTest } from '../model/system.ts';
import { endOf } from './bundle-results.ts';
import { accountSecrets } from './bundle-secrets.ts';
import { settingsOf } from './bundle-settings.ts';
import { type Host, Hosts } from './hosts.ts';
import { argumentsOf, portCallOf } from './port-calls.ts';
import { armFaults, denyAlways } from './wire-faults.ts';

const TABLE = 'rotations';
const START_MS = Date.UTC(2026, 0, 1);
/** A request times out after ten seconds: a second here, long for an answer of the same process. */
const SPEED = 10;
const TIMEOUTS_MS: Readonly<Record<InvocationPlan['timeout'], number>> = {
  usual: 15 * MINUTE_MS,
  short: 2.5 * MINUTE_MS,
  none: 24 * 60 * MINUTE_MS,
};

/** A run that is under way. */
interface RunUnderWay {
  readonly label: string;
  readonly host: Host | undefined;
  readonly endsAtMs: number;
  readonly dryRun: boolean;
}

export class BundleSystem implements SystemUnderTest {
  readonly conditions: Conditions;
  readonly opener: SystemUnderTest['opener'];
  readonly environment: AccountEnvironment;
  readonly secretsIn: SystemUnderTest['secretsIn'];
  invoked = 0;
  readonly #account: LocalAccount;
  readonly #hosts: Hosts;
  readonly #env: Readonly<Record<string, string>>;
  /** By the access key that signs their calls. */
  readonly #underWay = new Map<string, RunUnderWay>();
  readonly #texts: string[] = [];
  #mailOutcome: Conditions['mailOutcome'];
  #hooks: Hooks | undefined;
  #blind = 0;

  private constructor(account: LocalAccount, conditions: Conditions) {
    this.#account = account;
    // Nothing of the account is late but lists of keys.
    this.conditions = { ...conditions, settleSeconds: 0, lastUsedLagMinutes: 0, scanLagSeconds: 0 };
    this.#mailOutcome = conditions.mailOutcome;
    this.#env = {
      ...account.env,
      ...settingsOf(conditions),
      IAM_KEY_ROTATOR_TABLE: TABLE,
      MAIL_FROM: 'Key Rotator <keys@example.com>',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
    this.#hosts = new Hosts(account, this.#env);
    this.environment = accountEnvironment(account, TABLE);
    this.opener = accountOpener(account);
    this.secretsIn = accountSecrets(account);
    account.iam.knobs.listLagMs = conditions.listLagSeconds * SECOND_MS;
    if (!conditions.report) denyAlways(account, 'GenerateCredentialReport');
  }

  static async open(conditions: Conditions): Promise<BundleSystem> {
    const account = await startLocalAccount({ clock: createClock(START_MS, SPEED) });
    await account.createTable(TABLE);
    return new BundleSystem(account, conditions);
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  get #watching(): Hooks {
    if (!this.#hooks) throw new Error('nobody watches yet');
    return this.#hooks;
  }

  watch(hooks: Hooks): void {
    this.#hooks = hooks;
    this.#account.traffic.around = (call, effect) => this.#around(call, effect);
  }

  skewMs({ skewSeconds }: InvocationPlan): number {
    return (skewSeconds - this.conditions.clocksBehindSeconds) * SECOND_MS;
  }

  async rotate(plan: InvocationPlan, request: RunRequest): Promise<Ended<Report>> {
    const { users, force } = request;
    const event = {
      ...(users && { users }),
      ...(force && { force }),
      ...(plan.dryRun && { dryRun: true }),
    };
    return endOf(await this.#invoke<Report>('rotator', plan, event));
  }

  async destruct(plan: InvocationPlan, batch: readonly StreamRecord[]): Promise<Ended<Batch>> {
    const event = { Records: batch };
    const ended = endOf(
      await this.#invoke<{ batchItemFailures: { itemIdentifier: string }[] }>(
        'destructor',
        plan,
        event,
      ),
    );
    if (ended.kind !== 'answered') return ended;
    const failures = ended.answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    // What it did with each record, only its log tells.
    return { kind: 'answered', answer: { rows: [], failures } };
  }

  cancel(plan: InvocationPlan, userId: string): Promise<string | undefined> {
    return this.#command(plan, { action: 'cancel', user: userId });
  }

  resend(plan: InvocationPlan, userId: string): Promise<string | undefined> {
    return this.#command(plan, { action: 'resend', user: userId });
  }

  /** @returns what came of it; why it was refused or failed, if it was */
  async #command(plan: InvocationPlan, command: object): Promise<string | undefined> {
    const outcome = await this.#invoke<Answer>('rotator', plan, command, 'support');
    const ended = endOf(outcome);
    if (ended.kind !== 'answered') return ended.kind;
    const { result, refusal } = ended.answer;
    return refusal?.code ?? (result as { readonly result?: string } | undefined)?.result;
  }

  async #invoke<T>(
    name: FunctionName,
    plan: InvocationPlan,
    event: unknown,
    qualifier?: string,
  ): Promise<Invocation<T>> {
    // A dry run of the rotator is asked for with the event.
    const isSetDry = plan.dryRun && name === 'destructor';
    const host = this.#hosts.take(name, isSetDry);
    host.skew(this.skewMs(plan));
    const { lift } = this.#begin(name, host.signsWith, host, plan);
    this.#account.ses.knobs.sendingPaused = plan.mailerDown;
    try {
      const timeoutMs = TIMEOUTS_MS[plan.timeout];
      const outcome = await host.lambda.invoke<T>(event, {
        timeoutMs,
        ...(qualifier !== undefined && { qualifier }),
      });
      this.#texts.push(...outcome.logs, JSON.stringify(outcome.result ?? outcome.error ?? ''));
      return outcome;
    } finally {
      lift();
      this.#account.ses.knobs.sendingPaused = false;
      this.#underWay.delete(host.signsWith);
      this.#hosts.giveBack(host, name, isSetDry);
    }
  }

  #begin(
    name: FunctionName | 'ikr',
    signsWith: string,
    host: Host | undefined,
    plan: InvocationPlan,
  ) {
    this.invoked += 1;
    const label = `${name} ${this.invoked}`;
    const { observer, seen, act } = this.#watching;
    observer.knowledge.begin(label);
    const endsAtMs = this.#account.clock.nowMs() + TIMEOUTS_MS[plan.timeout];
    const dryRun = plan.dryRun && name !== 'ikr';
    this.#underWay.set(signsWith, { label, host, endsAtMs, dryRun });
    return armFaults({
      account: this.#account,
      // A command that is given up has no process of its own to be killed.
      plan: host ? plan : { ...plan, faults: [] },
      mailOutcome: this.#mailOutcome,
      seen,
      nameOf: (call) => (call.signedWith === signsWith ? portCallOf(call) : undefined),
      kill: async () => host?.lambda.kill(),
      pause: async (minutes, meanwhile) => {
        this.#account.clock.advance(minutes * MINUTE_MS);
        for (const command of meanwhile) {
          seen.add(`meanwhile: ${command.do}`);
          await act(command as Command);
        }
      },
    });
  }

  /** Every call of every run, as it happens. */
  async #around(call: Call, effect: () => Promise<string>): Promise<unknown> {
    const run = this.#underWay.get(call.signedWith ?? '');
    const name = portCallOf(call);
    // Who was killed may have sent a call that arrives only now: it is a call of nobody's.
    if (!run || name === undefined) return effect();
    if (this.#account.clock.nowMs() > run.endsAtMs) {
      await run.host?.lambda.kill();
      return undefined;
    }
    const { observer, receive, fail } = this.#watching;
    if (run.dryRun && isForbiddenInDryRun(name, run.label)) fail(`a dry run called ${name}`);
    const mails = this.#account.mails.length;
    const outcome = await observer.onEffect(name, argumentsOf(name, call), run.label, () => {
      const done = effect();
      for (const { to, atMs, ...mail } of this.#account.mails.slice(mails)) {
        const [address = ''] = to;
        receive({ ...mail, to: address, arrivedAtMs: atMs }, run.label);
      }
      return done;
    });
    if (outcome === 'ok') this.#note(name, call);
    return outcome;
  }

  #note(name: CallName, { resource }: Call): void {
    const told = tellEffect(name, this.environment.table.get(calledKeyOf(resource)));
    if (told !== undefined) this.environment.effects.push(told);
  }

  blind(how: 'unlisted' | 'hidden'): () => void {
    // No list of users leaves one out here.
    if (how === 'unlisted') return () => {};
    this.#blind += 1;
    const rule = denyAlways(this.#account, 'GetAccessKeyLastUsed');
    return () => {
      this.#blind -= 1;
      rule.remove();
    };
  }

  get isBlind(): boolean {
    return this.#blind > 0;
  }

  /** Calls over the wire interleave by themselves. */
  interleave(): void {}

  async expire(lateMs: number): Promise<void> {
    await this.#account.expire(TABLE, { lateByMs: lateMs });
  }

  repairMail(): void {
    this.#mailOutcome = 'accepted';
  }

  takeTexts(): readonly string[] {
    return [...this.#texts.splice(0), JSON.stringify(this.environment.table.items())];
  }

  async close(): Promise<void> {
    await this.#hosts.close();
    await this.#account.close();
  }
}
