/** What the reports of the proofs say, in the same three numbers. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

/** Adds numbers up. */
export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    NOTHING,
  );
}

/** Tests, of a report of Jest. A file that can't be run has no tests, and has failed. */
export function testCounts(report: unknown): Counts {
  return {
    passed: numberIn(report, 'numPassedTests'),
    failed: numberIn(report, 'numFailedTests') + numberIn(report, 'numRuntimeErrorTestSuites'),
    skipped: numberIn(report, 'numPendingTests'),
  };
}

/** Scenarios with faults, of a report of the crash matrix. */
export function caseCounts(report: unknown): Counts {
  return judged(numberIn(report, 'cases'), numberIn(report, 'violations'));
}

/** Histories, of a report of the histories. */
export function historyCounts(report: unknown): Counts {
  return judged(numberIn(report, 'histories'), numberIn(report, 'violations'));
}

/** Deliberate bugs, of a report of the mutants: what is not caught has failed. */
export function bugCounts(report: unknown): Counts {
  const bugs = (report as { readonly bugs?: readonly { readonly outcome: string }[] }).bugs ?? [];
  return judged(bugs.length, bugs.filter(({ outcome }) => outcome !== 'caught').length);
}

function judged(all: number, failed: number): Counts {
  return { passed: all - failed, failed, skipped: 0 };
}

/** @throws Error when the report has no such number */
function numberIn(report: unknown, name: string): number {
  const value = (report as Readonly<Record<string, unknown>> | null)?.[name];
  if (typeof value === 'number') return value;
  throw new Error(`the report has no ${name}`);
}
