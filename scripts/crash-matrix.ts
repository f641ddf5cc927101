/**
 * Lets one call after another go wrong in the life of a key: `npm run crash-matrix`.
 *
 * Exits with 0 when nothing was violated, 1 when something was, and 2 when the options can't be
 * used.
 */
import { existsSync } from 'node:fs';
import { createProgress, type Progress } from '../src/cli/progress.ts';
import { casesOf, sample } from './crash-matrix/cases.ts';
import { nameOf } from './crash-matrix/configurations.ts';
import { Lanes } from './crash-matrix/lanes.ts';
import { type MatrixOptions, readOptions, USAGE, UsageError } from './crash-matrix/options.ts';
import { type Result, resultOf } from './crash-matrix/result.ts';
import type { Row } from './crash-matrix/rows.ts';
import { bundle, FUNCTIONS } from './crash-matrix/stage.ts';
import { renderSummary, renderTable } from './crash-matrix/table.ts';

async function main(args: readonly string[]): Promise<number> {
  let options: MatrixOptions | 'help';
  try {
    options = readOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (!FUNCTIONS.every((name) => existsSync(bundle(name)))) {
    process.stderr.write('There are no Lambda functions in dist/: run npm run build first.\n');
    return 2;
  }
  const result = await play(options);
  process.stdout.write(
    options.json
      ? `${JSON.stringify(result, undefined, 1)}\n`
      : `${renderTable(result.rows)}\n\n${renderSummary(result)}\n`,
  );
  return result.violations > 0 ? 1 : 0;
}

async function play(options: MatrixOptions): Promise<Result> {
  const { configurations, faults, points, seed } = options;
  const fromMs = performance.now();
  const lanes = new Lanes(options.lanes);
  const bars: Progress[] = [];
  const progress = (doing: string, total: number) => {
    const bar = createProgress({ stderr: process.stderr, env: process.env }, doing);
    bar.expect(total);
    bars.push(bar);
    return bar;
  };
  try {
    const recording = progress('Healthy lives', configurations.length);
    const recorded = await lanes.record(configurations, () => recording.step());
    recording.stop();

    const all = configurations.flatMap((configuration, index) => {
      const wanted = recorded[index]?.filter(({ step, call }) => points.test(`${step} ${call}`));
      return casesOf(configuration, wanted ?? [], faults);
    });
    const cases = options.sample === undefined ? all : sample(all, options.sample, seed);
    const rows: Row[] = [];
    const playing = progress('Lives with a fault', cases.length);
    await lanes.play(cases, (row) => {
      rows.push(row);
      playing.step();
    });
    return resultOf({
      seconds: (performance.now() - fromMs) / 1000,
      points: configurations.map((one, index) => [nameOf(one), recorded[index] ?? []]),
      possible: all.length,
      rows,
    });
  } finally {
    for (const bar of bars) bar.stop();
    lanes.close();
  }
}

process.exitCode = await main(process.argv.slice(2));
