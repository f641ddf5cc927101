import type { Counts } from './counts.ts';
import type { Outcome } from './run.ts';

/** What one proof printed, and how it ended. */
export function renderOutcome({ name, output, ...outcome }: Outcome): string {
  const text = output.trimEnd();
  return `\n== ${name}\n${text === '' ? '' : `${text}\n`}   ${line(outcome)} (${outcome.seconds} s)\n`;
}

/** Each proof in a line, and all of them in the last. */
export function renderSummary(outcomes: readonly Outcome[], total: Counts): string {
  const width = Math.max(...outcomes.map(({ name }) => name.length));
  const lines = outcomes.map(
    (one) => `${one.failed > 0 ? '✗' : '✓'} ${one.name.padEnd(width)}  ${line(one)}`,
  );
  return `\n${[...lines, '', line(total)].join('\n')}\n`;
}

function line({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
