import type { Reason } from '../../domain/reasons.ts';
import type { CancelledRecord } from '../../domain/record.ts';

/** A reason as it stands in a record. */
export function stored({ code, details }: Reason): CancelledRecord['reason'] {
  return { code, ...(details && { details: { ...details } }) };
}
