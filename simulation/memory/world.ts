import { readRangeKey, recordKey, toRecord, toTimer } from '../../src/aws/items.ts';
import { mail as mailDelivery } from '../../src/deliveries/mail/index.ts';
import type { AccountPolicy } from '../../src/domain/policy.ts';
import {
  type HistoryItem,
  isOpen,
  type RotationRecord,
  type Timer,
} from '../../src/domain/record.ts';
import { DAY_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { PacedMailer } from '../../src/mailers/paced-mailer.ts';
import { logEvents } from '../../src/notifications/log.ts';
import { ownerMail } from '../../src/notifications/owner-mail.ts';
import { collectReport } from '../../src/notifications/report.ts';
import { createEventStream } from '../../src/notifications/stream.ts';
import type { Account } from '../../src/ports/account.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Journal } from '../../src/ports/journal.ts';
import type { Log, LogFields } from '../../src/ports/log.ts';
import type { Subscriber } from '../../src/ports/notifications.ts';
import type { Sealer } from '../../src/ports/sealer.ts';
import { composeEngine } from '../../src/rotation/compose.ts';
import type { Composition } from '../../src/runtime/compose.ts';
import {
  type Around,
  type CallName,
  createGate,
  gated,
  type OnCall,
  type OnEffect,
  type Pass,
} from './calls.ts';
import { VirtualClock } from './clock.ts';
import { MemoryContentKeys } from './content-keys.ts';
import { tellEffect, type Written } from './effects.ts';
import { ACCOUNT_ID, type IamOptions, MemoryIam, type NewUser } from './iam.ts';
import { memoryJournal } from './journal.ts';
import { MemoryMail } from './mail.ts';
import { Owners } from './owner.ts';
import { countingSealer } from './sealer.ts';
import { MemoryTable } from './table.ts';

/** What a run can be told apart from its ports. */
export interface RunSettings {
  readonly policy?: Partial<AccountPolicy>;
  readonly retryAfterMinutes?: number;
  readonly encryptKeyPair?: boolean;
  readonly maxRotationsPerRun?: number;
  readonly dryRun?: boolean;
}

/** What a run is composed of, before it is. */
export interface RunParts {
  readonly account: Account;
  readonly journal: Journal;
  readonly policy: AccountPolicy;
  readonly dryRun: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface WorldOptions {
  readonly iam?: IamOptions;
  /** `journal.readAccount` tells what was true this long ago; 0 unless told. */
  readonly scanLagMs?: number;
  readonly sealer?: Sealer;
  /** What holds for every run that is not told otherwise. */
  readonly settings?: RunSettings;
}

/** How one run is made. */
interface Invocation {
  readonly clock: Clock;
  readonly pass: Pass;
  readonly around: Around;
  readonly run: string;
  readonly deadlineAtMs: number;
  readonly subscribers: readonly Subscriber[];
}

export interface RunOverrides extends RunSettings {
  /** Names the run to the hook. */
  readonly label?: string;
  /** How long the function may live; 15 minutes unless told. */
  readonly lifeMs?: number;
  /** How far the clock of this run's machine is ahead. */
  readonly clockSkewMs?: number;
  /** Who else hears of what happens. */
  readonly subscribers?: readonly Subscriber[];
}

/** One line of a log. */
export interface LogLine {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: LogFields;
}

const START_MS = Date.UTC(2026, 0, 1);

const POLICY: AccountPolicy = {
  rotateAfterDays: 80,
  deleteAfterDays: 7,
  requireNewKeyUsed: true,
  maxKeyAgeDays: 90,
};
const REGION = 'eu-central-1';

/**
 * All that the product touches, in memory: an AWS account, a mail server, owners and their
 * mailboxes, and a clock. Runs of the real rotator and destructor work in it:
 *
 *     const world = createWorld();
 *     const alice = world.hire('alice', { keyAgeDays: 81 });
 *     world.onCall = (name, phase, args, run) => { if (name === 'keys.create') run.kill(); };
 *     await rotate(world);
 *     expect(world.record(alice.userId)).toMatchObject({ state: 'STARTED' });
 *
 * User actions are the methods of `iam`, `table`, `parameters` and `mail`. Nothing in here waits,
 * and the same calls in the same order give the same world.
 */
export class World {
  readonly accountId = ACCOUNT_ID;
  readonly clock = new VirtualClock(START_MS);
  readonly iam: MemoryIam;
  readonly table: MemoryTable;
  readonly parameters: MemoryContentKeys;
  readonly mail: MemoryMail;
  readonly owners: Owners;
  readonly logs: LogLine[] = [];
  /** Every port call that was begun, in order. */
  readonly calls: { readonly name: CallName; readonly run: string }[] = [];
  /** Every change that a run made, in order, such as `create key` or `write SCHEDULED`. */
  readonly effects: string[] = [];
  /** What invocations that failed as a whole died of, see `live`. */
  readonly crashes: unknown[] = [];
  /** Sees every port call of every run, see `OnCall`. */
  onCall: OnCall | undefined;
  /** Sees every effect of every run but mails, see `OnEffect`. */
  onEffect: OnEffect | undefined;
  /** Gives every run other parts than it should have. */
  bend: ((parts: RunParts) => Partial<RunParts>) | undefined;
  /** How long a port call takes by the clock, beside other calls. */
  latencyMs = 0;
  readonly #options: WorldOptions;
  readonly #sealer: Sealer;
  #runs = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#sealer = options.sealer ?? countingSealer();
    this.iam = new MemoryIam(this.clock, options.iam ?? {});
    this.table = new MemoryTable(this.clock);
    this.parameters = new MemoryContentKeys(this.clock);
    this.mail = new MemoryMail(this.clock);
    this.owners = new Owners(this.iam, this.parameters, this.mail, this.#sealer);
  }

  /** A managed user with one Active key, known to its owner, and just due unless told. */
  hire(
    userName: string,
    { keyAgeDays = 80, ...user }: NewUser & { readonly keyAgeDays?: number } = {},
  ): { readonly userId: string; readonly oldKeyId: string } {
    const userId = this.iam.createUser(userName, user);
    return { userId, oldKeyId: this.createKey(userId, { ageMs: keyAgeDays * DAY_MS }) };
  }

  /** A key that its owner made by hand, and so knows. */
  createKey(userId: string, options: { readonly ageMs?: number } = {}): string {
    const accessKeyId = this.iam.createKey(userId, options);
    this.owners.learn(accessKeyId);
    return accessKeyId;
  }

  /** What one invocation of a Lambda function works with. */
  run(overrides: RunOverrides = {}): Composition {
    const { label, lifeMs = 15 * MINUTE_MS, clockSkewMs = 0, subscribers = [] } = overrides;
    const name = label ?? `run ${++this.#runs}`;
    const gate = createGate(name, () => this.onCall);
    const pass: Pass = async (call, phase, args) => {
      if (phase === 'before') this.calls.push({ name: call, run: name });
      else this.#note(call, args);
      if (this.latencyMs > 0) await this.clock.sleep(this.latencyMs / 2);
      await gate.pass(call, phase, args);
    };
    const around: Around = (call, args, effect) =>
      this.onEffect ? this.onEffect(call, args, effect, name) : effect();
    const clock: Clock = {
      nowMs: () => this.clock.nowMs() + clockSkewMs,
      sleep: async (ms) => {
        gate.assertAlive();
        await this.clock.sleep(ms);
      },
    };
    return this.#compose(
      { clock, pass, around, run: name, deadlineAtMs: clock.nowMs() + lifeMs, subscribers },
      { ...this.#options.settings, ...overrides },
    );
  }

  /** As `src/runtime/compose.ts` puts a run together. */
  #compose(invocation: Invocation, settings: RunSettings): Composition {
    const { retryAfterMinutes = 5, encryptKeyPair = true } = settings;
    const { pass, run, deadlineAtMs, subscribers } = invocation;
    const straight = this.#parts(invocation, settings);
    const { account, journal, policy, dryRun, clock, log } = {
      ...straight,
      ...this.bend?.(straight),
    };
    const mailer = new PacedMailer(this.mail.port(pass, run), clock, log);
    const delivery = mailDelivery.create(
      {
        ENCRYPT_KEY_PAIR: encryptKeyPair,
        MAIL_CLIENT: 'ses',
        MAIL_FROM: { address: 'keys@example.com' },
      },
      { account, mailer, clock },
    );
    const report = collectReport();
    const events = createEventStream(
      [report, logEvents(log), ownerMail(account, mailer), ...subscribers],
      log,
    );
    const sealer = this.#sealer;
    return {
      ...composeEngine({ account, journal, delivery, sealer, events, clock, deadlineAtMs }),
      sealer,
      account,
      journal,
      delivery,
      mailCounts: () => mailer.counts,
      events,
      report,
      clock,
      log,
      policy,
      ...(settings.maxRotationsPerRun !== undefined && {
        maxRotationsPerRun: settings.maxRotationsPerRun,
      }),
      dryRun,
      retryAfterMinutes,
      deadlineAtMs,
    };
  }

  #parts({ clock, pass, around }: Invocation, settings: RunSettings): RunParts {
    return {
      account: this.#account(pass, around),
      journal: gated(
        'journal',
        memoryJournal(this.table, ACCOUNT_ID, clock, this.#options.scanLagMs),
        pass,
        around,
      ),
      policy: { ...POLICY, ...this.#options.settings?.policy, ...settings.policy },
      dryRun: settings.dryRun ?? false,
      clock,
      log: this.#log(),
    };
  }

  #account(pass: Pass, around: Around): Account {
    const inventory = gated('inventory', this.iam.inventory, pass, around);
    const { describe } = gated('account', { describe: this.iam.describe }, pass, around);
    let identity: ReturnType<typeof describe> | undefined;
    return {
      id: ACCOUNT_ID,
      region: REGION,
      keys: gated('keys', this.iam.keys, pass, around),
      inventory,
      contentKeys: gated('contentKeys', this.parameters.port, pass, around),
      describe() {
        identity ??= describe();
        return identity;
      },
    };
  }

  // --- what stands in the table ---

  record(userId: string): RotationRecord | undefined {
    const item = this.table.get(recordKey(ACCOUNT_ID, userId));
    return item && toRecord(item);
  }

  /** Somebody writes a record by hand. */
  putRecord(record: object): void {
    const { userId } = record as RotationRecord;
    this.table.put({ ...recordKey(ACCOUNT_ID, userId), ...record });
  }

  /** The user's record, which must be in that state. */
  recordIn<S extends RotationRecord['state']>(
    userId: string,
    state: S,
  ): Extract<RotationRecord, { state: S }> {
    const record = this.record(userId);
    if (record?.state !== state) throw new Error(`the record is ${record?.state}, not ${state}`);
    return record as Extract<RotationRecord, { state: S }>;
  }

  openRecords(): RotationRecord[] {
    return this.#itemsOf('record').map(toRecord).filter(isOpen);
  }

  timers(): Timer[] {
    return this.#itemsOf('timer').map(toTimer);
  }

  #itemsOf(kind: 'record' | 'timer') {
    return this.table.items().filter(({ item }) => readRangeKey(String(item)).kind === kind);
  }

  async history(userId?: string): Promise<HistoryItem[]> {
    return (await memoryJournal(this.table, ACCOUNT_ID, this.clock).history(userId)).items;
  }

  /** Everything that a run could change, for comparing before and after. */
  snapshot(): unknown {
    return {
      iam: this.iam.snapshot(),
      table: this.table.snapshot(),
      parameters: this.parameters.snapshot(),
      mail: this.mail.snapshot(),
    };
  }

  #log(): Log {
    const at =
      (level: keyof Log) =>
      (message: string, fields: LogFields = {}) => {
        this.logs.push({ level, message, fields });
      };
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  }

  #note(name: CallName, args: readonly unknown[]): void {
    const [first, second] = args;
    const told =
      name === 'journal.replace'
        ? tellEffect(name, second as Written, first as object)
        : tellEffect(name, first as Written);
    if (told !== undefined) this.effects.push(told);
  }
}

export function createWorld(options: WorldOptions = {}): World {
  return new World(options);
}
