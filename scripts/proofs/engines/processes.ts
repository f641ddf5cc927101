/**
 * Child processes that end with this one, whatever ends it: each is stopped by its process ID, and
 * by the end of its standard input where even that is not possible any more.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

const running = new Set<ChildProcess>();
/** How long a process may take to end by itself. */
const PATIENCE_MS = 5_000;

function keep(child: ChildProcess): ChildProcess {
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** Starts a process that is stopped with this one at the latest. */
export function start(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  return keep(spawn(command, args, options));
}

/** Waits for the end of a process and gives its exit code; a signal counts as 1. */
export function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode ?? 1);
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', reject);
  });
}

/** Runs a command to its end, and gives its output. Never throws: what can't be run has code 127. */
export async function capture(
  command: string,
  args: readonly string[],
): Promise<{ code: number; output: string }> {
  const child = start(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise<number>((resolve) => {
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
    child.once('error', () => resolve(127));
  });
  return { code, output };
}

/** Stops a process, first politely. */
export async function stop(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await gone;
  clearTimeout(impatient);
}

/** From now on the usual ways to end this process end its children first. */
export function endChildrenWithThisProcess(): void {
  const killAll = () => {
    for (const child of running) child.kill('SIGTERM');
  };
  process.once('exit', killAll);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      killAll();
      process.exit(code);
    });
  }
}
