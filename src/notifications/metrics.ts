/**
 * What the functions count, for alarms and the dashboard, in CloudWatch's embedded metric format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html):
 * a line of the log, so counting costs no call and no permission.
 */
import type { ReportOutcome } from '../domain/events.ts';
import type { Figures, Report, ReportRow } from '../domain/report.ts';

const NAMESPACE = 'IamKeyRotator';

type Metrics = Readonly<Record<string, number>>;

/**
 * What a run of the rotator counted; zeros included, so that an alarm can end.
 * @param everybody whether the run looked at the whole account: figures on a few users must not
 *   raise or end an alarm on all
 */
export function rotatorMetrics({ rows, figures }: Report, everybody: boolean): Metrics {
  const done = {
    ...outcomes(rows, {
      Rotations: ['rotated'],
      KeysDeactivated: ['deactivated'],
      KeysDeleted: ['deleted'],
    }),
    ...mails(figures),
  };
  if (!everybody) return done;
  return {
    ...done,
    ...outcomes(rows, {
      RotationsFailed: ['failed', 'withdrawn'],
      RotationsPostponed: ['postponed'],
      UsersLeft: ['left'],
      UsersWithInvalidTags: ['invalid'],
    }),
    ManagedUsers: figures.managedUsers,
    OpenRotations: figures.openRotations,
    OverdueDestructions: figures.overdueDestructions,
    OldestKeyAgeDays: figures.oldestKeyAgeDays ?? 0,
    MedianKeyAgeDays: figures.medianKeyAgeDays ?? 0,
  };
}

/** What a batch of the destructor counted. */
export function destructorMetrics(
  rows: readonly ReportRow[],
  batchItemFailures: number,
  counts: Pick<Figures, 'mailsSent' | 'mailsNotAccepted'>,
): Metrics {
  return {
    ...outcomes(rows, {
      DestructionsFailed: ['failed'],
      KeysDeactivated: ['deactivated'],
      KeysDeleted: ['deleted'],
    }),
    BatchItemFailures: batchItemFailures,
    ...mails(counts),
  };
}

/** Writes the metrics to standard output, where Lambda takes them from. */
export function writeMetrics(metrics: Metrics, functionName: string, nowMs: number): void {
  console.log(JSON.stringify(embedded(metrics, functionName, nowMs)));
}

/** One log line with the metrics and their declaration. */
export function embedded(metrics: Metrics, functionName: string, nowMs: number): object {
  return {
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          Dimensions: [['FunctionName']],
          Metrics: Object.keys(metrics).map((Name) => ({ Name, Unit: 'Count' })),
        },
      ],
    },
    FunctionName: functionName,
    ...metrics,
  };
}

function mails(counts: Pick<Figures, 'mailsSent' | 'mailsNotAccepted'>): Metrics {
  return { MailsSent: counts.mailsSent, MailsNotAccepted: counts.mailsNotAccepted };
}

function outcomes(
  rows: readonly ReportRow[],
  names: Readonly<Record<string, readonly ReportOutcome[]>>,
): Metrics {
  return Object.fromEntries(
    Object.entries(names).map(([name, counted]) => [
      name,
      rows.filter(({ outcome }) => counted.includes(outcome)).length,
    ]),
  );
}
