/** The days of the demo, one after another. */

import type { DynamoDBBatchResponse } from 'aws-lambda';
import type { Item } from '../../simulation/aws/index.ts';
import type { Invocation } from '../../simulation/aws/lambda-host.ts';
import { Invariants, type Step } from '../../simulation/invariants/index.ts';
import { findTokens } from '../../src/deliveries/mail/templates/token-block.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import { isComplete, outputOf, rowsOf } from './answers.ts';
import { clockTime, dayOf, HOURS, PEOPLE_HOUR, ROTATOR_HOURS } from './calendar.ts';
import { castOf } from './cast.ts';
import { chance } from './chance.ts';
import { perform } from './deeds.ts';
import type { DemoOptions } from './options.ts';
import { Person } from './person.ts';
import { Story, type Tally } from './story.ts';
import { NOTES } from './telling.ts';
import type { Label, Timeline } from './timeline.ts';
import { mailServerNews, troubleIn } from './troubles.ts';
import { StreamReader, TABLE, type World } from './world.ts';

export class Play {
  /** What should not have happened besides violations, such as a mail that can't be used. */
  readonly problems: string[] = [];
  readonly invariants: Invariants;
  readonly #options: DemoOptions;
  readonly #world: World;
  readonly #timeline: Timeline;
  readonly #story: Story;
  readonly #people: readonly Person[];
  readonly #stream: StreamReader;
  #mailsSeen = 0;
  #stopped = false;

