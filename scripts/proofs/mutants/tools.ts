/** Runs the tools of the repository in a copy of it, one at a time. */
import { join } from 'node:path';
import { ended, start, stop } from '../engines/processes.ts';
import type { Copy } from './copy.ts';

/** Far longer than anything takes: a bug may well make a program run for ever. */
const TIMEOUT_MS = 30 * 60_000;
/** What is kept of what a tool prints. */
const KEPT_CHARACTERS = 64 * 1024 * 1024;

export interface Done {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A tool did not come to an end, or not to one that says anything. */
export class ToolFailed extends Error {
  override readonly name = 'ToolFailed';
}

/**
 * Runs `node ARGS…` in the root of the copy.
 * @throws ToolFailed when it does not end
 */
export async function node(copy: Copy, args: readonly string[]): Promise<Done> {
  const child = start(process.execPath, args, {
    cwd: copy.root,
    // Caches and files of tests go where they are taken away.
    env: { ...process.env, TMPDIR: copy.scratch, CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out = (out + chunk).slice(-KEPT_CHARACTERS);
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    err = (err + chunk).slice(-KEPT_CHARACTERS);
  });
  let tooLong = false;
  const timer = setTimeout(() => {
    tooLong = true;
    void stop(child);
  }, TIMEOUT_MS);
  try {
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const code = await ended(child);
    await closed;
    if (tooLong) throw new ToolFailed(`node ${args.join(' ')} does not end`);
    return { code, out, err };
  } finally {
    clearTimeout(timer);
  }
}

/** What is wrong with the types of the copy, in a line; `undefined` when nothing is. */
export async function typeError(copy: Copy): Promise<string | undefined> {
  const info = join(copy.scratch, 'types.tsbuildinfo');
  const { code, out } = await node(copy, [
    'node_modules/typescript/bin/tsc',
    ...['--noEmit', '--pretty', 'false', '--incremental', '--tsBuildInfoFile', info],
  ]);
  return code === 0 ? undefined : (out.split('\n')[0] ?? '');
}
