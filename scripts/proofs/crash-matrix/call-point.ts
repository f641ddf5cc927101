/** A call of a rotation, as a point at which something can go wrong. */
import type { Call } from '../../../simulation/aws/index.ts';
import type { FunctionName } from '../../../simulation/scenario/functions.ts';
import { calledKindOf } from '../../../simulation/scenario/table-items.ts';
import type { ScenarioName } from '../scenarios/scenarios.ts';

export interface CallPoint {
  readonly scenario: ScenarioName;
  readonly functionName: FunctionName;
  /** Which invocation of the function in that scenario, from 1. */
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

/**
 * What the mail server's password is read with. A function that has read it remembers it, so only
 * one that is started for this invocation makes this call.
 */
const PASSWORD = 'ssm:GetParameter password';

/** Whether the call is only made by a function that has been started for it. */
export function needsNewFunction({ label }: Pick<CallPoint, 'label'>): boolean {
  return label === PASSWORD;
}

/** Whether a call is meant to change something that a run works on: not only the item about the run. */
export function isEffect({ action, resource }: Pick<Call, 'action' | 'resource'>): boolean {
  return /^(Put|Create|Update|Delete|Send|DATA)/.test(action) && calledKindOf(resource) !== 'run';
}

/** An action, and what kind of item or parameter it is about. */
export function labelOf({
  service,
  action,
  resource,
}: Pick<Call, 'service' | 'action' | 'resource'>): string {
  const name = `${service}:${action}`;
  const { Name: parameter } = resource;
  if (service === 'ssm' && parameter !== undefined && !parameter.startsWith('/ikr/')) {
    return `${name} password`;
  }
  const item = calledKindOf(resource);
  return item === undefined ? name : `${name} ${item}`;
}
