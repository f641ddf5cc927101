/**
 * Builds the Lambda bundles, their archives and the command line into `dist/`.
 *
 *     node --import tsx scripts/build.ts [DIRECTORY]
 *
 * The same sources give the same bytes on any machine: esbuild's output is deterministic, and the
 * archives have sorted entries and one fixed date.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { type Zippable, zipSync } from 'fflate';
import { getBuiltins } from './builtins.ts';

const root = resolve(import.meta.dirname, '..');
const dist = resolve(process.argv[2] ?? join(root, 'dist'));

const FUNCTIONS = ['rotator', 'destructor'] as const;

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
} satisfies BuildOptions;

/** What stays out of the functions' bundles. */
const lambdaAlias = {
  // Lambda gives credentials in the environment: the other ways to get some are not needed.
  '@aws-sdk/credential-provider-node': join(root, 'src/aws/environment-credentials.ts'),
  // No call answers with a stream of events, and no browser is there to be told apart.
  '@smithy/core/event-streams': join(root, 'scripts/left-out.ts'),
  bowser: join(root, 'scripts/left-out.ts'),
};

async function buildFunction(name: (typeof FUNCTIONS)[number]): Promise<void> {
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
  // To standard error: standard output belongs to whoever builds first and then prints JSON.
  console.error(
    `${relative(root, zip)}: ${kilobytes(loaded)} loaded with SES, ${kilobytes(total)} in all files`,
  );
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

async function buildCommandLine(): Promise<void> {
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

await mkdir(dist, { recursive: true });
await Promise.all([...FUNCTIONS.map(buildFunction), buildCommandLine()]);
