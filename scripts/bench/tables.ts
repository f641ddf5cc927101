/** The measurements as tables for people, each figure beside the least that any design needs. */
import Table from 'cli-table3';
import { callsOfExpiries, callsOfRun, wallMsOfRun } from './bounds.ts';
import type { LoadFigures, SizeFigures } from './load.ts';
import type { ExpiryFigures, RunFigures } from './measure.ts';

export interface Figures {
  readonly runs: readonly RunFigures[];
  readonly expiries: readonly ExpiryFigures[];
  readonly load: readonly LoadFigures[];
  readonly bundles: readonly SizeFigures[];
}

interface Lines {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export function renderTables(figures: Figures): string {
  const style = { head: [], border: [], compact: true };
  return tablesOf(figures)
    .map(({ title, head, rows }) => {
      const table = new Table({ style, head: [...head] });
      table.push(...rows.map((row) => [...row]));
      return `${title}\n${table}`;
    })
    .join('\n\n');
}

export function renderMarkdown(figures: Figures): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return tablesOf(figures)
    .map(({ title, head, rows }) =>
      [`### ${title}`, '', line(head), line(head.map(() => '---:')), ...rows.map(line)].join('\n'),
    )
    .join('\n\n');
}

function tablesOf({ runs, expiries, load, bundles }: Figures): Lines[] {
  const tables: Lines[] = [
    {
      title: 'Runs of the rotator',
      head: [
        'users',
        'due',
        'open',
        'ms a call',
        'limit',
        'calls',
        'least calls',
        's',
        'least s',
        'MB',
        'failures',
      ],
      rows: runs.map(rowOfRun),
    },
    {
      title: 'Expiries through the destructor, in batches of 100',
      head: ['expiries', 'ms a call', 'calls', 'least calls', 's', 'failures'],
      rows: expiries.map(({ count, latencyMs, calls, wallMs, failures }) => [
        count,
        latencyMs,
        calls,
        callsOfExpiries(count),
        seconds(wallMs),
        failures,
      ]),
    },
    {
      title: 'Loading a bundle with SES',
      head: ['bundle', 'node', 'ms', 'empty module, ms', 'more, ms'],
      rows: load.map(({ bundle, node, ms, emptyMs }) => [
        bundle,
        node,
        ms,
        emptyMs,
        (ms - emptyMs).toFixed(1),
      ]),
    },
    {
      title: 'Sizes',
      head: ['bundle', 'kB loaded', 'kB in all'],
      rows: bundles.map(({ name, loadedBytes, totalBytes }) => [
        name,
        Math.ceil(loadedBytes / 1000),
        Math.ceil(totalBytes / 1000),
      ]),
    },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

function rowOfRun(one: RunFigures): (string | number)[] {
  const { users, due, open, latencyMs, iamPerSecond, sesPerSecond } = one;
  const told = [
    iamPerSecond && `IAM ${iamPerSecond}/s`,
    sesPerSecond && `SES ${sesPerSecond}/s`,
  ].filter(Boolean);
  return [
    users,
    due,
    open,
    latencyMs,
    told.join(', '),
    one.calls,
    callsOfRun(users, due),
    seconds(one.wallMs),
    seconds(wallMsOfRun(one)),
    one.peakRssMb,
    one.failures,
  ];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
