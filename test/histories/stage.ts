/**
 * The world of one history, with its users, its runs and the onlooker who judges them.
 */
import { handleBatch } from '../../src/destructor/batch.ts';
import type { HistoryItem } from '../../src/domain/record.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import { runRotator } from '../../src/rotator/run.ts';
import { Killed } from '../support/memory/calls.ts';
import type { ArrivedMail } from '../support/memory/mail.ts';
import type { StreamRecord } from '../support/memory/table.ts';
import { createWorld, type RunOverrides, type World } from '../support/memory/world.ts';
import { Ends } from './ends.ts';
import {
  type Command,
  type Conditions,
  INVOCATION,
  type Invocation,
  NAMES,
  type Program,
} from './history.ts';
import { Invocations } from './invocations.ts';
import { Ledger, userOf } from './ledger.ts';
import { People } from './people.ts';
import { type Invariant, Rules, type Violation } from './rules.ts';
import { CONTENT_KEY_MARK, instantSealer } from './sealer.ts';
import { Tally } from './tally.ts';
import { FATES, fateOf, isDisturbed, isPaused } from './trouble.ts';

/** What a step did, for the story; `undefined` when it was not possible. */
export type Told = string | undefined;

type Does<What extends Command['do']> = Extract<Command, { do: What }>;

const EVERYBODY = { force: false, dryRun: false };

export class Stage {
  readonly world: World;
  readonly ledger: Ledger;
  readonly people: People;
  readonly ends: Ends;
  readonly invocations: Invocations;
  readonly violations: Violation[] = [];
  /** What was done, what went wrong, and what the program said to it. */
  readonly seen = new Tally();
  readonly #rules: Rules;
  readonly #conditions: Conditions;
  readonly #told = new Set<string>();
  /** Whether a run of two at once lets time pass for the other. */
  #pausing = false;

  constructor(conditions: Conditions) {
    this.#conditions = conditions;
    const { listLagSeconds, settleSeconds, scanLagSeconds, lastUsedLagMinutes } = conditions;
    const sealer = instantSealer();
    this.world = createWorld({
      iam: {
        listLagMs: listLagSeconds * SECOND_MS,
        settleMs: settleSeconds * SECOND_MS,
        lastUsedLagMs: lastUsedLagMinutes * MINUTE_MS,
        report: conditions.report,
      },
      scanLagMs: scanLagSeconds * SECOND_MS,
      sealer,
      settings: settingsOf(conditions),
    });
    const lagMs = Math.max(listLagSeconds, settleSeconds) * SECOND_MS;
    const { world } = this;
    const tell = (invariant: Invariant, what: string) => this.tell(invariant, what);
    this.ledger = new Ledger(world, sealer, lagMs, scanLagSeconds * SECOND_MS);
    this.#rules = new Rules(world, this.ledger, conditions, tell);
    this.ends = new Ends(world, this.ledger, this.#rules, conditions, tell);
    this.people = new People(world, this.ledger, this.#rules);
    const act = (command: Command) => this.do(command);
    this.invocations = new Invocations(world, this.ledger, conditions, act, tell, this.seen);
    for (const [index, days] of conditions.dueInDays.entries()) {
      this.people.hire(NAMES[index] ?? '', conditions.rotateAfterDays - days);
    }
    world.mail.answer = FATES[conditions.post];
    world.mail.onArrival = (mail, run) => this.#receive(mail, run);
    world.onEffect = async (name, args, effect, run) => {
      this.invocations.checkDryRun(name, run);
      if (this.invocations.isTimedOut(args)) throw new Error(`${name}: TimeoutError`);
      const done = await this.#rules.onEffect(name, args, run, effect);
      if (name === 'journal.addHistory') {
        this.seen.add(`closed: ${(args[0] as HistoryItem).outcome}`);
      }
      return done;
    };
    world.onCall = async (name, phase, args, run) => {
      if (name === 'mailer.send') this.invocations.checkDryRun(name, run.label);
      if (name === 'mailer.send' && phase === 'before') {
        const [fate = fateOf(world.mail.answer)] = world.mail.next.map(fateOf);
        this.seen.add(`mail: ${fate}`);
      }
      await this.invocations.onCall(name, phase, args, run);
    };
  }

  /** Notes a violation, each once. */
  tell(invariant: Invariant, what: string): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.violations.push({ invariant, what });
  }

  async do(command: Command): Promise<Told> {
    const told = await this.#do(command);
    if (told !== undefined) for (const what of aspects(command)) this.seen.add(`done: ${what}`);
    return told;
  }

  async #do(command: Command): Promise<Told> {
    switch (command.do) {
      case 'rotate':
        return this.#rotate(command);
      case 'destruct':
        return this.#destruct(command);
      case 'both':
        return this.#both(command);
      case 'live':
        return this.#letLive(command);
      default: {
        const { run, end } = this.invocations.begin(
          'ikr',
          'run' in command ? command.run : INVOCATION,
        );
        try {
          return await this.people.do(command, run);
        } catch (error) {
          return this.#failed(error);
        } finally {
          await end();
        }
      }
    }
  }

