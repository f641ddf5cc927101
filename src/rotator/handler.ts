/** The rotator Lambda: EventBridge Scheduler invokes it, or a person with a request or a command. */
import type { Context } from 'aws-lambda';
import { nothingWorked, type Report } from '../domain/report.ts';
import { logEvents, logReport } from '../notifications/log.ts';
import { rotatorMetrics, writeMetrics } from '../notifications/metrics.ts';
import { describeError } from '../ports/errors.ts';
import type { Answer } from '../rotation/commands/answers.ts';
import type { Asked } from '../rotation/commands/execute.ts';
import { runAccount } from '../rotation/run-account.ts';
import type { RunRequest } from '../rotation/run-request.ts';
import type { Composition } from '../runtime/compose.ts';
import { composeFor, runJournalOf } from '../runtime/lambda.ts';
import { answerWith, refuse } from './answer.ts';
import { readEvent } from './request.ts';

/** The name of the error by which a complete run tells that it could do nothing. */
const NOTHING_WORKED = 'NothingWorked';

/**
 * @returns the report of a run, or the answer to a command
 * @throws Error when the event or the settings can't be used, or when there was work and none of
 *   it could be done: a run that did nothing must not look like a success
 */
export async function handler(event: unknown, context: Context): Promise<Report | Answer> {
  const asked = readEvent(event, context.invokedFunctionArn);
  switch (asked.kind) {
    case 'run':
      return scheduledRun(asked.request, context);
    case 'command':
      return answerWith(() => command(asked, context));
    case 'refused':
      return refuse(asked.refusal);
  }
}

async function scheduledRun(request: RunRequest, context: Context): Promise<Report> {
  const run = await composeFor(context, logEvents);
  const dryRun = run.dryRun || request.dryRun;
  const report = await runAccount({ ...request, dryRun }, run);
  publisher(context, run)(report, !request.users);
  if (!request.users) await recordRun(report, context, run);
  if (nothingWorked(report.rows)) {
    const [problem] = [...report.problems, ...report.rows.map(({ reason }) => reason)];
    const message = `All due work failed: ${problem} (${JSON.stringify(report.totals)})`;
    throw Object.assign(new Error(message), { name: NOTHING_WORKED });
  }
  return report;
}

async function command(asked: Asked, context: Context): Promise<unknown> {
  // Few invocations are commands: what carries them out is loaded with the first.
  const { execute } = await import('../rotation/commands/execute.ts');
  const run = await composeFor(context, logEvents);
  return execute(asked, {
    run,
    runs: await runJournalOf(context),
    invocationId: context.awsRequestId,
    publish: publisher(context, run),
  });
}

function publisher({ functionName }: Context, { log, clock }: Composition) {
  return (report: Report, everybody: boolean): void => {
    logReport(report, log);
    writeMetrics(rotatorMetrics(report, everybody), functionName, clock.nowMs());
  };
}

/** For people who ask when the rotator last ran; it changes nothing in the run. */
async function recordRun(report: Report, context: Context, { log }: Composition): Promise<void> {
  try {
    const { startedAt, finishedAt, totals, rows } = report;
    const runs = await runJournalOf(context);
    await runs.note({
      startedAtMs: Date.parse(startedAt),
      finishedAtMs: Date.parse(finishedAt),
      done: rows.length,
      total: rows.length,
      totals,
    });
  } catch (error) {
    log.warn('the run could not be recorded', { error: describeError(error) });
  }
}
