/** The days of the demo, one after another. */
import type { DynamoDBBatchResponse } from 'aws-lambda';
import type { Item } from '../../simulation/aws/index.ts';
import type { Invocation } from '../../simulation/aws/lambda-host.ts';
import { AccountObserver, type Checker, type Step } from '../../simulation/invariants/index.ts';
import { accountEnvironment } from '../../simulation/scenario/account-environment.ts';
import type { Environment } from '../../simulation/scenario/environment.ts';
import type { FunctionName } from '../../simulation/scenario/functions.ts';
import { userIdOf, wireKeyOf } from '../../simulation/scenario/table-items.ts';
import { perform } from '../../simulation/scenario/user-actions.ts';
import { findTokens } from '../../src/deliveries/mail/templates/token-block.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import { isComplete, outputOf, rowsOf } from './answers.ts';
import { clockTime, dayOf, HOURS, PEOPLE_HOUR, ROTATOR_HOURS } from './calendar.ts';
import { chance } from './chance.ts';
import { type DemoDeployment, StreamReader, TABLE } from './deployment.ts';
import { faultIn, mailServerNews } from './faults.ts';
import { News, type Totals } from './news.ts';
import type { DemoOptions } from './options.ts';
import { Person } from './person.ts';
import type { Label, Timeline } from './timeline.ts';
import { type PlannedAction, usersOf } from './users.ts';
import { NOTES } from './wording.ts';

export class DemoRun {
  /** What should not have happened besides violations, such as a mail that can't be used. */
  readonly problems: string[] = [];
  readonly #options: DemoOptions;
  readonly #deployment: DemoDeployment;
  readonly #environment: Environment;
  readonly #observer: AccountObserver;
  readonly #timeline: Timeline;
  readonly #news: News;
  readonly #people: readonly Person[];
  readonly #stream: StreamReader;
  #mailsSeen = 0;
  #violationsSeen = 0;
  #isStopped = false;

