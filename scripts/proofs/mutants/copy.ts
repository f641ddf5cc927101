/** A copy of the checkout, to put bugs into. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Copy {
  /** The root of the copied repository. */
  readonly root: string;
  /** For whatever the tools that run in the copy leave behind. */
  readonly scratch: string;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  /** Takes the copy away at once, also while the process ends. */
  remove(): void;
}

/**
 * Copies the files that git tracks, as they are in the working tree; packages are only linked. All
 * in one go, so that no signal can come between the first file and whoever removes them.
 */
export function copyCheckout(from: string): Copy {
  const directory = mkdtempSync(join(tmpdir(), 'ikr-mutants-'));
  const root = join(directory, 'checkout');
  const scratch = join(directory, 'scratch');
  const remove = () =>
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  try {
    mkdirSync(root);
    mkdirSync(scratch);
    for (const file of trackedFiles(from)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      copyFileSync(join(from, file), join(root, file));
    }
    symlinkSync(join(from, 'node_modules'), join(root, 'node_modules'), 'dir');
  } catch (error) {
    remove();
    throw error;
  }
  return {
    root,
    scratch,
    read: (file) => readFile(join(root, file), 'utf8'),
    write: (file, text) => writeFile(join(root, file), text),
    remove,
  };
}

function trackedFiles(root: string): string[] {
  const git = (...args: string[]) =>
    execFileSync('git', ['ls-files', '-z', ...args], { cwd: root, encoding: 'utf8' })
      .split('\0')
      .filter((file) => file !== '');
  const gone = new Set(git('--deleted'));
  return git('--cached').filter((file) => !gone.has(file));
}
