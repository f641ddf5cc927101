import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { transformSync } from 'esbuild';
import { applyBug } from '../../../scripts/proofs/mutants/bug.ts';
import { BUGS } from '../../../scripts/proofs/mutants/bugs/index.ts';
import { WITHOUT_EDITS } from '../../../scripts/proofs/mutants/bugs/without-edits.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const compiled = (source: string) => transformSync(source, { loader: 'ts' }).code;

describe('every bug of the list', () => {
  it.each(BUGS.map((bug) => ({ bug, name: bug.name })))(
    'fits the sources as they are: $name',
    ({ bug }) => {
      const source = read(bug.file);
      // Not only another comment or another type.
      expect(compiled(applyBug(bug, source))).not.toBe(compiled(source));
    },
  );

  it('has a name of its own, and names tests that exist', () => {
    expect(new Set(BUGS.map(({ name }) => name)).size).toBe(BUGS.length);
    const missing = BUGS.flatMap(({ tests = [] }) => tests).filter(
      (test) => !existsSync(join(root, test)),
    );
    expect(missing).toEqual([]);
  });
});

describe('the list', () => {
  it.each([
    ...['batch', 'event'].map((name) => `src/destructor/${name}.ts`),
    ...['iam-keys', 'dynamodb-journal', 'clients'].map((name) => `src/aws/${name}.ts`),
    ...['smtp', 'ses', 'mailgun'].map((name) => `src/mailers/${name}-answers.ts`),
    ...['effects', 'prefetch'].map((name) => `src/rotation/${name}.ts`),
  ])('has a bug in %s', (file) => {
    expect(BUGS.map((bug) => bug.file)).toContain(file);
  });

  it('names no bug without edits that has them', () => {
    const names = new Set(BUGS.map(({ name }) => name));
    expect(WITHOUT_EDITS.filter(({ name }) => names.has(name))).toEqual([]);
  });
});
