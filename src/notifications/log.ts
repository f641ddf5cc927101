/** What happens, and what a run did, in the log. */
import { isLastWord, type ReportOutcome } from '../domain/events.ts';
import { sentence } from '../domain/reasons.ts';
import { type Report, toReportRow } from '../domain/report.ts';
import type { Log } from '../ports/log.ts';
import type { Subscriber } from '../ports/notifications.ts';

/** What the report tells of everybody is logged once more for these only. */
const ERRORS: readonly ReportOutcome[] = ['failed'];

/** Logs what happens on the way, and failures as they happen. */
export function logEvents(log: Log): Subscriber {
  return {
    name: 'log',
    notify(event) {
      if (event.type === 'progress') return;
      if (!isLastWord(event)) {
        const { user, newKeyId, reason } = event;
        const fields = { user: user.userName, accessKeyId: newKeyId, code: reason.code };
        if (event.type === 'created') log.info('access key created', fields);
        else log.warn('an access key whose secret was lost was deleted', fields);
        return;
      }
      if (!ERRORS.includes(event.type)) return;
      const { user, reason } = event;
      const fields = { user: user.userName, code: reason.code, error: sentence(reason) };
      log.error('a rotation failed', fields);
    },
  };
}

/** Logs each timer as it was handled. */
export function logTimers(log: Log): Subscriber {
  return {
    name: 'log',
    notify(event) {
      if (isLastWord(event)) log.info('timer', { ...toReportRow(event) });
    },
  };
}

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
