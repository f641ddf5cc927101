import { isLastWord } from '../domain/events.ts';
import { type ReportRow, toReportRow } from '../domain/report.ts';
import type { Subscriber } from '../ports/notifications.ts';

/** Collects the rows of a run's report. */
export interface ReportCollector extends Subscriber {
  readonly rows: readonly ReportRow[];
}

export function collectReport(): ReportCollector {
  const rows: ReportRow[] = [];
  return {
    name: 'report',
    rows,
    notify(event) {
      if (isLastWord(event)) rows.push(toReportRow(event));
    },
  };
}
