/** The whole program, on functions that somebody has broken. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Result } from '../../../scripts/proofs/crash-matrix/result.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'crash-matrix-'));
  await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  await cp('dist', path.join(folder, 'dist'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Puts other code in front of the rotator, which it knows as `rotate`. */
async function front(handler: string): Promise<void> {
  const inDist = (name: string) => path.join(folder, 'dist', 'rotator', name);
  await rename(inDist('index.mjs'), inDist('real.mjs'));
  await writeFile(
    inDist('index.mjs'),
    `import { handler as rotate } from './real.mjs';\n${handler}\n`,
  );
}

const LIST = ['--points', '→ SCHEDULED iam:ListAccessKeys$', '--faults', 'deny-day'];

function crashMatrix(...args: string[]) {
  const program = path.resolve('scripts/proofs/crash-matrix.ts');
  const options = [
    '--mailer',
    'ses',
    '--config',
    'encrypted,direct,used',
    '--lanes',
    '1',
    '--json',
  ];
  return new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', program, ...options, ...args],
      { cwd: folder, maxBuffer: 2 ** 26 },
      (error, out, err) => resolve({ code: error?.code ?? 0, out, err }),
    );
  });
}

it('ends well if nothing is violated', async () => {
  const { code, out } = await crashMatrix(...LIST);
  expect(code).toBe(0);
  expect(JSON.parse(out) as Result).toMatchObject({ cases: 1, violations: 0 });
});

it('ends with 1 when a rotator does nothing any more after its first failure', async () => {
  await front(`
    let broken = false;
    export async function handler(event, context) {
      if (broken) return {};
      try {
        return await rotate(event, context);
      } catch (error) {
        broken = true;
        throw error;
      }
    }`);
  const { code, out, err } = await crashMatrix(...LIST);
  expect(code).toBe(1);
  const { violations, rows } = JSON.parse(out) as Result;
  expect(violations).toBe(1);
  expect(rows[0]?.problems).toContain('the old key is still there');
  expect(err).toContain('✗ ses,encrypted,direct,used');
});

it('runs nothing when a function goes wrong, or warns, without a fault', async () => {
  await front(`
    export async function handler(event, context) {
      console.log(JSON.stringify({ level: 'error', message: 'for no reason' }));
      return rotate(event, context);
    }`);
  const { code, out, err } = await crashMatrix(...LIST);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/goes wrong without a fault: .*for no reason/);
});

it('runs when a function warned once, as it does on a machine that is very busy', async () => {
  await front(`
    import { existsSync, writeFileSync } from 'node:fs';
    export async function handler(event, context) {
      const warned = new URL('warned', import.meta.url);
      if (!existsSync(warned)) {
        writeFileSync(warned, '');
        console.log(JSON.stringify({ level: 'error', message: 'once' }));
      }
      return rotate(event, context);
    }`);
  const { code, out } = await crashMatrix(...LIST);
  expect(code).toBe(0);
  expect(JSON.parse(out) as Result).toMatchObject({ cases: 1, violations: 0 });
});

it('refuses options that leave nothing to run', async () => {
  const { code, err } = await crashMatrix('--points', 'iam:NoSuchCall');
  expect(code).toBe(2);
  expect(err).toContain('--points');
});
