/** The rotator Lambda: EventBridge Scheduler calls it, or a person with a narrower event. */
import type { Context } from 'aws-lambda';
import { nothingWorked, type Report } from '../domain/report.ts';
import { logEvents, logReport } from '../notifications/log.ts';
import { rotatorMetrics, writeMetrics } from '../notifications/metrics.ts';
import { runAccount } from '../rotation/run-account.ts';
import { composeFor } from '../runtime/lambda.ts';
import { readEvent } from './request.ts';

/**
 * @throws Error when the event or the settings can't be used, or when there was work and none of
 *   it could be done: a run that did nothing must not look like a success
 */
export async function handler(event: unknown, context: Context): Promise<Report> {
  const request = readEvent(event);
  const run = await composeFor(context, logEvents);
  const dryRun = run.dryRun || request.dryRun;
  const report = await runAccount({ ...request, dryRun }, run);
  logReport(report, run.log);
  writeMetrics(rotatorMetrics(report, !request.users), context.functionName, run.clock.nowMs());
  if (nothingWorked(report.rows)) {
    const [problem] = [...report.problems, ...report.rows.map(({ reason }) => reason)];
    throw new Error(`All due work failed (${JSON.stringify(report.totals)}); first: ${problem}`);
  }
  return report;
}
