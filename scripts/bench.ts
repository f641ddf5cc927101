/**
 * Measures the built bundles: calls, wall time and memory of runs and expiries against the local
 * AWS account, the time to load each bundle, and its size.
 *
 *     npm run bench                                     everything, as a table
 *     npm run bench -- --json
 *     npm run bench -- --users 5000 --due 500 --latency 40 --iam-rate 25
 */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { callsOfExpiries, callsOfRun, wallMsOfRun } from './bench/bounds.ts';
import { type LoadFigures, measureLoad, measureSizes, type SizeFigures } from './bench/load.ts';
import {
  type ExpiryFigures,
  measureExpiries,
  measureRun,
  type RunCase,
  type RunFigures,
} from './bench/measure.ts';

const HELP = `Usage: npm run bench -- [options]

  --json          one JSON object instead of tables
  --users N       with --due: a single run, of that many users
  --due N         how many of them are due
  --latency MS    milliseconds a call (40)
  --iam-rate N    IAM calls a second
  --ses-rate N    SES calls a second
  --expiries N    a single measurement of that many expiries
  --help`;

const options = readOptions();
const progress = (what: string) => process.stderr.write(`measuring ${what} …\n`);

const runs: RunFigures[] = [];
for (const one of options.runs) {
  const limits = [
    one.iamPerSecond && `IAM ${one.iamPerSecond}/s`,
    one.sesPerSecond && `SES ${one.sesPerSecond}/s`,
  ].filter(Boolean);
  progress([`${one.users} users, ${one.due} due, ${one.latencyMs} ms`, ...limits].join(', '));
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

if (options.json) console.log(JSON.stringify({ runs, expiries, load, bundles }));
else print();

function readOptions() {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      users: { type: 'string' },
      due: { type: 'string' },
      latency: { type: 'string', default: '40' },
      'iam-rate': { type: 'string' },
      'ses-rate': { type: 'string' },
      expiries: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const number = (text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    if (!/^\d{1,6}$/.test(text)) throw new Error(`${text} is no whole number\n${HELP}`);
    return Number(text);
  };
  const latencyMs = number(values.latency) ?? 40;
  const users = number(values.users);
  const due = number(values.due);
  const count = number(values.expiries);
  if (users !== undefined || due !== undefined) {
    const one = limited({ users: users ?? 5000, due: due ?? 0, latencyMs }, values);
    return { json: values.json, runs: [one], expiries: [], bundles: [] };
  }
  if (count !== undefined) {
    return { json: values.json, runs: [], expiries: [{ count, latencyMs }], bundles: [] };
  }
  return {
    json: values.json,
    runs: allRuns(),
    expiries: [0, 40].map((ms) => ({ count: 500, latencyMs: ms })),
    bundles: ['rotator', 'destructor'],
  };

  function limited(
    one: RunCase,
    { 'iam-rate': iam, 'ses-rate': ses }: { 'iam-rate'?: string; 'ses-rate'?: string },
  ): RunCase {
    const iamPerSecond = number(iam);
    const sesPerSecond = number(ses);
    return { ...one, ...(iamPerSecond && { iamPerSecond }), ...(sesPerSecond && { sesPerSecond }) };
  }
}

function allRuns(): RunCase[] {
  const sizes = [
    [1000, 100],
    [5000, 0],
    [5000, 62],
    [5000, 500],
  ] as const;
  const limits = [{}, { iamPerSecond: 25 }, { sesPerSecond: 14 }];
  return limits.flatMap((limit) =>
    [0, 40].flatMap((latencyMs) =>
      sizes.map(([users, due]) => ({ users, due, latencyMs, ...limit })),
    ),
  );
}

function print(): void {
  const style = { head: [], border: [] };
  if (runs.length > 0) {
    const table = new Table({
      style,
      head: [
        'users',
        'due',
        'ms a call',
        'limit',
        'calls',
        'least',
        's',
        'least s',
        'MB',
        'failed',
      ],
    });
    for (const one of runs) table.push(rowOfRun(one));
    console.log(`Runs of the rotator\n${table}`);
  }
  if (expiries.length > 0) {
    const table = new Table({
      style,
      head: ['expiries', 'ms a call', 'calls', 'least', 's', 'failed'],
    });
    for (const { count, latencyMs, calls, wallMs, failures } of expiries) {
      table.push([count, latencyMs, calls, callsOfExpiries(count), seconds(wallMs), failures]);
    }
    console.log(`Expiries through the destructor, in batches of 100\n${table}`);
  }
  if (load.length > 0) {
    const table = new Table({ style, head: ['bundle', 'node', 'ms', 'empty ms', 'more ms'] });
    for (const { bundle, node, ms, emptyMs } of load) {
      table.push([bundle, node, ms, emptyMs, Math.round((ms - emptyMs) * 10) / 10]);
    }
    console.log(`Loading a bundle with SES\n${table}`);
  }
  if (bundles.length > 0) {
    const table = new Table({ style, head: ['bundle', 'kB loaded', 'kB in all'] });
    for (const { name, loadedBytes, totalBytes } of bundles) {
      table.push([name, Math.ceil(loadedBytes / 1000), Math.ceil(totalBytes / 1000)]);
    }
    console.log(`Sizes\n${table}`);
  }
}

function rowOfRun(one: RunFigures): (string | number)[] {
  const { users, due, latencyMs, iamPerSecond, sesPerSecond } = one;
  const limits = {
    ...(iamPerSecond && { iamPerSecond }),
    ...(sesPerSecond && { sesPerSecond }),
  };
  const limit = iamPerSecond
    ? `IAM ${iamPerSecond}/s`
    : sesPerSecond
      ? `SES ${sesPerSecond}/s`
      : '';
  return [
    users,
    due,
    latencyMs,
    limit,
    one.calls,
    callsOfRun(users, due),
    seconds(one.wallMs),
    seconds(wallMsOfRun(users, due, limits)),
    one.peakRssMb,
    one.failures,
  ];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
