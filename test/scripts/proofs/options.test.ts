import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../scripts/command-line.ts';
import { readOptions } from '../../../scripts/proofs/all/options.ts';
import { PROOFS } from '../../../scripts/proofs/all/proofs.ts';

function read(...args: string[]) {
  const options = readOptions(args);
  if (options === 'help') throw new Error('asked for help');
  return options;
}

describe('the options of npm run proofs', () => {
  it('run a sample of each proof that has one, two at the same time', () => {
    const { chosen, jobs, outputFile } = read();
    expect(jobs).toBe(2);
    expect(outputFile).toBeUndefined();
    expect(chosen).toEqual(
      PROOFS.flatMap(({ name, sample }) => (sample ? [{ name, command: sample }] : [])),
    );
  });

  it('choose which are run, how much of them, and where the numbers go', () => {
    const { chosen, jobs, outputFile } = read(
      ...['--only', 'mutants,pairs', '--full', '--jobs', '1', '--outputFile', 'numbers.json'],
    );
    expect(chosen.map(({ name }) => name)).toEqual(['mutants', 'pairs']);
    expect(chosen[1]?.command).toBe(PROOFS.find(({ name }) => name === 'pairs')?.full);
    expect([jobs, outputFile]).toEqual([1, 'numbers.json']);
  });

  it('ask for help', () => {
    expect(readOptions(['--help', '--only', 'x'])).toBe('help');
  });

  it.each([
    [['--only', 'pears'], '--only has "pears"; allowed: '],
    [['--only', 'mutants'], 'mutants has no sample; --full runs all of it'],
    [['--jobs', '0'], '--jobs is "0"; allowed: a whole number from 1 to 16'],
    [['--fool'], '--fool'],
  ])('refuse %j, and say why', (args, why) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(why);
  });
});

describe('the proofs', () => {
  it('run every file of tests that npm test leaves out, once', () => {
    const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.proof.ts'))
      .map((file) => path.posix.join('test', file));
    expect(files.length).toBeGreaterThan(0);
    const folders = PROOFS.flatMap(({ sample }) => sample?.args ?? []).filter((arg) =>
      arg.startsWith('test/'),
    );
    for (const file of files) {
      expect({ file, by: folders.filter((folder) => file.startsWith(`${folder}/`)) }).toEqual({
        file,
        by: [expect.any(String)],
      });
    }
  });
});
