/**
 * Builds the Lambda bundles, their archives and the command line: `npm run build`.
 *
 * The same sources give the same bytes on any machine: esbuild's output is deterministic, and the
 * archives have sorted entries and one fixed date.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { type Zippable, zipSync } from 'fflate';
import { getBuiltins } from './builtins.ts';
import { readValues, runProgram, UsageError } from './command-line.ts';

const root = resolve(import.meta.dirname, '..');

const USAGE = `Usage: npm run build [-- options]

Builds the Lambda functions, their archives and the command line. It tells how large an archive's
files are: those that a function loads when SES is the mailer, and all of them.

Options:
  --out DIR  where to (dist)
  --help     print this
`;

/** @throws UsageError */
function readOptions(args: readonly string[]): { readonly dist: string } | 'help' {
  const { out, help } = readValues(args, {
    out: { type: 'string', default: join(root, 'dist') },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (help) return 'help';
  if (out === '') throw new UsageError('--out is empty; allowed: a directory');
  return { dist: resolve(out) };
}

const FUNCTIONS = ['rotator', 'destructor'] as const;

/** The version is all that a bundle needs of the manifest, whose rest changes for other reasons. */
const versionOnly: Plugin = {
  name: 'version-only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]package\.json$/ }, async ({ path }) => {
      if (path !== join(root, 'package.json')) return undefined;
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** What the bundles of both kinds have in common. */
const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  splitting: true,
  minify: true,
  // Lambda's stack traces name the original functions where they are looked for: in the logs.
  keepNames: false,
  legalComments: 'none',
  // The SDK's `main` is CommonJS, which can't be shaken.
  mainFields: ['module', 'main'],
  conditions: ['module', 'import'],
  outExtension: { '.js': '.mjs' },
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  logLevel: 'warning',
  metafile: true,
  plugins: [versionOnly],
} satisfies BuildOptions;

/** What stays out of the functions' bundles. */
const lambdaAlias = {
  // Lambda gives credentials in the environment: the other ways to get some are not needed.
  '@aws-sdk/credential-provider-node': join(root, 'src/aws/environment-credentials.ts'),
  // No call answers with a stream of events, and no browser is there to be told apart.
  '@smithy/core/event-streams': join(root, 'scripts/left-out.ts'),
  bowser: join(root, 'scripts/left-out.ts'),
};

/** @returns what is to be told of its size */
async function buildFunction(name: (typeof FUNCTIONS)[number], dist: string): Promise<string> {
  const outdir = join(dist, name);
  const { metafile, outputFiles } = await build({
    ...shared,
    entryPoints: { index: `src/${name}/handler.ts` },
    outdir,
    target: 'node22',
    alias: lambdaAlias,
    // CommonJS dependencies ask for Node's own modules, and for nothing else, by `require`.
    banner: { js: 'const require=process.getBuiltinModule;' },
    write: false,
  });
  await mkdir(outdir, { recursive: true });
  for (const { path, text } of outputFiles) await writeFile(path, getBuiltins(text));
  await removeStale(outdir, outputsOf(metafile));
  const zip = join(dist, `${name}.zip`);
  await writeFile(zip, await archive(outdir));
  const kilobytes = (bytes: number) => `${Math.ceil(bytes / 1000)} kB`;
  const { loaded, total } = sizes(metafile);
  return `${relative(root, zip)}: ${kilobytes(loaded)} loaded with SES, ${kilobytes(total)} in all files`;
}

function outputsOf(metafile: Metafile): string[] {
  return Object.keys(metafile.outputs).map((path) => resolve(root, path));
}

/** What an earlier build left: the archive must hold only what this one made. */
async function removeStale(directory: string, files: readonly string[]): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (!files.includes(path)) await rm(path, { recursive: true });
  }
}

/** Bytes of all files, and of those that are loaded when SES is the mailer. */
function sizes({ outputs }: Metafile): { loaded: number; total: number } {
  const find = (source: string) =>
    Object.keys(outputs).find((path) => outputs[path]?.entryPoint?.endsWith(source));
  const loaded = new Set<string>();
  const visit = (path: string | undefined) => {
    if (path === undefined || loaded.has(path)) return;
    loaded.add(path);
    for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && imported in outputs) visit(imported);
    }
  };
  visit(find('/handler.ts'));
  visit(find('/mailers/ses.ts'));
  const bytes = (paths: Iterable<string>) =>
    [...paths].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
  return { loaded: bytes(loaded), total: bytes(Object.keys(outputs)) };
}

async function buildCommandLine(dist: string): Promise<void> {
  const outdir = join(dist, 'cli');
  const packages = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const { metafile } = await build({
    ...shared,
    entryPoints: { ikr: 'src/cli/main.ts' },
    outdir,
    target: 'node20',
    minify: false,
    external: Object.keys(packages.dependencies),
    banner: { js: '#!/usr/bin/env node' },
  });
  await removeStale(outdir, outputsOf(metafile));
}

/** The earliest date a zip archive can hold; fflate writes local time, so it is made from local parts. */
const PINNED = new Date(1980, 0, 1);

async function archive(directory: string): Promise<Uint8Array> {
  const files: Zippable = {};
  for (const name of (await readdir(directory)).sort()) {
    // 0644: Lambda must be able to read the files whatever the umask was.
    files[name] = [
      new Uint8Array(await readFile(join(directory, name))),
      { mtime: PINNED, os: 3, attrs: 0o100644 << 16, level: 9 },
    ];
  }
  return zipSync(files);
}

async function main({ dist }: { readonly dist: string }): Promise<number> {
  await mkdir(dist, { recursive: true });
  const [lines] = await Promise.all([
    Promise.all(FUNCTIONS.map((name) => buildFunction(name, dist))),
    buildCommandLine(dist),
  ]);
  // To standard error: standard output belongs to whoever builds first and then prints JSON.
  for (const line of lines) console.error(line);
  return 0;
}

process.exitCode = await runProgram(USAGE, readOptions, main);
