import { RECORD_KEY, recordKey, toRecord, toTimer } from '../../src/aws/items.ts';
import {
  type HistoryItem,
  isOpen,
  type RotationRecord,
  type Timer,
} from '../../src/domain/record.ts';
import { DAY_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { Postman } from '../../src/mailers/paced-mailer.ts';
import type { Clock, Log, LogFields, Sealer } from '../../src/ports/index.ts';
import type { Run } from '../../src/rotation/run-context.ts';
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
import { tellEffect, type Written } from './effects.ts';
import { type IamOptions, MemoryIam, type NewUser } from './iam.ts';
import { memoryJournal } from './journal.ts';
import { MemoryMail } from './mail.ts';
import { Owners } from './owner.ts';
import { MemoryParameters } from './parameters.ts';
import { countingSealer } from './sealer.ts';
import { MemoryTable } from './table.ts';

/** What a run can be told apart from its ports. */
export type RunSettings = Partial<
  Pick<
    Run,
    'rotation' | 'destruction' | 'encryptKeyPair' | 'maxRotationsPerRun' | 'dryRun' | 'region'
  >
>;

export interface WorldOptions {
  readonly iam?: IamOptions;
  /** `journal.scan` tells what was true this long ago; 0 unless told. */
  readonly scanLagMs?: number;
  readonly sealer?: Sealer;
  /** What holds for every run that is not told otherwise. */
  readonly settings?: RunSettings;
}

export interface RunOverrides extends RunSettings {
  /** Names the run to the hook. */
  readonly label?: string;
  /** How long the function may live; 15 minutes unless told. */
  readonly lifeMs?: number;
  /** How far the clock of this run's machine is ahead. */
  readonly clockSkewMs?: number;
}

/** One line of a log. */
export interface LogLine {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: LogFields;
}

const START_MS = Date.UTC(2026, 0, 1);

const DEFAULTS = {
  rotation: { rotateAfterDays: 80, deleteAfterDays: 7 },
  destruction: { requireNewKeyUsed: true, maxKeyAgeDays: 90, retryAfterMinutes: 5 },
  encryptKeyPair: true,
  dryRun: false,
  region: 'eu-central-1',
} as const;

/**
 * All that the product touches, in memory: an AWS account, a mail server, owners and their
 * mailboxes, and a clock. Runs of the real rotator and destructor work in it:
 *
 *     const world = createWorld();
 *     const alice = world.hire('alice', { keyAgeDays: 81 });
 *     world.onCall = (name, phase, args, run) => { if (name === 'keys.create') run.kill(); };
 *     await runRotator({ force: false, dryRun: false }, world.run());
 *     expect(world.record(alice.userId)).toMatchObject({ state: 'STARTED' });
 *
 * User actions are the methods of `iam`, `table`, `parameters` and `mail`. Nothing in here waits,
 * and the same calls in the same order give the same world.
 */
export class World {
  readonly clock = new VirtualClock(START_MS);
  readonly iam: MemoryIam;
  readonly table: MemoryTable;
  readonly parameters: MemoryParameters;
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
    this.parameters = new MemoryParameters(this.clock);
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
  run({ label, lifeMs = 15 * MINUTE_MS, clockSkewMs = 0, ...settings }: RunOverrides = {}): Run {
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
    const log = this.#log();
    const inventory = gated('inventory', this.iam.inventory, pass, around);
    let account: ReturnType<typeof inventory.account> | undefined;
    return {
      ...DEFAULTS,
      ...this.#options.settings,
      ...settings,
      clock,
      inventory,
      keys: gated('keys', this.iam.keys, pass, around),
      journal: gated(
        'journal',
        memoryJournal(this.table, clock, this.#options.scanLagMs),
        pass,
        around,
      ),
      parameters: gated('parameters', this.parameters.port, pass, around),
      sealer: this.#sealer,
      postman: new Postman(this.mail.port(pass, name), clock, log),
      log,
      account: () => {
        account ??= inventory.account();
        return account;
      },
      deadlineAtMs: clock.nowMs() + lifeMs,
    };
  }

  // --- what stands in the table ---

  record(userId: string): RotationRecord | undefined {
    const item = this.table.get(recordKey(userId));
    return item && toRecord(item);
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
    return this.table
      .items()
      .filter(({ ak }) => ak === RECORD_KEY)
      .map(toRecord)
      .filter(isOpen);
  }

  timers(): Timer[] {
    return this.table
      .items()
      .filter((item) => item.delete_on !== undefined)
      .map(toTimer);
  }

  async history(userId?: string): Promise<HistoryItem[]> {
    return (await memoryJournal(this.table, this.clock).history(userId)).items;
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
    const told = tellEffect(name, args[name === 'journal.replace' ? 1 : 0] as Written);
    if (told !== undefined) this.effects.push(told);
  }
}

export function createWorld(options: WorldOptions = {}): World {
  return new World(options);
}
