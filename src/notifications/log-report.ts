import type { Report } from '../domain/report.ts';
import type { Log } from '../ports/log.ts';

/** CloudWatch Logs takes 256 kB an event on every plan: a row is about 250 bytes. */
const ROWS_A_LINE = 500;

/** Logs the report: the totals, and every row, on as many lines as they need. */
export function logReport(report: Report, log: Log): void {
  const { rows, ...summary } = report;
  const lines = Math.max(1, Math.ceil(rows.length / ROWS_A_LINE));
  for (let line = 0; line < lines; line++) {
    log.info('report', {
      ...summary,
      line: line + 1,
      lines,
      rows: rows.slice(line * ROWS_A_LINE, (line + 1) * ROWS_A_LINE),
    });
  }
}
