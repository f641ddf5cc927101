/**
 * Measures the built bundles: calls, wall time and memory of runs and expiries against the local
 * AWS account, the time to load each bundle, and its size. `npm run bench -- --help` tells more.
 */
import { type LoadFigures, measureLoad, measureSizes, type SizeFigures } from './bench/load.ts';
import {
  type ExpiryFigures,
  measureExpiries,
  measureRun,
  type RunFigures,
} from './bench/measure.ts';
import { type BenchOptions, readOptions, USAGE } from './bench/options.ts';
import { type Figures, renderMarkdown, renderTables } from './bench/tables.ts';
import { runProgram } from './command-line.ts';

async function main(options: BenchOptions): Promise<number> {
  const figures = await measure(options);
  const render = {
    json: (all: Figures) => JSON.stringify(all),
    markdown: renderMarkdown,
    table: renderTables,
  }[options.format];
  process.stdout.write(`${render(figures)}\n`);
  return 0;
}

/** One measurement after another: two at a time would measure each other. */
async function measure(options: BenchOptions): Promise<Figures> {
  const progress = (what: string) => process.stderr.write(`measuring ${what} …\n`);
  const runs: RunFigures[] = [];
  for (const one of options.runs) {
    const { users, due, latencyMs, iamPerSecond, sesPerSecond } = one;
    const limits = [
      iamPerSecond && `, IAM ${iamPerSecond}/s`,
      sesPerSecond && `, SES ${sesPerSecond}/s`,
    ].filter(Boolean);
    progress(`${users} users, ${due} due, ${latencyMs} ms${limits.join('')}`);
    runs.push(await measureRun(one));
  }
  const expiries: ExpiryFigures[] = [];
  for (const { count, latencyMs } of options.expiries) {
    progress(`${count} expiries, ${latencyMs} ms`);
    expiries.push(await measureExpiries(count, latencyMs));
  }
  const load: LoadFigures[] = [];
  const bundles: SizeFigures[] = [];
  for (const bundle of options.bundles) {
    progress(`the ${bundle} bundle`);
    load.push(await measureLoad(bundle));
    bundles.push(await measureSizes(bundle));
  }
  return { runs, expiries, load, bundles };
}

process.exitCode = await runProgram(USAGE, readOptions, main);
