/** What a run of the matrix comes to. */
import type { CallPoint } from './call-point.ts';
import type { Row } from './rows.ts';

export interface ConfigurationResult {
  readonly config: string;
  /** Calls of the scenarios in good health. */
  readonly points: number;
  /** Scenarios that were run, with one fault in each. */
  readonly cases: number;
  /** Cases in which something was violated. */
  readonly violations: number;
}

export interface Result extends Omit<ConfigurationResult, 'config'> {
  /** How many cases there would be without `--sample`. */
  readonly possible: number;
  readonly seconds: number;
  readonly configurations: readonly ConfigurationResult[];
  readonly rows: readonly Row[];
}

export function resultOf({
  seconds,
  points,
  possible,
  rows,
}: {
  readonly seconds: number;
  /** The points of each configuration. */
  readonly points: readonly (readonly [config: string, points: readonly CallPoint[]])[];
  readonly possible: number;
  readonly rows: readonly Row[];
}): Result {
  const configurations = points.map(([config, own]) => {
    const run = rows.filter((row) => row.config === config);
    return {
      config,
      points: own.length,
      cases: run.length,
      violations: violationsIn(run),
    };
  });
  const places = new Map<string, number>();
  for (const point of points.flatMap(([, own]) => own)) {
    if (!places.has(placeOf(point))) places.set(placeOf(point), places.size);
  }
  const place = (row: Row) => places.get(placeOf(row)) ?? places.size;
  return {
    points: configurations.reduce((sum, one) => sum + one.points, 0),
    cases: rows.length,
    possible,
    violations: violationsIn(rows),
    seconds: Math.round(seconds),
    configurations,
    // In the order of the calls, whichever process was faster.
    rows: [...rows].sort((a, b) => place(a) - place(b)),
  };
}

function placeOf({ step, call }: { readonly step: string; readonly call: string }): string {
  return `${step} ${call}`;
}

function violationsIn(rows: readonly Row[]): number {
  return rows.filter(({ outcome }) => outcome === 'violated').length;
}
