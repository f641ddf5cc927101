/** The demo as a person or a program starts it: `node --import tsx scripts/demo.ts`. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DemoResult } from '../../../scripts/demo/summary.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function demo(...args: string[]): Promise<Ended> {
  const argv = ['--import', 'tsx', 'scripts/demo.ts', ...args];
  const env = { PATH: process.env.PATH ?? '', TMPDIR: folder };
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { env, timeout: 240_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'demo-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Temporary files besides the compiler's cache. */
async function leftBehind(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('tsx-'));
}

describe('the demo', () => {
  it('shows every kind of outcome, and that all invariants hold', async () => {
    const { code, stdout, stderr } = await demo('--json', '--users', '14', '--days', '40');
    const result = JSON.parse(stdout) as DemoResult;

    expect(result).toMatchObject({ users: 14, days: 40, mailClient: 'ses', problems: [] });
    expect(result.invariants).toMatchObject({ violated: 0, violations: [] });
    for (const { checked } of Object.values(result.invariants.each)) {
      expect(checked).toBeGreaterThan(0);
    }
    // The first 14 users are an example each, which these numbers show.
    expect(result).toMatchObject({
      rotated: 12,
      opened: 11,
      deactivated: 3,
      recovered: 3,
      cancelled: 2,
      withdrawn: 0,
    });
    expect(result.deleted).toBeGreaterThan(5);
    expect(result.mails).toBeGreaterThan(result.rotated + result.deleted);
    expect([code, stderr]).toEqual([0, '']);
    expect(await leftBehind()).toEqual([]);
  }, 300_000);

  it.each(['smtp', 'mailgun'])(
    'shows the same with mails by %s',
    async (client) => {
      const kept = path.join(folder, client);
      const args = ['--users', '10', '--days', '15', '--mail-client', client, '--keep', kept];
      const { code, stdout, stderr } = await demo(...args);

      expect([code, stderr]).toEqual([0, '']);
      for (const words of [
        'dan: the rotation is interrupted in the middle',
        'olga: the new key is in use, so its mail had arrived',
        'pavel: a new key is mailed after all',
        'mia: a person wants to keep the old key',
        'opened the mail with the old key',
      ]) {
        expect(stdout).toContain(words);
      }
      expect(stdout.match(/^✓ \d /gm)).toHaveLength(6);
      for (const unwanted of ['✗', '\u001b']) expect(stdout).not.toContain(unwanted);

      const index = await readFile(path.join(kept, 'index.html'), 'utf8');
      const files = await readdir(kept);
      const links = [...index.matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
      expect(links.length).toBeGreaterThan(20);
      expect([...links, 'index.html'].sort()).toEqual(files.sort());
      expect(await leftBehind()).toEqual([client]);
      await rm(kept, { recursive: true });
    },
    300_000,
  );

  it('refuses options that it does not know, and says which there are', async () => {
    const { code, stdout, stderr } = await demo('--user', '3');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain("Unknown option '--user'");
    expect(stderr).toContain('Usage: npm run demo');
  }, 60_000);

  it('explains itself', async () => {
    const { code, stdout } = await demo('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--mail-client CLIENT');
  }, 60_000);
});
