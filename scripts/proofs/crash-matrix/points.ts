/** Every call of a whole rotation, as the points at which something can go wrong. */
import type { Call } from '../../../simulation/aws/index.ts';
import { nameOf } from './configurations.ts';
import { type Invoked, live, STORIES, type StoryName } from './life.ts';
import type { FunctionName, Stage } from './stage.ts';

export interface CallPoint {
  readonly story: StoryName;
  readonly functionName: FunctionName;
  /** Which invocation of the function in that story, from 1. */
  readonly ordinal: number;
  readonly service: string;
  readonly action: string;
  /** What the call is about, such as `dynamodb:PutItem timer`. */
  readonly label: string;
  /** Which call with that label in that invocation, from 1. */
  readonly nth: number;
  /** What the invocation did, such as `rotator none → SCHEDULED`. */
  readonly step: string;
  /** The label, with its number if there were others before: `dynamodb:PutItem record (2)`. */
  readonly call: string;
}

/** A life goes wrong although every call is answered; the message says what is wrong. */
export class UnhealthyStory extends Error {
  override readonly name = 'UnhealthyStory';
}

/**
 * Lives each story in good health and lists its calls. An invocation that does what another did
 * before, call by call, from the same state to the same state, has no points of its own.
 * @throws UnhealthyStory
 */
export async function recordPoints(stage: Stage): Promise<CallPoint[]> {
  const points: CallPoint[] = [];
  const known = new Set<string>();
  const names = new Map<string, number>();
  for (const story of Object.keys(STORIES) as StoryName[]) {
    for (const one of await healthyLife(stage, story)) {
      const signature = signatureOf(one);
      if (known.has(signature)) continue;
      known.add(signature);
      const { functionName, before, after } = one;
      const change = before === after ? `at ${before}` : `${before} → ${after}`;
      const name = `${functionName} ${change}`;
      const count = (names.get(name) ?? 0) + 1;
      names.set(name, count);
      points.push(...pointsOf(one, story, count > 1 ? `${name} (${count})` : name));
    }
  }
  return points;
}

/** How often a life may differ from the one before. */
const TRIES = 5;

/**
 * What is invoked in good health. A machine that is very busy may keep an answer so long that a
 * function gives up, and goes another way or complains: only what comes out twice in a row is
 * believed, good or bad.
 */
async function healthyLife(stage: Stage, story: StoryName): Promise<readonly Invoked[]> {
  const name = `${nameOf(stage.configuration)}: the story “${story}”`;
  let before: string | undefined;
  for (let tries = 1; tries <= TRIES; tries++) {
    const { problems, complaints, invoked } = await live(stage, story);
    const wrong = [...problems, ...complaints];
    const course = wrong.length > 0 ? 'wrong' : invoked.map(signatureOf).join('\n');
    if (course === before) {
      if (wrong.length === 0) return invoked;
      throw new UnhealthyStory(`${name} goes wrong by itself: ${wrong.join('; ')}`);
    }
    before = course;
  }
  throw new UnhealthyStory(`${name} never comes out the same twice in a row`);
}

function signatureOf({ functionName, before, after, calls }: Invoked): string {
  // Some calls are made at once, in whichever order they arrive.
  return [functionName, before, after, ...calls.map(labelOf).sort()].join(' ');
}

function pointsOf(
  { functionName, ordinal, calls }: Invoked,
  story: StoryName,
  step: string,
): CallPoint[] {
  const labels = new Map<string, number>();
  return calls.map((one) => {
    const { service, action } = one;
    const label = labelOf(one);
    const nth = (labels.get(label) ?? 0) + 1;
    labels.set(label, nth);
    const call = nth > 1 ? `${label} (${nth})` : label;
    return { story, functionName, ordinal, service, action, label, nth, step, call };
  });
}

/**
 * What the mail server's password is read with. A function that has read it remembers it, so only
 * one that starts anew makes this call.
 */
const PASSWORD = 'ssm:GetParameter password';

/** Whether the call is made by a function only that has been started for it. */
export function needsNewFunction({ label }: Pick<CallPoint, 'label'>): boolean {
  return label === PASSWORD;
}

/** An action, and what kind of item or parameter it is about. */
export function labelOf({
  service,
  action,
  resource,
}: Pick<Call, 'service' | 'action' | 'resource'>): string {
  const name = `${service}:${action}`;
  const { ak, Name: parameter } = resource;
  if (service === 'ssm' && parameter !== undefined && !parameter.startsWith('/ikr/')) {
    return `${name} password`;
  }
  if (ak === undefined) return name;
  const item = ak === 'rotation' ? 'record' : ak.startsWith('history#') ? 'history' : 'timer';
  return `${name} ${item}`;
}
