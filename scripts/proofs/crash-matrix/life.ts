/**
 * One key's life, from the first run that finds it due until the rotation is over: runs every six
 * hours, and less often as long as nothing happens; the TTL service and the destructor in between;
 * and an owner who opens the mail and changes keys. One call may go wrong; everything else is
 * healthy.
 */
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import type { Call, LocalAccount } from '../../../simulation/aws/index.ts';
import type { Invocation, LambdaHost } from '../../../simulation/aws/lambda-host.ts';
import { Invariants } from '../../../simulation/invariants/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import { type ArmedFault, arm, type FaultName } from './faults.ts';
import { type Ending, judge, RotationView } from './judge.ts';
import { Owner } from './owner.ts';
import { type CallPoint, needsNewFunction } from './points.ts';
import { FUNCTIONS, type FunctionName, type Stage, TABLE } from './stage.ts';

/** The schedule's time between two runs. */
const SCHEDULE_MS = 6 * HOUR_MS;
/** Between two runs if nothing happened in the last ones. */
const MAX_CALM_MS = DAY_MS;
/** Actions that change something, or were to. */
const EFFECT = /^(Put|Create|Update|Delete|Send|DATA)/;
/** Longer than any rotation takes, a failed one and its back-off before it included. */
const MAX_DAYS = 30;
/** How often the event source mapping delivers a batch again that failed. */
const DELIVERIES = 11;

export const STORIES = {
  /** The owner changes keys before anything happens to the old one. */
  prompt: { keyAgeDays: 81, opensAfterHours: 12, ttlLateHours: 0 },
  /** The owner opens the mail after the date it names. */
  slow: { keyAgeDays: 81, opensAfterHours: 54, ttlLateHours: 0 },
  /** The TTL service is two days late, and the rotator has to see to it. */
  'late-ttl': { keyAgeDays: 81, opensAfterHours: 12, ttlLateHours: 48 },
  /** The owner opens the mail when the old key is already too old to work on. */
  overdue: { keyAgeDays: 89, opensAfterHours: 102, ttlLateHours: 0 },
} as const;

export type StoryName = keyof typeof STORIES;

/** What goes wrong in a life. */
export interface Trouble {
  readonly point: CallPoint;
  readonly fault: FaultName;
  /** How late the TTL service is once it has gone wrong. */
  readonly ttlLateMs: number;
  /** The run after it, counted from 1, that is made by two rotators at once. */
  readonly doubleRun: number;
}

/** One invocation of a function, as it is looked at afterwards. */
export interface Invoked {
  readonly functionName: FunctionName;
  /** Counts the invocations of this function, from 1. */
  readonly ordinal: number;
  /** The states of the rotation record. */
  readonly before: string;
  readonly after: string;
  readonly calls: readonly Call[];
}

export interface Lived extends Ending {
  readonly invoked: readonly Invoked[];
  /** Whether the call that was to go wrong was made at all. */
  readonly struck: boolean;
  /** What the functions complained of, oldest first; each complaint once. */
  readonly complaints: readonly string[];
}

/** Lives a story, in good health or with one trouble. */
export async function live(stage: Stage, story: StoryName, trouble?: Trouble): Promise<Lived> {
  // The calls must be those that were counted. A warm function makes all of them but one.
  if (!trouble) await chill(stage, FUNCTIONS);
  else if (needsNewFunction(trouble.point)) await chill(stage, [trouble.point.functionName]);
  return new Life(stage, await stage.renew(), story, trouble).play();
}

async function chill({ hosts }: Stage, names: readonly FunctionName[]): Promise<void> {
  await Promise.all(names.map((name) => hosts[name].kill()));
}

class Life {
  readonly #stage: Stage;
  readonly #account: LocalAccount;
  readonly #story: (typeof STORIES)[StoryName];
  readonly #trouble: Trouble | undefined;
  readonly #invariants: Invariants;
  readonly #owner: Owner;
  readonly #rotation: RotationView;
  readonly #invoked: Invoked[] = [];
  readonly #problems: string[] = [];
  readonly #complaints = new Set<string>();
  #armed: ArmedFault | undefined;
  #runsAfterTrouble = 0;

  constructor(stage: Stage, account: LocalAccount, story: StoryName, trouble?: Trouble) {
    this.#stage = stage;
    this.#account = account;
    this.#story = STORIES[story];
    this.#trouble = trouble;
    const { hands } = account;
    const { userId } = hands.createUser('alice', { tags: { 'IKR:EMAIL': 'alice@example.com' } });
    const first = hands.createKey('alice', { ageMs: this.#story.keyAgeDays * DAY_MS });
    this.#rotation = new RotationView(account, TABLE, 'alice', userId, first.accessKeyId);
    this.#owner = new Owner(account, first, this.#story.opensAfterHours * HOUR_MS);
    const { encrypted, used } = stage.configuration;
    this.#invariants = new Invariants({
      account,
      table: TABLE,
      encryptKeyPair: encrypted,
      requireNewKeyUsed: used,
    });
  }

