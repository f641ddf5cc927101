import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
const src = join(root, 'src');

/** The parts of `src` from the bottom up. A part may import itself and those of the lines below it. */
const LAYERS: readonly (readonly string[])[] = [
  ['domain'],
  ['ports'],
  ['config'],
  ['sealing'],
  ['rotation'],
  ['mailers'],
  ['deliveries'],
  ['notifications'],
  ['aws'],
  ['runtime'],
  ['rotator', 'destructor'],
  ['cli'],
];
/** Parts that decide and do not reach the world: they know no AWS SDK and no mail library. */
const CORE = ['domain', 'ports', 'config', 'sealing', 'rotation', 'notifications'];
/** Packages that the core may use besides our own code. */
const CORE_PACKAGES = ['jose', 'node:crypto', 'p-limit', 'zod/mini'];

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsIn(folder: string): Import[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) => ({
        from: file,
        to: target.startsWith('.')
          ? relative(folder, resolve(folder, dirname(file), target))
          : target,
      }));
    });
}

const partOf = (file: string) => file.split('/')[0] ?? file;
const isOwn = (target: string) => target.endsWith('.ts');
const layerOf = (part: string) => LAYERS.findIndex((layer) => layer.includes(part));

/** Files of one circle of imports, if there is one. */
function circleIn(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports.filter((one) => isOwn(one.to))) {
    targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const target of targets.get(file) ?? []) {
      const circle = visit(target, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of targets.keys()) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

describe('the parts of src', () => {
  const all = importsIn(src);

  it('are read from the sources, and each has its place in the order', () => {
    expect(all.length).toBeGreaterThan(100);
    const parts = readdirSync(src, { withFileTypes: true });
    expect(parts.filter((entry) => !entry.isDirectory())).toEqual([]);
    expect(parts.map(({ name }) => name).sort()).toEqual(LAYERS.flat().sort());
  });

  it('import only downwards', () => {
    const wrong = all.filter(({ from, to }) => {
      if (!isOwn(to) || partOf(from) === partOf(to)) return false;
      return layerOf(partOf(to)) >= layerOf(partOf(from)) || layerOf(partOf(to)) < 0;
    });
    expect(wrong).toEqual([]);
  });

  it.each(['src', 'simulation', 'scripts'])('have no circle of imports in %s', (folder) => {
    expect(circleIn(importsIn(join(root, folder)))).toEqual([]);
  });

  it('keep packages and runtimes out of the core', () => {
    const wrong = all.filter(
      ({ from, to }) => CORE.includes(partOf(from)) && !isOwn(to) && !CORE_PACKAGES.includes(to),
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

describe('the programs of scripts and the simulation', () => {
  it.each(['scripts', 'simulation'])('import no test: %s', (folder) => {
    const wrong = importsIn(join(root, folder)).filter(({ to }) => /(^|\/)test\//.test(to));
    expect(wrong).toEqual([]);
  });
});
