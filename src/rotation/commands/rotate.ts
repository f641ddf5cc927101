/** `rotate`: a run of the rotator that a person asked for. */
import type { RunEvent } from '../../domain/events.ts';
import type { Report } from '../../domain/report.ts';
import { iso, SECOND_MS } from '../../domain/time.ts';
import { describeError } from '../../ports/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { RequestedRun, RunJournal } from '../../ports/run-journal.ts';
import { type AccountRun, runAccount } from '../run-account.ts';
import type { ReportAnswer, RunAnswer } from './answers.ts';
import { Refusal } from './refusal.ts';
import { type CommandOf, usersOf } from './requests.ts';

/** How often the progress of a run is recorded at most. */
const RECORDED_EVERY_MS = 2 * SECOND_MS;

export interface RotatePorts {
  readonly run: AccountRun & { readonly dryRun: boolean; readonly log: Log };
  readonly runs: RunJournal;
  /** Names a run over everybody that has no request ID: an invocation that is repeated keeps its ID. */
  readonly invocationId: string;
  /** Takes every report, for log and metrics; `everybody` tells a run over the whole account. */
  readonly publish: (report: Report, everybody: boolean) => void;
}

/**
 * Rotates the users who are named, or everybody who is due; then the run is recorded, so that
 * whoever asked can follow it.
 * @throws Refusal when the run over everybody was begun before, or another one is at work
 */
export async function rotate(
  command: CommandOf<'rotate'>,
  askedBy: string,
  ports: RotatePorts,
): Promise<ReportAnswer> {
  const users = usersOf(command);
  const dryRun = ports.run.dryRun || command.dryRun === true;
  const request = { force: command.force === true, dryRun };
  if (users) {
    const report = await runAccount({ ...request, users }, ports.run);
    ports.publish(report, false);
    return toAnswer(report);
  }

  const { run, runs } = ports;
  const begun: RequestedRun = {
    requestId: command.requestId ?? ports.invocationId,
    askedBy,
    startedAtMs: run.clock.nowMs(),
    done: 0,
    total: 0,
  };
  const beginning = await runs.begin(begun);
  if (beginning === 'repeated') {
    throw new Refusal('repeated', `The run ${begun.requestId} was begun before.`);
  }
  if (beginning === 'busy') {
    throw new Refusal(
      'busy',
      'A run that another person asked for is at work. Wait until it ends.',
    );
  }
  const record = recorder(begun, ports);
  try {
    run.events.subscribe(record);
    const report = await runAccount(request, run);
    ports.publish(report, true);
    await record.end({ report, totals: report.totals });
    return toAnswer(report);
  } catch (error) {
    await record.end({ error: describeError(error) });
    throw error;
  }
}

/** Records how far the run is. What can't be recorded changes nothing in the run. */
function recorder(begun: RequestedRun, { run: { clock, log }, runs }: RotatePorts) {
  let state = begun;
  let recordedAtMs = begun.startedAtMs;
  let recorded: Promise<void> = Promise.resolve();
  const save = () => {
    recordedAtMs = clock.nowMs();
    const now = state;
    // One after another: an older state must not take a newer one's place.
    recorded = recorded
      .then(() => runs.save(now))
      .catch((error: unknown) =>
        log.warn('the progress of the run could not be recorded', { error: describeError(error) }),
      );
  };
  return {
    name: 'progress',
    notify(event: RunEvent) {
      if (event.type !== 'progress') return;
      const { done, total } = event;
      const isFirst = state.total === 0;
      state = { ...state, done, total };
      if (isFirst || clock.nowMs() >= recordedAtMs + RECORDED_EVERY_MS) save();
    },
    async end(result: Pick<RequestedRun, 'report' | 'totals' | 'error'>): Promise<void> {
      const done = result.error === undefined ? state.total : state.done;
      state = { ...state, ...result, done, finishedAtMs: clock.nowMs() };
      save();
      await recorded;
    },
  };
}

function toAnswer(report: Report): ReportAnswer {
  return {
    ...report,
    rows: report.rows.map((row) => ({ ...row })),
    totals: { ...report.totals } as Record<string, number>,
    figures: { ...report.figures },
    problems: [...report.problems],
    notes: [...report.notes],
  };
}

/** `status` of a run: where it stands; its report is only for whom names its request ID. */
export async function runStatus(
  requestId: string,
  { run: { clock }, runs }: Pick<RotatePorts, 'run' | 'runs'>,
): Promise<RunAnswer> {
  const at = iso(clock.nowMs());
  const standing = await runs.read();
  if (!standing) return { at };
  const { startedAtMs, finishedAtMs, report, ...rest } = standing;
  return {
    at,
    run: {
      ...rest,
      startedAt: iso(startedAtMs),
      ...(finishedAtMs !== undefined && { finishedAt: iso(finishedAtMs) }),
      totals: rest.totals as Record<string, number> | undefined,
      ...(report && rest.requestId === requestId && { report: toAnswer(report) }),
    },
  };
}
