/** Follows a run over everybody, which the function does without anybody waiting for its answer. */
import { iso, MINUTE_MS, SECOND_MS } from '../domain/time.ts';
import { LONGEST_RUN_MS } from '../ports/run-journal.ts';
import { type ReportAnswer, type RunAnswer, runAnswer } from '../rotation/commands/answers.ts';
import type { CommandOf } from '../rotation/commands/requests.ts';
import { Failure } from './failure.ts';
import type { Progress } from './progress.ts';
import type { RotatorFunction } from './rotator-function.ts';
import type { Services } from './services.ts';
import { shown } from './terminal.ts';

/** A run that has not begun after this time does not begin any more. */
const BEGINS_WITHIN_MS = 10 * MINUTE_MS;

/** How long to wait between two looks: soon at first, for a run over few users. */
const FIRST_WAIT_MS = SECOND_MS;
const LONGEST_WAIT_MS = 5 * SECOND_MS;
const FAILURES_IN_A_ROW = 10;

type Run = NonNullable<RunAnswer['run']>;

/** What whoever waits sees and says meanwhile. */
export interface Waiting {
  readonly progress: Progress;
  /** Ends the waiting; the run goes on. */
  readonly signal: AbortSignal;
  /** Called once the run can't be taken back. */
  readonly onQueued: () => void;
}

/**
 * Has a run over everybody done, and waits for its report.
 * @throws Failure that says what became of the run, if it leaves no report
 */
export async function runAndFollow(
  command: CommandOf<'rotate'> & { readonly requestId: string },
  rotator: RotatorFunction,
  { clock }: Pick<Services, 'clock'>,
  { progress, signal, onQueued }: Waiting,
): Promise<ReportAnswer> {
  const { requestId } = command;
  const look = () => rotator.ask({ action: 'status', requestId }, runAnswer, signal);
  // Before anything is queued: whether the function is there, is allowed, and of which version.
  const before = await look();
  if (before.run && isAtWork(before.run, before.at)) throw busy(before.run);
  signal.throwIfAborted();
  onQueued();
  const notAfterMs = clock.nowMs() + BEGINS_WITHIN_MS;
  await rotator.queue({ ...command, notAfter: iso(notAfterMs) });

  const lookOnce = patient(look);
  let hasBegun = false;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 1.5, LONGEST_WAIT_MS)) {
    await clock.sleep(waitMs);
    signal.throwIfAborted();
    const answer = await lookOnce();
    if (!answer) continue;
    const { run, at } = answer;
    if (run?.requestId === requestId) {
      if (run.finishedAt !== undefined) return reportOf(run);
      if (!isAtWork(run, at)) throw stopped(run);
      hasBegun = true;
      progress.expect(run.total);
      progress.reach(run.done);
    } else if (hasBegun) throw replaced(run);
    else if (clock.nowMs() > notAfterMs) throw notBegun(run);
  }
}

/** A look that fails says nothing about the run; many in a row mean that it can't be followed. */
function patient(look: () => Promise<RunAnswer>): () => Promise<RunAnswer | undefined> {
  let failures = 0;
  return async () => {
    try {
      const answer = await look();
      failures = 0;
      return answer;
    } catch (error) {
      failures += 1;
      if (failures < FAILURES_IN_A_ROW) return undefined;
      const why = error instanceof Error ? error.message : String(error);
      throw new Failure(
        `The run can't be followed any more, and goes on by itself: look with ikr status. (${why})`,
        { cause: error },
      );
    }
  };
}

function isAtWork({ requestId, startedAt, finishedAt }: Run, at: string): boolean {
  const ageMs = Date.parse(at) - Date.parse(startedAt);
  return requestId !== undefined && finishedAt === undefined && ageMs < LONGEST_RUN_MS;
}

function busy({ askedBy = 'another person', startedAt, done, total }: Run): Failure {
  return new Failure(
    `A run that ${shown(askedBy)} asked for at ${startedAt} is at work (${done} of ${total} users). Try again when it has ended.`,
  );
}

function stopped({ startedAt, done, total }: Run): Failure {
  return new Failure(
    `The run that began at ${startedAt} was stopped before it ended (${done} of ${total} users): look into the function's log. What it had begun, the next run goes on with.`,
  );
}

function replaced(other: Run | undefined): Failure {
  return new Failure(
    `The report of the run is gone: ${shown(other?.askedBy ?? 'somebody else')} asked for another run since. Look into the function's log.`,
  );
}

function notBegun(other: Run | undefined): Failure {
  const why =
    other?.requestId === undefined
      ? "Lambda may be limiting the function: look into the function's log and metrics."
      : `A run that ${shown(other.askedBy ?? '')} asked for at ${other.startedAt} went first.`;
  return new Failure(
    `The run did not begin within ${BEGINS_WITHIN_MS / MINUTE_MS} minutes, and will not any more. ${why}`,
  );
}

function reportOf({ report, error, totals = {} }: Run): ReportAnswer {
  if (report) return report;
  if (error !== undefined) throw new Failure(`The run failed: ${shown(error)}`);
  throw new Failure(
    `The run has ended (${JSON.stringify(totals)}), but its report could not be kept: look into the function's log.`,
  );
}
