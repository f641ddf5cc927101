/** Runs proofs, several at the same time, each with its output kept apart. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { ended, start } from '../engines/processes.ts';
import { type Counts, NOTHING } from './counts.ts';
import type { Command } from './proofs.ts';

/** A proof of which it is decided how much is run. */
export interface Chosen {
  readonly name: string;
  readonly command: Command;
}

export interface Outcome extends Counts {
  readonly name: string;
  readonly seconds: number;
  /** What it printed besides its report. */
  readonly output: string;
}

/**
 * Runs programs, and judges them by their reports.
 * @param root where they are run
 * @param onEnd is told of each when it ends
 */
export async function runProofs(
  chosen: readonly Chosen[],
  { root, jobs }: { readonly root: string; readonly jobs: number },
  onEnd: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'proofs-'));
  const limit = pLimit(jobs);
  try {
    return await Promise.all(
      chosen.map((one) =>
        limit(async () => {
          const outcome = await runProof(one, root, join(scratch, `${one.name}.json`));
          onEnd(outcome);
          return outcome;
        }),
      ),
    );
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function runProof({ name, command }: Chosen, root: string, file: string): Promise<Outcome> {
  const startedMs = performance.now();
  const isWritten = command.report === 'written';
  const args = [...command.args, ...(isWritten ? [`--outputFile=${file}`] : [])];
  const child = start(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let told = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (isWritten) told += text;
    else printed += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const code = await ended(child);
  await closed;
  const report = isWritten ? await readFile(file, 'utf8').catch(() => '') : printed;
  const { counts, problem } = judge(command, code, report);
  return {
    name,
    ...counts,
    seconds: Math.round((performance.now() - startedMs) / 1000),
    output: problem === undefined ? told : `${told}${code === 0 ? '' : printed}${problem}\n`,
  };
}

/** What a program has shown; one that ends badly has failed, whatever its report says. */
export function judge(
  { counts, canBeSkipped = false }: Pick<Command, 'counts' | 'canBeSkipped'>,
  code: number,
  report: string,
): { readonly counts: Counts; readonly problem?: string } {
  if (report === '' && code === 0 && canBeSkipped) return { counts: { ...NOTHING, skipped: 1 } };
  try {
    const told = counts(JSON.parse(report));
    if (code === 0 || told.failed > 0) return { counts: told };
    return { counts: { ...told, failed: 1 }, problem: `it ended with ${code}` };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      counts: { ...NOTHING, failed: 1 },
      problem: `it ended with ${code}, and left no report: ${why}`,
    };
  }
}
