/**
 * The theatre of the built functions: they call a local AWS account over HTTP. What people do with
 * the command line goes through the same adapters.
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
import type { Invocation as Outcome } from '../../../../simulation/aws/lambda-host.ts';
import { LeakSearch } from '../../../../simulation/invariants/leaks.ts';
import { readJwk } from '../../../../simulation/invariants/post.ts';
import type { CallName } from '../../../../simulation/memory/calls.ts';
import { tellEffect } from '../../../../simulation/memory/effects.ts';
import type { StreamRecord } from '../../../../simulation/memory/table.ts';
import { loadSettings } from '../../../../src/config/settings.ts';
import type { Report } from '../../../../src/domain/report.ts';
import { MINUTE_MS, SECOND_MS } from '../../../../src/domain/time.ts';
import type { Run } from '../../../../src/rotation/run-context.ts';
import type { RunRequest } from '../../../../src/rotation/run-request.ts';
import { createPlant, createRun } from '../../../../src/runtime/compose.ts';
import { checkDryCall } from '../dry-runs.ts';
import type { Command, Conditions, Invocation } from '../history.ts';
import type { Ended, Hooks, Theatre } from '../scenery.ts';
import { type FunctionName, type Host, Hosts } from './hosts.ts';
import { wireOpener } from './opener.ts';
import { argumentsOf, portCallOf } from './port-calls.ts';
import { wireScenery } from './wire-scenery.ts';
import { armTroubles } from './wire-troubles.ts';

const TABLE = 'rotations';
const START_MS = Date.UTC(2026, 0, 1);
/** A request times out after ten seconds: a second here, long for an answer of the same process. */
const SPEED = 10;
const LIVES_MS: Readonly<Record<Invocation['life'], number>> = {
  lambda: 15 * MINUTE_MS,
  hurried: 2.5 * MINUTE_MS,
  laptop: 24 * 60 * MINUTE_MS,
};
const COMMAND_LINE = 'ASIACOMMANDLINE00000';

/** A run that is under way. */
interface Live {
  readonly label: string;
  readonly host: Host | undefined;
  readonly endsAtMs: number;
  readonly dryRun: boolean;
}

export class WireTheatre implements Theatre {
  readonly conditions: Conditions;
  readonly opener: Theatre['opener'];
  readonly scenery: ReturnType<typeof wireScenery>;
  invoked = 0;
  readonly #account: LocalAccount;
  readonly #hosts: Hosts;
  readonly #env: Readonly<Record<string, string>>;
  /** By the access key that signs their calls. */
  readonly #live = new Map<string, Live>();
  readonly #said: string[] = [];
  readonly #leaks = new LeakSearch();
  readonly #known = new Set<string>();
  #post: Conditions['post'];
  #hooks: Hooks | undefined;
  #blind = 0;

  private constructor(account: LocalAccount, conditions: Conditions) {
    this.#account = account;
    // Nothing of the account is late but lists of keys.
    this.conditions = { ...conditions, settleSeconds: 0, lastUsedLagMinutes: 0, scanLagSeconds: 0 };
    this.#post = conditions.post;
    this.#env = {
      ...account.env,
      ...settingsOf(conditions),
      IAM_KEY_ROTATOR_TABLE: TABLE,
      MAIL_FROM: 'Key Rotator <keys@example.com>',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
    this.#hosts = new Hosts(account, this.#env);
    this.scenery = wireScenery(account, TABLE);
    this.opener = wireOpener(account);
    account.iam.knobs.listLagMs = conditions.listLagSeconds * SECOND_MS;
    if (!conditions.report) {
      account.faults.add({
        match: ({ action }) => action === 'GenerateCredentialReport',
        kind: 'deny',
        times: Number.POSITIVE_INFINITY,
      });
    }
  }

  static async open(conditions: Conditions): Promise<WireTheatre> {
    const account = await startLocalAccount({ clock: createClock(START_MS, SPEED) });
    await account.createTable(TABLE);
    return new WireTheatre(account, conditions);
  }

  get underWay(): number {
    return this.#live.size;
  }

  get #watching(): Hooks {
    if (!this.#hooks) throw new Error('nobody watches yet');
    return this.#hooks;
  }

  watch(hooks: Hooks): void {
    this.#hooks = hooks;
    this.#account.traffic.around = (call, effect) => this.#around(call, effect);
  }

