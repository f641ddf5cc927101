import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';

const root = resolve(import.meta.dirname, '..');
const directory = mkdtempSync(join(tmpdir(), 'ikr-build-'));

function buildIn(timeZone: string): { path: string; output: string } {
  const path = join(directory, timeZone.replace('/', '-'));
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'scripts/build.ts', path],
    { cwd: root, env: { ...process.env, TZ: timeZone, NODE_OPTIONS: '' }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return { path, output: stderr };
}

const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('the build', () => {
  let east: ReturnType<typeof buildIn>;
  let west: ReturnType<typeof buildIn>;
  beforeAll(() => {
    east = buildIn('Pacific/Kiritimati');
    west = buildIn('America/Los_Angeles');
  }, 60_000);
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(['rotator', 'destructor'])('makes the same %s archive in every time zone', (name) => {
    expect(digest(join(east.path, `${name}.zip`))).toBe(digest(join(west.path, `${name}.zip`)));
  });

  it.each(['rotator', 'destructor'])('puts the handler of the %s where Lambda looks', (name) => {
    const files = unzipSync(readFileSync(join(east.path, `${name}.zip`)));
    expect(Object.keys(files)).toContain('index.mjs');
    expect(Object.keys(files)).toEqual(Object.keys(files).sort());
    const source = Object.values(files).map((bytes) => Buffer.from(bytes).toString());
    expect(source.join('\n')).not.toContain(root);
  });

  it.each(['rotator', 'destructor'])(
    'keeps the %s within 500 kB loaded and 1,200 kB in all',
    (name) => {
      const line = new RegExp(`${name}\\.zip: (\\d+) kB loaded with SES, (\\d+) kB in all`);
      const [, loaded, total] = (line.exec(east.output) ?? []).map(Number);
      expect(loaded).toBeGreaterThan(100);
      expect(loaded).toBeLessThanOrEqual(500);
      expect(total).toBeLessThanOrEqual(1200);
    },
  );
});
