import type { Call } from '../../aws/index.ts';

const SERVICES: readonly Call['service'][] = ['iam', 'ssm', 'dynamodb', 'sts'];
const FAULTS = ['pending', 'throttle', 'deny', 'error500'];

/** Whether AWS or the way to it failed the caller; refusals that belong to the work are none. */
export function isFault({ service, outcome }: Call): boolean {
  if (!SERVICES.includes(service)) return false;
  return FAULTS.includes(outcome) || /-(before|after)$/.test(outcome);
}
