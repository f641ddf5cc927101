import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** The SDK commands that files in these folders make. */
function commandsIn(...folders: string[]): string[] {
  const sources = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(`${folder}/${file}`, 'utf8')),
  );
  const names = sources.flatMap((source) =>
    [...source.matchAll(/\bnew (\w+Command)\(/g)].map(([, name = '']) => name),
  );
  return [...new Set(names)].sort();
}

describe('every AWS call of the product', () => {
  const ofTheProduct = commandsIn('src');

  it('is found where it is made', () => {
    expect(ofTheProduct).toContain('CreateAccessKeyCommand');
    expect(ofTheProduct.length).toBeGreaterThan(20);
  });

  it('is in the contract of the local account', () => {
    expect(commandsIn('test/simulation/contract')).toEqual(expect.arrayContaining(ofTheProduct));
  });

  it('is held against the answer of an engine that other people wrote', () => {
    expect(commandsIn('test/scripts/engines/support')).toEqual(
      expect.arrayContaining(ofTheProduct),
    );
  });
});