  constructor(options: DemoOptions, deployment: DemoDeployment, timeline: Timeline) {
    const { account, mailServer } = deployment;
    this.#options = options;
    this.#deployment = deployment;
    this.#environment = accountEnvironment(account, TABLE);
    this.#timeline = timeline;
    this.#news = new News(timeline);
    this.#people = usersOf(options.users, options.seed).map((user) => new Person(user, account));
    for (const { user } of this.#people) if (user.refused) mailServer.refuse(user.refused);
    this.#stream = new StreamReader(account);
    this.#observer = new AccountObserver({ account, table: TABLE, deleteAfterDays: 7 });
  }

  get totals(): Readonly<Totals> {
    return this.#news.totals;
  }

  get checker(): Checker {
    return this.#observer.checker;
  }

  /** Ends the demo after the step that is under way. */
  stop(): void {
    this.#isStopped = true;
  }

  async run(): Promise<void> {
    for (const { user, name } of this.#people) {
      if (user.untagged) this.#event('left alone', name, 'not tagged, so not managed');
    }
    let passed = HOURS[0] ?? 0;
    for (let day = 1; day <= this.#options.days; day++) {
      for (const hour of HOURS) {
        if (this.#isStopped) return;
        const hours = (day - 1) * 24 + hour;
        // Only ever turned by whole hours: what is due is due at the same hour in every demo.
        this.#deployment.account.clock.advance((hours - passed) * HOUR_MS);
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
    const { account, rotators } = this.#deployment;
    const news = mailServerNews(day, hour, this.#deployment);
    if (news !== undefined) this.#timeline.note(news);
    const names = new Set(this.#people.map(({ user }) => user.name));
    const fault = faultIn(day, hour, this.#deployment, names);
    const twice = hour === ROTATOR_HOURS[0] && day % 10 === 1;

    const sinceMs = account.clock.nowMs();
    const invoked = twice ? rotators : [rotators[0]];
    const answers = await Promise.all(invoked.map((rotator) => rotator.invoke({})));
    if (fault) {
      fault.end();
      // Lambda keeps no environment idle for hours. Here it would, and its SDK clients would go on
      // at the slow pace that they had fallen to.
      await rotators[0].kill();
    }
    this.#news.totals.rotatorRuns += answers.length;
    await this.#report(answers, 'rotator');
    if (fault) this.#timeline.note(fault.note);
    await this.#observe({
      ...(answers.every(isComplete) && { completedRunSinceMs: sinceMs }),
      twice,
      output: answers.flatMap(outputOf),
    });
    if (twice && this.checker.violations.length === 0) this.#timeline.note(NOTES.twice);
  }

  async #letTimersExpire(): Promise<void> {
    const { account, destructor } = this.#deployment;
    const nowMs = account.clock.nowMs();
    await account.expire(TABLE, { only: (item) => this.#isNoticed(item, nowMs) });
    const Records = this.#stream.next();
    if (Records.length === 0) return;
    const answer = await destructor.invoke<DynamoDBBatchResponse>({ Records });
    this.#stream.settle(answer);
    this.#news.totals.destructorRuns += 1;
    await this.#report([answer], 'destructor');
    await this.#observe({ output: outputOf(answer) });
  }

  /** The TTL service is often late, by hours or up to two days. */
  #isNoticed(item: Item, nowMs: number): boolean {
    const dueMs = Number(item.delete_on?.N) * 1000;
    const name = this.#personOf(userIdOf(wireKeyOf(item)))?.user.name ?? '';
    const draw = chance(this.#options.seed, 'ttl', name, dayOf(dueMs));
    const lateDays = draw < 0.7 ? 0 : draw < 0.9 ? (draw - 0.7) * 2.5 : (draw - 0.85) * 13;
    return dueMs + lateDays * DAY_MS < nowMs;
  }

  async #letPeopleWork(day: number): Promise<void> {
    for (const person of this.#people) {
      for (const planned of person.actionsOn(day)) await this.#act(person, planned);
      await this.#letOpen(person, day);
      person.work();
    }
    await this.#observe();
  }

  async #act(person: Person, { action, text }: PlannedAction): Promise<void> {
    const { name, userId } = person;
    // A person may delete the only key; nobody in this account does.
    const isOnly = this.#environment.iam.keysOf(userId).length < 2;
    if (action.do === 'delete key' && isOnly) return;
    if ((await perform(action, userId, this.#environment)) === undefined) return;
    person.note(action);
    this.#event('by hand', name, text);
  }

  async #letOpen(person: Person, day: number): Promise<void> {
    const mail = person.mailToOpen(day);
    if (!mail) return;
    try {
      const how = await person.open(mail);
      if (how !== 'again') this.#news.totals.opened += 1;
      this.#event('in use', person.name, OPENED[how]);
      this.#timeline.note(NOTES.opened);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.problems.push(`day ${day}: ${person.name} could not use the mail: ${why}`);
      this.#event('problem', person.name, `can not use the mail: ${why}`);
    }
  }

  /** Prints what a function reports, and brings the mails to their owners. */
  async #report(answers: readonly Invocation[], by: FunctionName): Promise<void> {
    const { clock } = this.#deployment.account;
    const time = clockTime(clock.nowMs());
    for (const row of rowsOf(answers, by === 'rotator' ? 'report' : 'batch')) {
      const person = this.#personOf(row.userId);
      this.#news.take(time, person?.name ?? row.userId, row, by);
      if (row.outcome === 'deactivated') person?.noteDeactivation(dayOf(clock.nowMs()));
    }
    for (const answer of answers) {
      if (answer.died) await this.#reportCrash();
      else if (!isComplete(answer)) this.#reportFailure(`the ${by}`, answer.error?.message ?? '');
    }
    this.#deliverMails();
  }

  /** A function that was killed reports nothing; what it left behind is in the journal. */
  async #reportCrash(): Promise<void> {
    for (const item of await this.#deployment.account.userActions.items(TABLE)) {
      const person = this.#personOf(userIdOf(wireKeyOf(item)));
      if (!person || !['STARTED', 'DELIVERING'].includes(item.state?.S ?? '')) continue;
      this.#news.noteProblem(person.userId);
      this.#event('problem', person.name, 'the rotation is interrupted in the middle');
    }
  }

  /** No fault of this demo makes a function fail in another way than its own. */
  #reportFailure(who: string, why: string): void {
    this.problems.push(`${who} failed: ${why}`);
    this.#event('problem', who, `fails: ${why}`);
  }

  #deliverMails(): void {
    const { mails, clock } = this.#deployment.account;
    const day = dayOf(clock.nowMs());
    for (const mail of mails.slice(this.#mailsSeen)) {
      if (findTokens(mail.text).length === 0) continue;
      for (const person of this.#people) person.receive(mail, day);
    }
    this.#mailsSeen = mails.length;
  }

  async #observe(step: Step = {}): Promise<void> {
    await this.#observer.observe(step);
    const { violations } = this.checker;
    for (const { invariant, userName, what } of violations.slice(this.#violationsSeen)) {
      this.#event('problem', userName || 'nobody', `INVARIANT ${invariant} IS VIOLATED: ${what}`);
    }
    this.#violationsSeen = violations.length;
  }

  #event(label: Label, name: string, text: string): void {
    this.#timeline.event(clockTime(this.#deployment.account.clock.nowMs()), label, name, text);
  }

  #personOf(userId: string): Person | undefined {
    return this.#people.find((person) => person.userId === userId);
  }
}

const OPENED = {
  'with the old key': 'opened the mail with the old key; the new one is in use',
  'with help': 'no active key is left, so an administrator helped to open the mail',
  again: 'the same key was mailed again, as the mail says: one of the mails is enough',
} as const;
