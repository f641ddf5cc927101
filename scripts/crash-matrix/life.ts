/**
 * One key's life, from the first run that finds it due until the rotation is over: runs every six
 * hours, and less often as long as nothing happens; the TTL service and the destructor in between;
 * and an owner who opens the mail and changes keys. One call may go wrong; everything else is
 * healthy.
 */
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import type { Call, LocalAccount } from '../../test/support/account/index.ts';
import type { Invocation } from '../../test/support/account/lambda-host.ts';
import { Invariants } from '../../test/support/invariants.ts';
import { type ArmedFault, arm, type FaultName } from './faults.ts';
import { type Ending, judge, RotationView } from './judge.ts';
import { Owner } from './owner.ts';
import { type CallPoint, needsNewFunction } from './points.ts';
import { FUNCTIONS, type FunctionName, type Stage, TABLE } from './stage.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
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
  prompt: { opensAfterHours: 12, ttlLateHours: 0 },
  /** The owner opens the mail after the date it names. */
  slow: { opensAfterHours: 54, ttlLateHours: 0 },
  /** The TTL service is two days late, and the rotator has to see to it. */
  'late-ttl': { opensAfterHours: 12, ttlLateHours: 48 },
} as const;

export type StoryName = keyof typeof STORIES;

/** What goes wrong in a life. */
export interface Trouble {
  readonly point: CallPoint;
  readonly fault: FaultName;
  /** How late the TTL service is once it has gone wrong. */
  readonly ttlLateMs: number;
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
  #armed: ArmedFault | undefined;

  constructor(stage: Stage, account: LocalAccount, story: StoryName, trouble?: Trouble) {
    this.#stage = stage;
    this.#account = account;
    this.#story = STORIES[story];
    this.#trouble = trouble;
    const { hands } = account;
    const { userId } = hands.createUser('alice', { tags: { 'IKR:EMAIL': 'alice@example.com' } });
    const first = hands.createKey('alice', { ageMs: 81 * DAY_MS });
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
      await this.#look([]);
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
    const answer = await this.#invoke('rotator', {});
    const cameToItsEnd = !answer.died && !isTimedOut(answer);
    await this.#look(outputOf(answer), cameToItsEnd ? sinceMs : undefined);
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
      const answer = await this.#invoke<DynamoDBBatchResponse>('destructor', { Records: batch });
      await this.#look(outputOf(answer));
      batch = remaining(batch, answer);
      if (batch.length > 0) clock.advance(MINUTE_MS);
    }
  }

  async #invoke<T>(functionName: FunctionName, event: unknown): Promise<Invocation<T>> {
    const host = this.#stage.hosts[functionName];
    const ordinal = 1 + this.#invoked.filter((one) => one.functionName === functionName).length;
    const point = this.#trouble?.point;
    if (this.#trouble && point?.functionName === functionName && point.ordinal === ordinal) {
      this.#armed = arm(this.#trouble.fault, point, this.#account, () => host.kill());
    }
    const { log } = this.#account.calls;
    const from = log.length;
    const before = this.#rotation.state;
    const answer = await host.invoke<T>(event);
    // Hours pass until the next: no mail server keeps a connection open for so long.
    this.#stage.hangUp();
    await this.#rotation.look();
    const after = this.#rotation.state;
    this.#invoked.push({ functionName, ordinal, before, after, calls: log.slice(from) });
    if (isTimedOut(answer)) this.#problems.push(`the ${functionName} ran out of time`);
    return answer;
  }

  async #look(output: readonly string[], completedRunSinceMs?: number): Promise<void> {
    await this.#invariants.observe({
      output,
      ...(completedRunSinceMs !== undefined && { completedRunSinceMs }),
    });
  }
}

function outputOf({ logs, result, error }: Invocation): string[] {
  return [...logs, JSON.stringify({ result, error })];
}

function isTimedOut({ error }: Invocation): boolean {
  return error?.name === 'Sandbox.Timedout';
}

/** What the stream delivers again: from the first record that failed, or all of them. */
function remaining(
  batch: DynamoDBRecord[],
  { result }: Invocation<DynamoDBBatchResponse>,
): DynamoDBRecord[] {
  if (!result) return batch;
  const failed = new Set(result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const first = batch.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
  return first < 0 ? [] : batch.slice(first);
}
