import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Copy, copyCheckout } from '../../../scripts/proofs/mutants/copy.ts';
import { suitesFor } from '../../../scripts/proofs/mutants/suites.ts';
import { node, ToolFailed } from '../../../scripts/proofs/mutants/tools.ts';

let checkout: string;
let copy: Copy;

beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'ikr-checkout-'));
  const files = { 'src/a.ts': 'a', 'src/b.ts': 'b', 'test/a.test.ts': 'a', 'notes.txt': 'mine' };
  for (const [file, text] of Object.entries({ ...files, 'node_modules/p/index.js': 'p' })) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true });
    writeFileSync(join(checkout, file), text);
  }
  const git = (...args: string[]) => execFileSync('git', args, { cwd: checkout });
  git('init', '--quiet');
  git('add', 'src', 'test');
  rmSync(join(checkout, 'src/b.ts'));
  writeFileSync(join(checkout, 'src/a.ts'), 'a, changed');
  copy = copyCheckout(checkout);
});
afterAll(() => rmSync(checkout, { recursive: true }));

describe('a copy of a checkout', () => {
  it('has what git tracks as it is now, and the packages', () => {
    expect(readFileSync(join(copy.root, 'src/a.ts'), 'utf8')).toBe('a, changed');
    expect(existsSync(join(copy.root, 'src/b.ts'))).toBe(false);
    expect(existsSync(join(copy.root, 'notes.txt'))).toBe(false);
    expect(lstatSync(join(copy.root, 'node_modules')).isSymbolicLink()).toBe(true);
  });

  it('can be changed, and nothing else changes', async () => {
    await copy.write('src/a.ts', 'a, with a bug');
    expect(await copy.read('src/a.ts')).toBe('a, with a bug');
    expect(readFileSync(join(checkout, 'src/a.ts'), 'utf8')).toBe('a, changed');
  });

  it('is where tools run, and has room for what they leave', async () => {
    const script = 'console.log(process.cwd(), require("os").tmpdir()); process.exitCode = 3';
    const { code, out } = await node(copy, ['-e', script]);
    expect({ code, out }).toEqual({ code: 3, out: `${copy.root} ${copy.scratch}\n` });
  });

  it('has the tests of a bug first, which mirror its file unless told', () => {
    const bug = { name: '', breaks: '', file: 'src/a.ts', edits: [] };
    const [first] = suitesFor(bug, ['own', 'fast'], copy);
    expect(first?.name).toBe('tests test/a.test.ts');
    const [told] = suitesFor({ ...bug, tests: ['test/x.test.ts'] }, ['own', 'histories'], copy);
    expect(told?.name).toBe('tests test/x.test.ts');
    expect(suitesFor(bug, ['histories'], copy).map(({ name }) => name)).toEqual(['histories']);
  });

  it('tells when a tool leaves no report', async () => {
    const [tests] = suitesFor({ name: '', breaks: '', file: '', edits: [] }, ['fast'], copy);
    await expect(tests?.run()).rejects.toThrow(ToolFailed);
  });

  it('leaves nothing behind, and the packages where they are', () => {
    copy.remove();
    expect(existsSync(dirname(copy.root))).toBe(false);
    expect(existsSync(join(checkout, 'node_modules/p/index.js'))).toBe(true);
  });
});