  skewMs({ skewSeconds }: Invocation): number {
    return (skewSeconds - this.conditions.clocksBehindSeconds) * SECOND_MS;
  }

  async rotate(invocation: Invocation, request: RunRequest): Promise<Ended<Report>> {
    const { users, force } = request;
    const event = {
      ...(users && { users }),
      ...(force && { force }),
      ...(invocation.dryRun && { dryRun: true }),
    };
    return endOf(await this.#invoke<Report>('rotator', invocation, event));
  }

  async destruct(invocation: Invocation, batch: readonly StreamRecord[]) {
    const ended = endOf(
      await this.#invoke<{ batchItemFailures: { itemIdentifier: string }[] }>(
        'destructor',
        invocation,
        { Records: batch },
      ),
    );
    if (ended.kind !== 'answered') return ended;
    const failures = ended.answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    // What it did with each record, only its log tells.
    return { kind: 'answered', answer: { rows: [], failures } } as const;
  }

  async byHand<T>(invocation: Invocation, deed: (run: Run) => Promise<T>): Promise<T> {
    const { label, lift } = this.#begin('ikr', COMMAND_LINE, undefined, invocation);
    try {
      const own = { ...this.#env, AWS_ACCESS_KEY_ID: COMMAND_LINE };
      Object.assign(process.env, own);
      const log = { debug: none, info: none, warn: none, error: none };
      const clock = {
        nowMs: () => this.#account.clock.nowMs() + this.skewMs(invocation),
        sleep: async (ms: number) => this.#account.clock.advance(ms),
      };
      const plant = createPlant(await loadSettings(own), log);
      const run = await createRun(plant, {
        accountId: async () => this.#account.accountId,
        deadlineAtMs: Number.POSITIVE_INFINITY,
        log,
      });
      try {
        return await deed({ ...run, clock });
      } finally {
        await plant.mailer.close();
      }
    } finally {
      lift();
      this.#live.delete(COMMAND_LINE);
      this.#watching.seen.add(`ended: ${label.split(' ')[0]}`);
    }
  }

  async #invoke<T>(
    name: FunctionName,
    invocation: Invocation,
    event: unknown,
  ): Promise<Outcome<T>> {
    // A dry run of the rotator is asked for with the event.
    const isSetDry = invocation.dryRun && name === 'destructor';
    const host = this.#hosts.take(name, isSetDry);
    host.skew(this.skewMs(invocation));
    const { lift } = this.#begin(name, host.signsWith, host, invocation);
    this.#account.ses.knobs.sendingPaused = invocation.mailerDown;
    try {
      const timeoutMs = LIVES_MS[invocation.life];
      const outcome = await host.lambda.invoke<T>(event, { timeoutMs });
      this.#said.push(...outcome.logs, JSON.stringify(outcome.result ?? outcome.error ?? ''));
      return outcome;
    } finally {
      lift();
      this.#account.ses.knobs.sendingPaused = false;
      this.#live.delete(host.signsWith);
      this.#hosts.giveBack(host, name, isSetDry);
    }
  }

