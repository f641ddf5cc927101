/**
 * What happens in one history: its users, its runs and the onlooker who judges them.
 */

import type { ArrivedMail } from '../../../simulation/memory/mail.ts';
import type { StreamRecord } from '../../../simulation/memory/table.ts';
import { HOUR_MS, SECOND_MS } from '../../../src/domain/time.ts';
import type { RunRequest } from '../../../src/rotation/run-request.ts';
import { aspects, plain } from './counting.ts';
import { Ends } from './ends.ts';
import { type Command, INVOCATION, type Invocation, NAMES, type Program } from './history.ts';
import { Ledger, userOf } from './ledger.ts';
import { People } from './people.ts';
import { type Invariant, Rules, type Violation } from './rules.ts';
import type { Ended, Scenery, Theatre } from './scenery.ts';
import { Tally } from './tally.ts';
import { isDisturbed, isPaused } from './trouble.ts';

/** What a step did, for the story; `undefined` when it was not possible. */
type Told = string | undefined;

type Does<What extends Command['do']> = Extract<Command, { do: What }>;

const EVERYBODY = { force: false, dryRun: false };

export class Stage {
  readonly theatre: Theatre;
  readonly world: Scenery;
  readonly ledger: Ledger;
  readonly people: People;
  readonly ends: Ends;
  readonly violations: Violation[] = [];
  /** What was done, what went wrong, and what the program said to it. */
  readonly seen = new Tally();
  readonly #rules: Rules;
  readonly #told = new Set<string>();
  /** Whether a run of two at once lets time pass for the other. */
  #pausing = false;

