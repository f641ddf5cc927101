/** Single faults, on the built bundles. */
import type { Progress } from '../../../src/cli/progress.ts';
import { UsageError } from '../../command-line.ts';
import { casesOf, sample } from './cases.ts';
import { nameOf } from './configurations.ts';
import type { MatrixOptions } from './options.ts';
import { type Result, resultOf } from './result.ts';
import type { Row } from './rows.ts';
import type { Workers } from './workers.ts';

/** @param progress shows how far something is */
export async function runMatrix(
  { configurations, faults, points, seed, ...options }: MatrixOptions,
  workers: Workers,
  progress: (doing: string) => Progress,
): Promise<Result> {
  const fromMs = performance.now();
  const recording = progress('Without a fault');
  recording.expect(configurations.length);
  const recorded = await workers.all('record', configurations, () => recording.step());
  recording.stop();

  const all = configurations.flatMap((configuration, index) => {
    const wanted = recorded[index]?.filter(({ step, call }) => points.test(`${step} ${call}`));
    return casesOf(configuration, wanted ?? [], faults);
  });
  if (all.length === 0) throw new UsageError('--points and --faults leave no case to run');
  const cases = options.sample === undefined ? all : sample(all, options.sample, seed);
  const running = progress('With a fault');
  running.expect(cases.length);
  const rows: Row[] = [];
  await workers.run(cases, (row) => {
    rows.push(row);
    running.step();
  });
  running.stop();
  return resultOf({
    seconds: (performance.now() - fromMs) / 1000,
    points: configurations.map((one, index) => [nameOf(one), recorded[index] ?? []]),
    possible: all.length,
    rows,
  });
}
