import type { CancelledRecord, DeliveredRecord, DeliveringRecord } from '../domain/record.ts';
import type { ReportRow } from '../domain/report.ts';
import { row } from '../domain/row.ts';
import type { Clock } from '../ports/clock.ts';
import type { Held } from './claimed-record.ts';

/** Writes a person's veto down: from now on nothing touches either key. */
export async function cancel(
  held: Held<DeliveredRecord | DeliveringRecord>,
  reason: string,
  ports: { readonly clock: Clock },
): Promise<ReportRow> {
  const { record } = held;
  await held.release<CancelledRecord>({
    ...record,
    state: 'CANCELLED',
    cancelledAtMs: ports.clock.nowMs(),
    reason,
  });
  return row(record, 'cancelled', reason);
}