  /** A TTL deletion, and a run of both functions. */
  async day(lateHours = 0): Promise<Told> {
    this.world.table.expire(lateHours * HOUR_MS);
    const destructed = await this.#runDestructor(INVOCATION, this.world.table.stream);
    const rotated = await this.#runRotator(
      INVOCATION,
      EVERYBODY,
      this.world.iam.unlisted.size === 0,
    );
    return [destructed, rotated].filter(Boolean).join('; ');
  }

  /** All owners open their mail and use what works. */
  actAll(): void {
    for (const userId of this.world.iam.userIds()) this.people.act(userId);
  }

  // --- commands ---

  async #rotate({ run: invocation, only, force, blind }: Does<'rotate'>): Promise<Told> {
    const { iam } = this.world;
    const userId = this.people.who(only ?? 0);
    const userName = iam.user(userId)?.userName;
    if (only !== undefined && userName === undefined) return undefined;
    // Another run may be under way, with blind spots of its own.
    const wasHidden = iam.hidden;
    const wasListed = !iam.unlisted.has(userId);
    if (blind === 'hidden') iam.hidden = true;
    if (blind === 'unlisted') iam.unlisted.add(userId);
    try {
      const users = only === undefined ? {} : { users: [userName ?? ''] };
      const seesAll = only === undefined && !iam.hidden && iam.unlisted.size === 0;
      const isWhole = seesAll && !isDisturbed(invocation);
      return await this.#runRotator(invocation, { ...EVERYBODY, ...users, force }, isWhole);
    } finally {
      iam.hidden = wasHidden;
      if (wasListed) iam.unlisted.delete(userId);
    }
  }

  async #destruct({ run: invocation, lateHours, stream }: Does<'destruct'>): Promise<Told> {
    const { table } = this.world;
    table.expire(lateHours * HOUR_MS);
    const batch = table.stream;
    if (batch.length === 0) return undefined;
    if (stream === 'lost') {
      table.shift(batch.length);
      for (const { dynamodb } of batch) this.people.forget(dynamodb.Keys);
      return `${batch.length} records lost`;
    }
    const told = await this.#runDestructor(invocation, batch);
    if (stream === 'once') return told;
    return `${told}; again: ${await this.#runDestructor(INVOCATION, batch)}`;
  }

  async #both({ programs, runs, seed }: Does<'both'>): Promise<Told> {
    if (programs.includes('destructor')) this.world.table.expire();
    const keys = new Set(this.ledger.keys.keys());
    const mails = this.ledger.mails.length;
    const play = (program: Program, invocation: Invocation) =>
      program === 'rotator'
        ? this.#runRotator(invocation, EVERYBODY, false)
        : this.#runDestructor(invocation, this.world.table.stream);
    this.invocations.mingle = mingling(seed);
    this.#pausing = runs.some(isPaused);
    try {
      const [first, second] = programs;
      const told = await Promise.all([play(first, runs[0]), play(second, runs[1])]);
      for (const userId of this.world.iam.userIds()) {
        const isOf = (id: string) => this.ledger.keys.get(id)?.userId === userId;
        const made = [...this.ledger.keys.values()].filter(
          ({ id, madeBy }) => madeBy === 'program' && !keys.has(id) && isOf(id),
        );
        if (made.length > 1 && !runs.some(isPaused)) {
          this.tell(6, `two runs at once made ${made.length} keys for a user`);
        }
        const mailed = this.ledger.mails.slice(mails).filter(({ keyId }) => isOf(keyId));
        const isMailedOnce = this.#conditions.post === 'accepted' && !runs.some(isDisturbed);
        if (mailed.length > 1 && isMailedOnce) {
          this.tell(6, `two runs at once mailed ${mailed.length} times to a user`);
        }
      }
      return told.join(' | ');
    } finally {
      this.invocations.mingle = undefined;
      this.#pausing = false;
    }
  }

  async #letLive({ days, everyHours, lateHours, owners }: Does<'live'>): Promise<Told> {
    const told: string[] = [];
    for (let hours = everyHours; hours <= days * 24; hours += everyHours) {
      this.world.clock.advance(everyHours * HOUR_MS);
      if (owners) this.actAll();
      const done = await this.day(lateHours);
      if (done) told.push(`${hours} h: ${done}`);
    }
    return told.slice(-3).join('; ');
  }

  // --- the program ---

  async #runRotator(
    invocation: Invocation,
    request: Parameters<typeof runRotator>[0],
    isWhole: boolean,
  ): Promise<Told> {
    const { run, end } = this.invocations.begin('rotator', invocation);
    // What a run must have done is only known where no other one was at work.
    const mustDoAll = isWhole && this.invocations.isAlone;
    const found = this.ends.find();
    const sinceMs = this.ledger.nowMs + Math.min(0, this.invocations.skewMs(invocation));
    try {
      const report = await runRotator(request, run);
      for (const { userName, outcome, reason } of report.rows) {
        this.seen.add(`rotator: ${outcome}: ${plain(reason)}`);
        if (!reason) this.tell(0, `${outcome} of ${userName} has no reason`);
      }
      if (mustDoAll) this.ends.afterRun(found, sinceMs);
      this.#search(JSON.stringify(report));
      return report.rows
        .filter(({ outcome }) => outcome !== 'skipped')
        .map(({ userName, outcome, reason }) => `${userName} ${outcome} (${reason})`)
        .join('; ');
    } catch (error) {
      if (!isDisturbed(invocation) && !this.#pausing) this.#checkFailure('a run', error);
      return this.#failed(error);
    } finally {
      await end();
      this.#searchEverything();
    }
  }

  /** As Lambda does, takes the records up to the first failed one off the stream. */
  async #runDestructor(invocation: Invocation, batch: readonly StreamRecord[]): Promise<Told> {
    if (batch.length === 0) return '';
    const { run, end, isKilled } = this.invocations.begin('destructor', invocation);
    try {
      const { rows, failures } = await handleBatch({ Records: batch }, run);
      if (isKilled()) return 'killed';
      for (const { outcome, reason } of rows) {
        this.seen.add(`destructor: ${outcome}: ${plain(reason)}`);
      }
      if (failures.length > 0) this.seen.add('destructor: a record goes back to the stream');
      const failed = batch.findIndex(({ dynamodb }) => failures.includes(dynamodb.SequenceNumber));
      this.#takeOff(failed < 0 ? batch : batch.slice(0, failed));
      const isUnreadable = this.ledger.recordless.size > 0;
      if (failed >= 0 && !isDisturbed(invocation) && !this.#pausing && !isUnreadable) {
        this.tell(0, `the destructor gave records back: ${failures.join(', ')}`);
      }
      return rows.map(({ outcome, reason }) => `${outcome} (${reason})`).join('; ');
    } catch (error) {
      if (!isDisturbed(invocation) && !this.#pausing) this.#checkFailure('the destructor', error);
      return this.#failed(error);
    } finally {
      await end();
      this.#searchEverything();
    }
  }

  #takeOff(handled: readonly StreamRecord[]): void {
    // Another invocation may have taken some off before.
    const [last] = handled.slice(-1);
    const index = last ? this.world.table.stream.indexOf(last) : -1;
    if (index >= 0) this.world.table.shift(index + 1);
    for (const { userIdentity, dynamodb } of handled) {
      const { ak } = dynamodb.Keys as Record<string, { S: string }>;
      if (!userIdentity) this.ledger.learn(userOf(dynamodb.Keys), ak?.S ?? '');
    }
  }

  #receive(mail: ArrivedMail, run: string): void {
    const pair = this.ledger.receive(mail);
    if (this.#conditions.encryptKeyPair) this.#search(`${mail.subject}${mail.text}${mail.html}`);
    if (!pair) return;
    const isFirst = this.ledger.mails.filter(({ keyId }) => keyId === pair.keyId).length === 1;
    this.#rules.onMail(pair.keyId, pair.to, run, isFirst);
  }

  // --- what is said ---

  /** Without a fault a function only ends early when its time is over. */
  #checkFailure(what: string, error: unknown): void {
    if (!(error instanceof Killed)) this.tell(0, `${what} failed: ${describe(error)}`);
  }

  #failed(error: unknown): string {
    this.#search(describe(error));
    return error instanceof Killed ? 'killed' : describe(error);
  }

  #searchEverything(): void {
    this.#search(JSON.stringify(this.world.logs.splice(0)));
    this.#search(JSON.stringify(this.world.table.items()));
  }

  /** The rule 5, and that nothing crashed. */
  #search(text: string): void {
    // What every secret access key of the world in memory begins with.
    if (text.includes('Secret///')) this.tell(5, 'a secret access key is in the clear');
    if (text.includes(CONTENT_KEY_MARK)) this.tell(5, 'a content key is in the clear');
    const crash = /(?:Type|Range|Reference|Syntax)Error: [^"]*/.exec(text)?.[0];
    if (crash) this.tell(0, `a crash: ${crash}`);
  }
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