  async play(): Promise<Lived> {
    const { clock } = this.#account;
    const fromMs = clock.nowMs();
    const untilMs = fromMs + MAX_DAYS * DAY_MS;
    let overAtMs: number | undefined;
    let pauseMs = SCHEDULE_MS;
    let quietSince = 0;
    while (clock.nowMs() < untilMs) {
      await this.#run();
      await this.#owner.work();
      await this.#invariants.observe();
      pauseMs = this.#isQuiet(quietSince) ? Math.min(2 * pauseMs, MAX_CALM_MS) : SCHEDULE_MS;
      quietSince = this.#invoked.length;
      // What is due in a day is so in full seconds: a minute makes sure that it is.
      clock.advance(pauseMs / 2 + MINUTE_MS);
      await this.#expire();
      clock.advance(pauseMs / 2);
      // One more run, and one more look at the table, must find nothing to do.
      if (overAtMs !== undefined) break;
      if (this.#rotation.isOver()) overAtMs = clock.nowMs();
    }
    const ending = await judge(this.#rotation, this.#invariants.violations);
    return {
      ...ending,
      problems: [...this.#problems, ...ending.problems],
      days: ((overAtMs ?? clock.nowMs()) - fromMs) / DAY_MS,
      invoked: this.#invoked,
      complaints: [...this.#complaints],
      struck: this.#armed?.struckAtMs !== undefined,
    };
  }

  /** Whether nothing was changed by the invocations from this one on, nor tried to be. */
  #isQuiet(since: number): boolean {
    const calls = this.#invoked.slice(since).flatMap((one) => one.calls);
    return !calls.some(({ action }) => EFFECT.test(action));
  }

  async #run(): Promise<void> {
    const sinceMs = this.#account.clock.nowMs();
    if (this.#armed?.struckAtMs !== undefined) this.#runsAfterTrouble += 1;
    const twice = this.#trouble !== undefined && this.#runsAfterTrouble === this.#trouble.doubleRun;
    const { hosts, secondRotator } = this.#stage;
    const answers = await this.#invoke(
      'rotator',
      {},
      twice ? [hosts.rotator, secondRotator] : [hosts.rotator],
    );
    const cameToItsEnd = answers.every((answer) => !answer.died && !isTimedOut(answer));
    await this.#invariants.observe({
      output: answers.flatMap(outputOf),
      twice,
      ...(cameToItsEnd && { completedRunSinceMs: sinceMs }),
    });
  }

  /** The TTL service removes what is due, and the stream brings it to the destructor. */
  async #expire(): Promise<void> {
    const { clock, stream } = this.#account;
    const afterTroubleMs =
      this.#armed?.struckAtMs === undefined ? 0 : (this.#trouble?.ttlLateMs ?? 0);
    await this.#account.expire(TABLE, {
      lateByMs: this.#story.ttlLateHours * HOUR_MS + afterTroubleMs,
    });
    let batch = stream.take(({ eventName }) => eventName === 'REMOVE');
    for (let delivery = 1; batch.length > 0 && delivery <= DELIVERIES; delivery++) {
      const { destructor } = this.#stage.hosts;
      const [answer] = await this.#invoke<DynamoDBBatchResponse>('destructor', { Records: batch }, [
        destructor,
      ]);
      await this.#invariants.observe({ output: answer ? outputOf(answer) : [] });
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
    const point = this.#trouble?.point;
    if (this.#trouble && point?.functionName === functionName && point.ordinal === ordinal) {
      this.#armed = arm(this.#trouble.fault, point, this.#account, () =>
        this.#stage.hosts[functionName].kill(),
      );
    }
    const { log } = this.#account.calls;
    const from = log.length;
    const before = this.#rotation.state;
    const answers = await Promise.all(environments.map((host) => host.invoke<T>(event)));
    for (const complaint of answers.flatMap(complaintsIn)) {
      this.#complaints.add(`${functionName}: ${complaint}`);
    }
    // Hours pass until the next: no mail server keeps a connection open for so long.
    this.#stage.hangUp();
    await this.#rotation.look();
    const after = this.#rotation.state;
    this.#invoked.push({ functionName, ordinal, before, after, calls: log.slice(from) });
    if (answers.some(isTimedOut)) this.#problems.push(`the ${functionName} ran out of time`);
    return answers;
  }
}

function outputOf({ logs, result, error }: Invocation): string[] {
  return [...logs, JSON.stringify({ result, error })];
}

/** What is logged as a warning or an error, and what the invocation failed of. */
function complaintsIn({ logs, error }: Invocation): string[] {
  const lines = logs.flatMap((line) => {
    if (!/"level":"(warn|error)"/.test(line)) return [];
    const { timestamp: _, requestId: __, ...said } = JSON.parse(line) as Record<string, unknown>;
    return [JSON.stringify(said)];
  });
  return error ? [...lines, `${error.name}: ${error.message}`] : lines;
}

function isTimedOut({ error }: Invocation): boolean {
  return error?.name === 'Sandbox.Timedout';
}

/** What the stream delivers again: from the first record that failed, or all of them. */
function remaining(
  batch: DynamoDBRecord[],
  result: DynamoDBBatchResponse | undefined,
): DynamoDBRecord[] {
  if (!result) return batch;
  const failed = new Set(result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const first = batch.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
  return first < 0 ? [] : batch.slice(first);
}
