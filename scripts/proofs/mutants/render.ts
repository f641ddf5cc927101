/** What came of the bugs, for people. */
import type { Verdict } from './evaluation.ts';

const MARKS = { caught: '✓', survived: '✗', unusable: '!' } as const;

/** A bug, and below it what caught it. */
export function renderVerdict({ bug, file, breaks, outcome, by, seconds }: Verdict): string {
  const said = {
    caught: by,
    survived: `survived, and breaks this promise: ${breaks} (${file})`,
    unusable: `says nothing: ${by}`,
  }[outcome];
  return `${MARKS[outcome]} ${bug}\n    ${said}  (${seconds} s)`;
}

/** The last line. */
export function renderSummary(verdicts: readonly Verdict[]): string {
  const count = (outcome: Verdict['outcome']) =>
    verdicts.filter((verdict) => verdict.outcome === outcome).length;
  const unusable = count('unusable');
  const seconds = verdicts.reduce((sum, one) => sum + one.seconds, 0);
  return `${verdicts.length} bugs in ${seconds} s: ${count('caught')} caught, ${count('survived')} survived${
    unusable > 0 ? `, ${unusable} say nothing` : ''
  }`;
}