/** What a command does, in words that are the same for all of its kind. */
function aspects(command: Command): string[] {
  const { do: what } = command;
  switch (command.do) {
    case 'rotate':
      return [
        what,
        ...(command.only === undefined ? [] : [`${what} one user`]),
        ...(command.force ? [`${what} by force`] : []),
        ...(command.blind === 'no' ? [] : [`${what} ${command.blind}`]),
        ...aspectsOf(what, command.run),
      ];
    case 'destruct':
      return [
        what,
        ...(command.lateHours > 0 ? [`${what} ${command.lateHours} h late`] : []),
        ...(command.stream === 'once' ? [] : [`${what} ${command.stream}`]),
        ...aspectsOf(what, command.run),
      ];
    case 'both':
      return [`${what}: ${[...command.programs].sort().join(' and ')}`];
    case 'live':
      return [command.owners ? `${what} with active owners` : `${what} with idle owners`];
    case 'retag':
      return [`${what} ${command.tags}`];
    default:
      return [what];
  }
}

function aspectsOf(what: string, { dryRun, mailerDown, life }: Invocation): string[] {
  return [
    ...(dryRun ? [`${what} dry`] : []),
    ...(mailerDown ? [`${what} without a mailer`] : []),
    ...(life === 'lambda'
      ? []
      : [`${what} on a ${life === 'laptop' ? life : 'short-lived lambda'}`]),
  ];
}

/** A reason without what differs from user to user. */
function plain(reason: string): string {
  return reason
    .replaceAll(/A[KI][ID]A\d+/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/\/ikr\S+/g, '<parameter>')
    .replaceAll(/\S+@(?:example\.com|evil\.test)/g, '<address>')
    .replaceAll(/\b\d+ days old/g, '<age>')
    .replaceAll(/(?<=rotator )\d+(?= was killed)/g, '<number>')
    .replaceAll(/(?<=version )\d+/g, '<number>')
    .replaceAll(/\b(?:alice|bob|carol|a\+b=c,d@e)\b/g, '<user>');
}
