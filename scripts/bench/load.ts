/**
 * What it costs to load a bundle: a fresh process imports it, in turn with an empty module, so that
 * a busy machine slows both down alike.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const REPEATS = 15;

export interface LoadFigures {
  readonly bundle: string;
  readonly node: string;
  readonly ms: number;
  readonly emptyMs: number;
}

export interface SizeFigures {
  readonly name: string;
  /** Bytes of the files that are loaded when SES is the mailer. */
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

/** Medians over several processes: the handler with the SES mailer, and an empty module. */
export async function measureLoad(bundle: string): Promise<LoadFigures> {
  const directory = await mkdtemp(join(tmpdir(), 'ikr-load-'));
  try {
    const empty = join(directory, 'empty.mjs');
    await writeFile(empty, '');
    const files = [await fileOf(bundle, 'index'), await fileOf(bundle, 'ses')];
    const loaded: number[] = [];
    const nothing: number[] = [];
    for (let round = 0; round < REPEATS; round++) {
      loaded.push(await timeOf(files));
      nothing.push(await timeOf([empty]));
    }
    return { bundle, node: process.version, ms: median(loaded), emptyMs: median(nothing) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function fileOf(bundle: string, name: string): Promise<string> {
  const directory = join(root, 'dist', bundle);
  const file = (await readdir(directory)).find((entry) => entry.split(/[-.]/)[0] === name);
  if (!file) throw new Error(`dist/${bundle} has no ${name}; run npm run build`);
  return join(directory, file);
}

async function timeOf(files: readonly string[]): Promise<number> {
  const urls = JSON.stringify(files.map((file) => pathToFileURL(file).href));
  const script = `
    const startedMs = performance.now();
    for (const url of ${urls}) await import(url);
    console.log(performance.now() - startedMs);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  return Number(stdout);
}

/** What the build wrote, by following the imports from the handler and the SES mailer. */
export async function measureSizes(bundle: string): Promise<SizeFigures> {
  const directory = join(root, 'dist', bundle);
  const loaded = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    if (loaded.has(path)) return;
    loaded.add(path);
    const source = await readFile(path, 'utf8');
    for (const [, name] of source.matchAll(/(?:from|import)\s*"(\.\/[^"]+)"/g)) {
      await visit(resolve(directory, name ?? ''));
    }
  };
  await visit(await fileOf(bundle, 'index'));
  await visit(await fileOf(bundle, 'ses'));
  const bytes = async (paths: Iterable<string>) => {
    const sizes = await Promise.all([...paths].map(async (path) => (await stat(path)).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const all = (await readdir(directory)).map((name) => join(directory, name));
  return { name: bundle, loadedBytes: await bytes(loaded), totalBytes: await bytes(all) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 10) / 10;
}
