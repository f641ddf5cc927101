import type { PolicyReading } from '../policy.ts';
import { reason, sentence } from '../reasons.ts';

/** Why there is nobody to deliver to. */
export function whyNobody(reading: Exclude<PolicyReading, { kind: 'managed' }>): string {
  return reading.kind === 'invalid' ? reading.problems.join('; ') : sentence(reason('opted-out'));
}
