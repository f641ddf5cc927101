/** Every call of a whole rotation, as the points at which something can go wrong. */
import type { Call } from '../../test/support/account/index.ts';
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
  /** Which call of that action in that invocation, from 1. */
  readonly nth: number;
  /** What the invocation did, such as `rotator none → SCHEDULED`. */
  readonly step: string;
  /** What the call is about, such as `dynamodb:PutItem timer`. */
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
    const { problems, invoked } = await live(stage, story);
    if (problems.length > 0) {
      throw new UnhealthyStory(
        `${nameOf(stage.configuration)}: the story “${story}” goes wrong by itself: ${problems.join('; ')}`,
      );
    }
    for (const one of invoked) {
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

function signatureOf({ functionName, before, after, calls }: Invoked): string {
  // Some calls are made at once, in whichever order they arrive.
  return [functionName, before, after, ...calls.map(labelOf).sort()].join(' ');
}

function pointsOf(
  { functionName, ordinal, calls }: Invoked,
  story: StoryName,
  step: string,
): CallPoint[] {
  const counts = new Map<string, number>();
  const labels = new Map<string, number>();
  return calls.map((call) => {
    const { service, action } = call;
    const nth = (counts.get(`${service}:${action}`) ?? 0) + 1;
    counts.set(`${service}:${action}`, nth);
    const label = labelOf(call);
    const same = (labels.get(label) ?? 0) + 1;
    labels.set(label, same);
    const name = same > 1 ? `${label} (${same})` : label;
    return { story, functionName, ordinal, service, action, nth, step, call: name };
  });
}

/** An action, and for the table what kind of item it is about. */
function labelOf({ service, action, resource: { ak } }: Call): string {
  if (ak === undefined) return `${service}:${action}`;
  const item = ak === 'rotation' ? 'record' : ak.startsWith('history#') ? 'history' : 'timer';
  return `${service}:${action} ${item}`;
}
