import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import { getBuiltins } from '../../scripts/builtins.ts';

const root = resolve(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'ikr-build-'));

function buildIn(timeZone: string): { path: string; output: string } {
  const path = join(directory, timeZone.replace('/', '-'));
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'scripts/build.ts', '--out', path],
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

  it.each(['rotator', 'destructor'])('imports nothing in the %s but its own files', (name) => {
    const files = unzipSync(readFileSync(join(east.path, `${name}.zip`)));
    const imported = Object.values(files).flatMap((bytes) =>
      [
        ...Buffer.from(bytes)
          .toString()
          .matchAll(/\bimport(?![\w$])[^"'`;()]*\(?"([\w:./-]+)"/g),
      ].map(([, path]) => path),
    );
    expect(imported.length).toBeGreaterThan(10);
    expect(imported.filter((path) => !path?.startsWith('./'))).toEqual([]);
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

describe("Node's own modules in a bundle", () => {
  const fs = 'process.getBuiltinModule("node:fs")';
  it.each([
    ['import a from "node:fs";', `const a=${fs};`],
    ['import{b as c,d}from"node:fs";', `const {b:c,d}=${fs};`],
    ['import { b as c, d } from "node:fs";', `const { b:c, d }=${fs};`],
    ['import*as e from"node:fs";', `const e=${fs};`],
    ['import a,{b}from"node:fs";', `const a=${fs};const {b}=${fs};`],
    ['import a,*as e from"node:fs";', `const a=${fs};const e=${fs};`],
    ['import $a from"fs";', 'const $a=process.getBuiltinModule("fs");'],
    ['import"node:fs";', ''],
    ['let f=await import("node:fs");', `let f=await Promise.resolve(${fs});`],
  ])('come without an import: %s', (before, after) => {
    expect(getBuiltins(before)).toBe(after);
  });

  it('are there before anything else runs, as imports are', () => {
    expect(getBuiltins('use(a);import a from"node:fs";more()')).toBe(`const a=${fs};use(a);more()`);
  });

  it.each(['import a from"./a.mjs";', 'import("./a.mjs")', 'f("import a from node:fs")'])(
    'are not confused with %s',
    (source) => {
      expect(getBuiltins(source)).toBe(source);
    },
  );
});
