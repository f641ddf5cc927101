/** Reads what the Lambda functions answered and logged. */

import type { Invocation } from '../../simulation/aws/lambda-host.ts';
import type { ReportRow } from '../../src/domain/report.ts';

/**
 * The rows of a rotator's reports or a destructor's batch, one a user, in an order that does not
 * depend on which run was faster. They are in the log even if the function throws in the end.
 */
export function rowsOf(
  answers: readonly Invocation[],
  message: 'report' | 'batch',
): readonly ReportRow[] {
  const rows = new Map<string, ReportRow>();
  for (const row of answers.flatMap(({ logs }) => rowsIn(logs, message))) {
    // Of two runs at once, the second finds what the first has just made and leaves it alone.
    const known = rows.get(row.userId);
    if (!known || ['skipped', 'waiting'].includes(known.outcome)) rows.set(row.userId, row);
  }
  return [...rows.values()].sort((a, b) => (a.userName < b.userName ? -1 : 1));
}

function rowsIn(logs: readonly string[], message: string): ReportRow[] {
  return logs.flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const entry = JSON.parse(line) as { message?: string; rows?: ReportRow[] };
    return entry.message === message ? (entry.rows ?? []) : [];
  });
}

/** Whether a run came to its end; one whose due work all failed ends with an error of its own. */
export function isComplete({ result, error }: Invocation): boolean {
  return result !== undefined || error?.name === 'NothingWorked';
}

/** Everything that left the function. */
export function outputOf({ logs, result, error }: Invocation): string[] {
  return [...logs, JSON.stringify(result ?? error ?? null)];
}
