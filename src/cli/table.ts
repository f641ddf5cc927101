/**
 * Tables that fit the terminal: columns give way from the widest on, text is broken and never cut
 * off, and what has no room stands below its row.
 */
import CliTable from 'cli-table3';
import { breakText } from './break-text.ts';
import { type Style, shown, type Terminal } from './terminal.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align?: 'right';
  /** May be broken over several lines; other columns keep their width as long as possible. */
  readonly wraps?: boolean;
  /** Left out where the terminal has fewer columns. */
  readonly from?: number;
  readonly style?: (row: Row) => Style | undefined;
}

const GAP = 2;
const NARROWEST_COLUMN = 8;
const NO_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'],
    ...['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);

/**
 * Prints a table without lines.
 * @param notes lines that belong to a row and stand below it
 */
export function printTable<Row>(
  terminal: Terminal,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  notes: (row: Row) => readonly string[] = () => [],
): void {
  const visible = columns.filter(({ from = 0 }) => from <= terminal.width);
  const texts = rows.map((row) => visible.map((column) => shown(column.text(row))));
  const widths = fitWidths(
    visible.map(({ title }, at) =>
      Math.max(title.length, ...texts.map((cells) => cells[at]?.length ?? 0)),
    ),
    visible.map(({ wraps = false }) => wraps),
    terminal.width,
  );

  const table = new CliTable({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: visible.map(({ align }) => align ?? 'left'),
  });
  const cell = (text: string, at: number, style?: Style) => {
    const lines = breakText(text, widths[at] ?? 0);
    const isLast = at === visible.length - 1;
    return {
      content: lines
        .map((line) => (style && line !== '' ? terminal.paint(style, line) : line))
        .join('\n'),
      style: { 'padding-right': isLast ? 0 : GAP, 'padding-left': 0 },
    };
  };
  table.push(visible.map(({ title }, at) => cell(title, at, 'bold')));
  rows.forEach((row, index) => {
    table.push(
      visible.map((column, at) => cell(texts[index]?.[at] ?? '', at, column.style?.(row))),
    );
    for (const note of notes(row)) {
      const lines = breakText(shown(note), terminal.width - 2 * GAP);
      table.push([
        {
          colSpan: visible.length,
          content: lines
            .map((line, at) => `${at === 0 ? '! ' : '  '}${line}`)
            .map((line) => terminal.paint('yellow', line))
            .map((line) => ' '.repeat(GAP) + line)
            .join('\n'),
        },
      ]);
    }
  });
  for (const line of table.toString().split('\n')) terminal.print(line.trimEnd());
}

/** Takes away from the widest wrapping column, and only then from any, until all fit. */
function fitWidths(natural: readonly number[], wraps: readonly boolean[], width: number): number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, one) => sum + one, GAP * (widths.length - 1));
  for (const mayShrink of [(at: number) => wraps[at] === true, () => true]) {
    while (total() > width) {
      const candidates = widths
        .map((own, at) => ({ own, at }))
        .filter(({ own, at }) => mayShrink(at) && own > NARROWEST_COLUMN)
        .sort((a, b) => b.own - a.own);
      const [widest] = candidates;
      if (!widest) break;
      widths[widest.at] = widest.own - 1;
    }
  }
  return widths;
}
