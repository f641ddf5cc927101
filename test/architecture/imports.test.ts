import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/**
 * Which parts of `src` may import which. A part that is missing here may import everything: those
 * are the edges (handlers, wiring, command line).
 */
const src = resolve(import.meta.dirname, '../../src');
const ALLOWED: Record<string, readonly string[]> = {
  domain: ['domain'],
  ports: ['domain', 'ports'],
  sealing: ['domain', 'ports', 'sealing'],
  aws: ['domain', 'ports', 'aws'],
  mailers: ['domain', 'ports', 'config', 'mailers'],
};
/** Wiring only: they build the ports and make one call. */
const EDGES = ['rotator/handler.ts', 'destructor/handler.ts'];
/** Packages that the core may use besides our own code. */
const CORE_PACKAGES = ['p-limit', 'zod/mini'];

interface Import {
  readonly from: string;
  readonly to: string;
}

function imports(): Import[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(src, file), 'utf8');
      return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) => ({
        from: file,
        to: target.startsWith('.') ? relative(src, resolve(src, dirname(file), target)) : target,
      }));
    });
}

const partOf = (file: string) => file.split('/')[0] ?? file;
const isOwn = (target: string) => target.endsWith('.ts');

describe('the layers', () => {
  const all = imports().filter(({ from }) => !EDGES.includes(from));

  it('are read from the sources', () => {
    expect(all.length).toBeGreaterThan(100);
  });

  it('import only what they may', () => {
    const wrong = all.filter(({ from, to }) => {
      const allowed = ALLOWED[partOf(from)];
      return allowed && isOwn(to) && !allowed.includes(partOf(to));
    });
    expect(wrong).toEqual([]);
  });

  it('keep packages and runtimes out of the core', () => {
    const core = ['domain', 'ports', 'rotation', 'rotator', 'destructor'];
    const wrong = all.filter(
      ({ from, to }) =>
        core.includes(partOf(from)) &&
        !isOwn(to) &&
        !(partOf(from) !== 'domain' && CORE_PACKAGES.includes(to)),
    );
    expect(wrong).toEqual([]);
  });

  it('read the environment in one place for each program', () => {
    const readers = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => readFileSync(join(src, file), 'utf8').includes('process.env'))
      .filter((file) => !file.startsWith('cli/'));
    expect(readers).toEqual(['runtime/lambda.ts']);
  });
});
