/** The table for people: each call of each step, with what came of each fault. */
import { FAULT_NAMES, type FaultName, titleOf } from './faults.ts';
import type { Result } from './result.ts';
import type { Row } from './rows.ts';

const LEGEND =
  '✓ completed   ↻ closed with a reason, and completed in a second rotation   ✗ violated   · not tried';

/** The table, the figures, and what was violated. */
export function renderMatrix(result: Result): string {
  return `${renderTable(result.rows)}\n\n${renderSummary(result)}`;
}

function renderTable(rows: readonly Row[]): string {
  const faults = FAULT_NAMES.filter((fault) => rows.some((row) => row.fault === fault));
  const calls = Math.max(...rows.map(({ call }) => call.length)) + 4;
  const heads = faults.map((fault) => titleOf(fault).split(' '));
  const height = Math.max(...heads.map(({ length }) => length));
  const widths = heads.map((words) => 2 + Math.max(...words.map(({ length }) => length)));
  const line = (first: string, cells: readonly string[]) =>
    [first.padEnd(calls), ...cells.map((cell, i) => cell.padEnd(widths[i] ?? 0))]
      .join('')
      .trimEnd();

  const lines: string[] = [];
  for (let i = 0; i < height; i++)
    lines.push(
      line(
        '',
        heads.map((words) => words[i] ?? ''),
      ),
    );
  for (const [step, ofStep] of group(rows, ({ step }) => step)) {
    lines.push('', step);
    for (const [call, ofCall] of group(ofStep, (row) => row.call)) {
      lines.push(
        line(
          `  ${call}`,
          faults.map((fault) => cellOf(ofCall, fault)),
        ),
      );
    }
  }
  return [...lines, '', LEGEND].join('\n');
}

/** All cases with that call and that fault, in whichever configuration. */
function cellOf(rows: readonly Row[], fault: FaultName): string {
  const tried = rows.filter((row) => row.fault === fault);
  if (tried.length === 0) return '·';
  const violated = tried.filter(({ outcome }) => outcome === 'violated').length;
  if (violated > 0) return `✗ ${violated}`;
  return tried.some(({ outcome }) => outcome === 'completed later') ? '↻' : '✓';
}

function group<T>(items: readonly T[], by: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(by(item), [...(groups.get(by(item)) ?? []), item]);
  return groups;
}

function renderSummary(result: Result): string {
  const { configurations, rows, points, cases, possible, violations, seconds } = result;
  const width = Math.max(...configurations.map(({ config }) => config.length)) + 2;
  const line = (name: string, figures: readonly (string | number)[]) =>
    name.padEnd(width) + figures.map((figure) => String(figure).padStart(12)).join('');
  const again = rows.filter(({ outcome }) => outcome === 'completed later').length;
  return [
    line('', ['points', 'cases', 'violations']),
    ...configurations.map((one) => line(one.config, [one.points, one.cases, one.violations])),
    line('all', [points, cases, violations]),
    '',
    `${cases} of ${possible} cases in ${seconds} s; ${cases - again - violations} rotations went on, ${again} were started again for a stated reason.`,
    ...rows.filter(({ outcome }) => outcome === 'violated').flatMap(renderViolation),
  ].join('\n');
}

function renderViolation(row: Row): string[] {
  const { config, step, call, fault, problems, closedBefore, warnings } = row;
  return [
    '',
    `✗ ${config}: ${step}, ${call}, ${titleOf(fault)}`,
    ...problems.map((problem) => `    ${problem}`),
    ...closedBefore.map((reason) => `    closed before: ${reason}`),
    ...warnings.map((warning) => `    logged by the ${warning}`),
  ];
}
