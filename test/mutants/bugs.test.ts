import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { transformSync } from 'esbuild';
import { applyBug } from '../../scripts/mutants/bug.ts';
import { BUGS } from '../../scripts/mutants/bugs/index.ts';

const root = resolve(import.meta.dirname, '../..');
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
    ...['rotate', 'deliver', 'resend'].map((name) => `src/rotator/${name}.ts`),
    ...['', '-started', '-delivering', '-delivered'].map((of) => `src/rotator/resume${of}.ts`),
    ...['destroy', 'timers', 'batch', 'event', 'veto'].map((name) => `src/destructor/${name}.ts`),
    ...['held', 'effects', 'prefetch'].map((name) => `src/journal/${name}.ts`),
    ...['rotation', 'destruction', 'key-hints'].map((name) => `src/domain/${name}.ts`),
    ...['iam-keys', 'ssm-parameters', 'dynamodb-journal', 'clients'].map((n) => `src/aws/${n}.ts`),
    ...['smtp', 'ses', 'mailgun'].map((name) => `src/mailers/${name}-answers.ts`),
  ])('has a bug in %s', (file) => {
    expect(BUGS.map((bug) => bug.file)).toContain(file);
  });
});
