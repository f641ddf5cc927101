/**
 * Builds the Lambda bundles, their archives and the command line into `dist/`.
 *
 * The same sources give the same bytes on any machine: esbuild's output is deterministic, and the
 * archives have sorted entries and one fixed date.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { type Zippable, zipSync } from 'fflate';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
const require = createRequire(import.meta.url);

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
  banner: {
    // CommonJS dependencies ask for Node's built-ins by `require`.
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
} satisfies BuildOptions;

/** Lambda gets its credentials from the environment: the other providers stay out of its bundles. */
const lambdaAlias = {
  '@aws-sdk/credential-provider-node': join(root, 'src/aws/environment-credentials.ts'),
};

async function buildFunction(name: (typeof FUNCTIONS)[number]): Promise<void> {
  const outdir = join(dist, name);
  await build({
    ...shared,
    entryPoints: { index: `src/${name}/handler.ts` },
    outdir,
    target: 'node22',
    alias: { ...lambdaAlias, ...mailgunAlias() },
  });
  await writeFile(join(dist, `${name}.zip`), await archive(outdir));
}

/** mailgun.js's browser build uses fetch and is a third of its Node build, which carries axios. */
function mailgunAlias(): Record<string, string> {
  const entry = require.resolve('mailgun.js');
  return { 'mailgun.js': entry.replace(/CJS[/\\].*$/, 'ESM/mailgun.browser.js') };
}

async function buildCommandLine(): Promise<void> {
  const packages = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  await build({
    ...shared,
    entryPoints: { ikr: 'src/cli/main.ts' },
    outdir: join(dist, 'cli'),
    target: 'node20',
    minify: false,
    external: Object.keys(packages.dependencies),
    banner: { js: '#!/usr/bin/env node' },
  });
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

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([...FUNCTIONS.map(buildFunction), buildCommandLine()]);