  #begin(
    name: FunctionName | 'ikr',
    signsWith: string,
    host: Host | undefined,
    invocation: Invocation,
  ) {
    this.invoked += 1;
    const label = `${name} ${this.invoked}`;
    const { ledger, seen, act } = this.#watching;
    ledger.look(label);
    const endsAtMs = this.#account.clock.nowMs() + LIVES_MS[invocation.life];
    const dryRun = invocation.dryRun && name !== 'ikr';
    this.#live.set(signsWith, { label, host, endsAtMs, dryRun });
    const { lift } = armTroubles({
      account: this.#account,
      // A command that is given up has no process of its own to be killed.
      invocation: host ? invocation : { ...invocation, troubles: [] },
      post: this.#post,
      seen,
      nameOf: (call) => (call.signedWith === signsWith ? this.#nameOf(call) : undefined),
      kill: async () => host?.lambda.kill(),
      pause: async (minutes, meanwhile) => {
        this.#account.clock.advance(minutes * MINUTE_MS);
        for (const command of meanwhile) {
          seen.add(`meanwhile: ${command.do}`);
          await act(command as Command);
        }
      },
    });
    return { label, lift };
  }

  #nameOf(call: Call) {
    return portCallOf(call, (userId) => {
      const { state = 'CLOSED' } = this.scenery.table.get({ user: userId, ak: 'rotation' }) ?? {};
      return state !== 'CLOSED';
    });
  }

  /** Every call of every run, as it happens. */
  async #around(call: Call, effect: () => Promise<string>): Promise<unknown> {
    const live = this.#live.get(call.signedWith ?? '');
    const name = this.#nameOf(call);
    // Who was killed may have sent a call that arrives only now: it is a call of nobody's.
    if (!live || name === undefined) return effect();
    if (this.#account.clock.nowMs() > live.endsAtMs) {
      await live.host?.lambda.kill();
      return undefined;
    }
    const { rules, receive, tell } = this.#watching;
    if (live.dryRun) checkDryCall(name, live.label, tell);
    const mails = this.#account.mails.length;
    const outcome = await rules.onEffect(name, argumentsOf(name, call), live.label, () => {
      const done = effect();
      for (const { to, atMs, ...mail } of this.#account.mails.slice(mails)) {
        const [address = ''] = to;
        receive({ ...mail, to: address, arrivedAtMs: atMs }, live.label);
      }
      return done;
    });
    if (outcome === 'ok') this.#note(name, call);
    return outcome;
  }

  #note(name: CallName, { resource: { user = '', ak = '' } }: Call): void {
    const told = tellEffect(name, this.scenery.table.get({ user, ak }));
    if (told !== undefined) this.scenery.effects.push(told);
  }

  blind(how: 'unlisted' | 'hidden'): () => void {
    // No list of users leaves one out here.
    if (how === 'unlisted') return () => {};
    this.#blind += 1;
    const rule = this.#account.faults.add({
      match: ({ action }) => action === 'GetAccessKeyLastUsed',
      kind: 'deny',
      times: Number.POSITIVE_INFINITY,
    });
    return () => {
      this.#blind -= 1;
      rule.remove();
    };
  }

  get isBlind(): boolean {
    return this.#blind > 0;
  }

  /** Calls over the wire mingle by themselves. */
  mingle(): void {}

  async expire(lateMs: number): Promise<void> {
    await this.#account.expire(TABLE, { lateByMs: lateMs });
  }

  repair(): void {
    this.#post = 'accepted';
  }

  takeSaid(): readonly string[] {
    return [...this.#said.splice(0), JSON.stringify(this.scenery.table.items())];
  }

  leaksIn(text: string): readonly string[] {
    for (const secret of [...this.#account.secrets, ...this.#account.secureValues]) {
      if (this.#known.has(secret)) continue;
      this.#known.add(secret);
      const jwk = readJwk(secret);
      this.#leaks.add(jwk?.k ?? secret, jwk ? 'a content key' : 'a secret access key');
    }
    return this.#leaks.find(text);
  }

  async close(): Promise<void> {
    await this.#hosts.close();
    await this.#account.close();
  }
}

function none(): void {}

function endOf<T>(outcome: Outcome<T>): Ended<T> {
  if (outcome.died) return { kind: 'killed' };
  if (!outcome.error) return { kind: 'answered', answer: outcome.result };
  const { name, message } = outcome.error;
  if (name === 'NothingWorked') return { kind: 'refused', error: message };
  return { kind: 'failed', error: `${name}: ${message}` };
}

function settingsOf(conditions: Conditions): Record<string, string> {
  const { deactivateAfterDays, maxRotationsPerRun } = conditions;
  return {
    ROTATE_AFTER_DAYS: String(conditions.rotateAfterDays),
    DELETE_AFTER_DAYS: String(conditions.deleteAfterDays),
    REQUIRE_NEW_KEY_USED: String(conditions.requireNewKeyUsed),
    MAX_KEY_AGE_DAYS: String(conditions.maxKeyAgeDays),
    ENCRYPT_KEY_PAIR: String(conditions.encryptKeyPair),
    RETRY_AFTER_MINS: '5',
    ...(deactivateAfterDays !== undefined && {
      DEACTIVATE_AFTER_DAYS: String(deactivateAfterDays),
    }),
    ...(maxRotationsPerRun !== undefined && {
      MAX_ROTATIONS_PER_RUN: String(maxRotationsPerRun),
    }),
    ...(conditions.oneMailDomain && { ALLOWED_MAIL_DOMAINS: 'example.com' }),
  };
}