  constructor(options: DemoOptions, world: World, timeline: Timeline) {
    const { account, mailServer } = world;
    this.#options = options;
    this.#world = world;
    this.#timeline = timeline;
    this.#story = new Story(timeline);
    this.#people = castOf(options.users, options.seed).map((part) => new Person(part, account));
    for (const { part } of this.#people) if (part.refused) mailServer.refuse(part.refused);
    this.#stream = new StreamReader(account);
    this.invariants = new Invariants({ account, table: TABLE });
  }

  get tally(): Readonly<Tally> {
    return this.#story.tally;
  }

  /** Ends the play after the step that is under way. */
  stop(): void {
    this.#stopped = true;
  }

  async run(): Promise<void> {
    for (const { part, name } of this.#people) {
      if (part.untagged) this.#event('left alone', name, 'not tagged, so nothing is done to it');
    }
    let passed = HOURS[0] ?? 0;
    for (let day = 1; day <= this.#options.days; day++) {
      for (const hour of HOURS) {
        if (this.#stopped) return;
        const hours = (day - 1) * 24 + hour;
        // Only ever turned by whole hours: what is due is due at the same hour in every demo.
        this.#world.account.clock.advance((hours - passed) * HOUR_MS);
        passed = hours;
        if (ROTATOR_HOURS.includes(hour)) await this.#runRotator(day, hour);
        else if (hour === PEOPLE_HOUR) await this.#letPeopleWork(day);
        else await this.#letTimersExpire();
      }
      this.#timeline.endDay(day);
    }
    this.#timeline.end();
  }

  async #runRotator(day: number, hour: number): Promise<void> {
    const { account, rotators } = this.#world;
    const news = mailServerNews(day, hour, this.#world);
    if (news !== undefined) this.#timeline.note(news);
    const names = new Set(this.#people.map(({ part }) => part.name));
    const trouble = troubleIn(day, hour, this.#world, names);
    const twice = hour === ROTATOR_HOURS[0] && day % 10 === 1;

    const sinceMs = account.clock.nowMs();
    const invoked = twice ? rotators : [rotators[0]];
    const answers = await Promise.all(invoked.map((rotator) => rotator.invoke({})));
    if (trouble) {
      trouble.end();
      // Lambda keeps no environment idle for hours. Here it would, and its SDK clients would go on
      // at the slow pace that they had fallen to.
      await rotators[0].kill();
    }
    this.#story.tally.rotatorRuns += answers.length;
    await this.#tell(answers, 'rotator');
    if (trouble) this.#timeline.note(trouble.note);
    await this.#observe({
      ...(answers.every(isComplete) && { completedRunSinceMs: sinceMs }),
      twice,
      output: answers.flatMap(outputOf),
    });
    if (twice && this.invariants.violations.length === 0) this.#timeline.note(NOTES.twice);
  }

  async #letTimersExpire(): Promise<void> {
    const { account, destructor } = this.#world;
    const nowMs = account.clock.nowMs();
    await account.expire(TABLE, { only: (item) => this.#isNoticed(item, nowMs) });
    const Records = this.#stream.next();
    if (Records.length === 0) return;
    const answer = await destructor.invoke<DynamoDBBatchResponse>({ Records });
    this.#stream.settle(answer);
    this.#story.tally.destructorRuns += 1;
    await this.#tell([answer], 'destructor');
    await this.#observe({ output: outputOf(answer) });
  }

  /** The TTL service is often late, by hours or up to two days. */
  #isNoticed(item: Item, nowMs: number): boolean {
    const dueMs = Number(item.delete_on?.N) * 1000;
    const name = this.#personOf(item.user?.S)?.part.name ?? '';
    const luck = chance(this.#options.seed, 'ttl', name, dayOf(dueMs));
    const lateDays = luck < 0.7 ? 0 : luck < 0.9 ? (luck - 0.7) * 2.5 : (luck - 0.85) * 13;
    return dueMs + lateDays * DAY_MS < nowMs;
  }

  async #letPeopleWork(day: number): Promise<void> {
    for (const person of this.#people) {
      for (const { deed, tell: text } of person.actsOn(day)) {
        const { name } = person;
        if (await perform(deed, person, this.#world.account)) this.#event('by hand', name, text);
      }
      await this.#letOpen(person, day);
      person.work();
    }
    await this.#observe();
  }

  async #letOpen(person: Person, day: number): Promise<void> {
    const mail = person.mailToOpen(day);
    if (!mail) return;
    try {
      const how = await person.open(mail);
      if (how !== 'again') this.#story.tally.opened += 1;
      this.#event('in use', person.name, OPENED[how]);
      this.#timeline.note(NOTES.opened);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.problems.push(`day ${day}: ${person.name} could not use the mail: ${why}`);
      this.#event('trouble', person.name, `can not use the mail: ${why}`);
    }
  }

  /** Tells what a function reports, and brings the mails to their owners. */
  async #tell(answers: readonly Invocation[], by: 'rotator' | 'destructor'): Promise<void> {
    const { clock } = this.#world.account;
    const time = clockTime(clock.nowMs());
    for (const row of rowsOf(answers, by === 'rotator' ? 'report' : 'batch')) {
      const person = this.#personOf(row.userId);
      this.#story.take(time, person?.name ?? row.userName, row, by);
      if (row.outcome === 'deactivated') person?.noteDeactivation(dayOf(clock.nowMs()));
    }
    for (const answer of answers) {
      if (answer.died) await this.#tellCrash();
      else if (!isComplete(answer)) this.#tellFailure(`the ${by}`, answer.error?.message ?? '');
    }
    this.#deliverMails();
  }

  /** Nobody reports a crash; what it left behind is in the journal. */
  async #tellCrash(): Promise<void> {
    for (const item of await this.#world.account.hands.items(TABLE)) {
      const person = this.#personOf(item.user?.S);
      if (!person || !['STARTED', 'DELIVERING'].includes(item.state?.S ?? '')) continue;
      this.#story.noteTrouble(person.userId);
      this.#event('trouble', person.name, 'the rotation is cut off in the middle');
    }
  }

  /** No trouble of this demo makes a function fail but in its own words. */
  #tellFailure(who: string, why: string): void {
    this.problems.push(`${who} failed: ${why}`);
    this.#event('trouble', who, `fails: ${why}`);
  }

  #deliverMails(): void {
    const { mails, clock } = this.#world.account;
    const day = dayOf(clock.nowMs());
    for (const mail of mails.slice(this.#mailsSeen)) {
      if (findTokens(mail.text).length === 0) continue;
      for (const person of this.#people) person.receive(mail, day);
    }
    this.#mailsSeen = mails.length;
  }

  async #observe(step: Step = {}): Promise<void> {
    for (const { invariant, userName, what } of await this.invariants.observe(step)) {
      this.#event('trouble', userName || 'nobody', `INVARIANT ${invariant} IS VIOLATED: ${what}`);
    }
  }

  #event(label: Label, name: string, text: string): void {
    this.#timeline.event(clockTime(this.#world.account.clock.nowMs()), label, name, text);
  }

  #personOf(userId: string | undefined): Person | undefined {
    return this.#people.find((person) => person.userId === userId);
  }
}

const OPENED = {
  'with the old key': 'opened the mail with the old key; the new one is in use',
  'with help': 'no key is left that works, so an administrator helped to open the mail',
  again: 'the same key came again, as the mail says: one of the mails is enough',
} as const;