  constructor(theatre: Theatre) {
    this.theatre = theatre;
    this.world = theatre.scenery;
    const { world } = this;
    const { conditions, opener } = theatre;
    const tell = (invariant: Invariant, what: string) => this.tell(invariant, what);
    this.ledger = new Ledger(world, opener, conditions);
    this.#rules = new Rules(world, this.ledger, conditions, tell);
    this.ends = new Ends(world, this.ledger, this.#rules, conditions, tell);
    this.people = new People(world, this.ledger, this.#rules);
    theatre.watch({
      ledger: this.ledger,
      rules: this.#rules,
      seen: this.seen,
      tell,
      act: (command) => this.do(command),
      receive: (mail, run) => this.#receive(mail, run),
    });
    for (const [index, days] of conditions.dueInDays.entries()) {
      this.people.hire(NAMES[index] ?? '', conditions.rotateAfterDays - days);
    }
  }

  /** Notes a violation, each once. */
  tell(invariant: Invariant, what: string): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.violations.push({ invariant, what });
  }

  async do(command: Command): Promise<Told> {
    const told = await this.#do(command);
    if (told === undefined) this.seen.add(`not possible: ${command.do}`);
    else for (const what of aspects(command)) this.seen.add(`done: ${what}`);
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
        const invocation = 'run' in command ? command.run : INVOCATION;
        try {
          return await this.theatre.byHand(invocation, (run) => this.people.do(command, run));
        } catch (error) {
          return this.#failed(describe(error));
        }
      }
    }
  }

  /** A TTL deletion, and a run of both functions. */
  async day(lateHours = 0): Promise<Told> {
    await this.theatre.expire(lateHours * HOUR_MS);
    const destructed = await this.#runDestructor(INVOCATION, this.world.table.stream);
    // Of a user whose record was just written, a scan may know nothing yet, and nothing is judged.
    this.world.clock.advance(this.theatre.conditions.scanLagSeconds * SECOND_MS);
    const rotated = await this.#runRotator(INVOCATION, EVERYBODY, !this.theatre.isBlind);
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
    const see = blind === 'no' ? () => {} : this.theatre.blind(blind, userId);
    try {
      const users = only === undefined ? {} : { users: [userName ?? ''] };
      const seesAll = only === undefined && !this.theatre.isBlind;
      const isWhole = seesAll && !isDisturbed(invocation);
      return await this.#runRotator(invocation, { ...EVERYBODY, ...users, force }, isWhole);
    } finally {
      see();
    }
  }

  async #destruct({ run: invocation, lateHours, stream }: Does<'destruct'>): Promise<Told> {
    const { table } = this.world;
    await this.theatre.expire(lateHours * HOUR_MS);
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
    if (programs.includes('destructor')) await this.theatre.expire(0);
    const keys = new Set(this.ledger.keys.keys());
    const mails = this.ledger.mails.length;
    const play = (program: Program, invocation: Invocation) =>
      program === 'rotator'
        ? this.#runRotator(invocation, EVERYBODY, false)
        : this.#runDestructor(invocation, this.world.table.stream);
    this.theatre.mingle(seed);
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
        const isMailedOnce = this.theatre.conditions.post === 'accepted' && !runs.some(isDisturbed);
        if (mailed.length > 1 && isMailedOnce) {
          this.tell(6, `two runs at once mailed ${mailed.length} times to a user`);
        }
      }
      return told.join(' | ');
    } finally {
      this.theatre.mingle(undefined);
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

  async #runRotator(invocation: Invocation, request: RunRequest, isWhole: boolean): Promise<Told> {
    // What a run must have done is only known where no other one was at work.
    const isAlone = this.theatre.underWay === 0;
    const mustDoAll = isWhole && isAlone;
    const found = this.ends.find();
    const sinceMs = this.ledger.nowMs + Math.min(0, this.theatre.skewMs(invocation));
    const ended = await this.theatre.rotate(invocation, request);
    this.#searchEverything();
    if (mustDoAll && (ended.kind === 'answered' || ended.kind === 'refused')) {
      this.ends.afterRun(found, sinceMs);
    }
    const isHealthy = isAlone && !isDisturbed(invocation);
    if (ended.kind !== 'answered') return this.#end('a run', ended, isHealthy);
    const { rows } = ended.answer;
    for (const { userName, outcome, reason } of rows) {
      this.seen.add(`rotator: ${outcome}: ${plain(reason)}`);
      if (!reason) this.tell(0, `${outcome} of ${userName} has no reason`);
    }
    this.#search(JSON.stringify(ended.answer));
    return rows
      .filter(({ outcome }) => outcome !== 'skipped')
      .map(({ userName, outcome, reason }) => `${userName} ${outcome} (${reason})`)
      .join('; ');
  }

  /** As Lambda does, takes the records up to the first failed one off the stream. */
  async #runDestructor(invocation: Invocation, batch: readonly StreamRecord[]): Promise<Told> {
    if (batch.length === 0) return '';
    const isHealthy = this.theatre.underWay === 0 && !isDisturbed(invocation);
    const ended = await this.theatre.destruct(invocation, batch);
    this.#searchEverything();
    if (ended.kind !== 'answered') return this.#end('the destructor', ended, isHealthy);
    const { rows, failures } = ended.answer;
    for (const { outcome, reason } of rows) {
      this.seen.add(`destructor: ${outcome}: ${plain(reason)}`);
    }
    if (failures.length > 0) this.seen.add('destructor: a record goes back to the stream');
    const failed = batch.findIndex(({ dynamodb }) => failures.includes(dynamodb.SequenceNumber));
    this.#takeOff(failed < 0 ? batch : batch.slice(0, failed));
    // A record that can't be read goes back until a person mends it.
    const wronged = batch.filter(
      ({ dynamodb }) =>
        failures.includes(dynamodb.SequenceNumber) && this.ends.isReadable(userOf(dynamodb.Keys)),
    );
    if (wronged.length > 0 && isHealthy && !this.#pausing) {
      const numbers = wronged.map(({ dynamodb }) => dynamodb.SequenceNumber);
      this.tell(0, `the destructor gave records back: ${numbers.join(', ')}`);
    }
    return rows.map(({ outcome, reason }) => `${outcome} (${reason})`).join('; ');
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
    if (this.theatre.conditions.encryptKeyPair)
      this.#search(`${mail.subject}${mail.text}${mail.html}`);
    if (!pair) return;
    const isFirst = this.ledger.mails.filter(({ keyId }) => keyId === pair.keyId).length === 1;
    this.#rules.onMail(pair.keyId, pair.to, run, isFirst);
  }

  // --- what is said ---

  /** Without a fault a function only ends early when its time is over. */
  #end(
    what: string,
    ended: Exclude<Ended<unknown>, { kind: 'answered' }>,
    isHealthy: boolean,
  ): string {
    if (ended.kind === 'killed') return 'killed';
    // Another run that is under way may let so much time pass that a call times out.
    if (ended.kind === 'failed' && isHealthy && !this.#pausing) {
      this.tell(0, `${what} failed: ${ended.error}`);
    }
    return this.#failed(ended.error);
  }

  #failed(error: string): string {
    this.#search(error);
    return error;
  }

  #searchEverything(): void {
    for (const text of this.theatre.takeSaid()) this.#search(text);
  }

  /** The rule 5, and that nothing crashed. */
  #search(text: string): void {
    for (const secret of this.theatre.leaksIn(text)) this.tell(5, `${secret} is in the clear`);
    const crash = /(?:Type|Range|Reference|Syntax)Error: [^"]*/.exec(text)?.[0];
    if (crash) this.tell(0, `a crash: ${crash}`);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
