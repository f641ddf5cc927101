import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CommandLine, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterAll(() => cli.close());

describe('the program', () => {
  it.each([
    [['--help'], 0],
    [['--version'], 0],
    [['help', 'decrypt'], 0],
    [[], 2],
    [['frobnicate'], 2],
    [['rotate', '--frobnicate'], 2],
    [['cancel'], 2],
    [['cancel', 'alice', 'bob'], 2],
    [['decrypt', '--format', 'yaml'], 2],
    [['decrypt', '--profile-name', 'a]\n[b'], 2],
  ])('ends %j with %i', async (argv, code) => {
    expect((await cli.ikr(argv)).code).toBe(code);
  });

  it('says where the mails of a preview can not be written, and why', async () => {
    const { code, err } = await cli.ikr(['preview', 'package.json/mails']);
    expect(code).toBe(1);
    expect(err.replace(/\s+/g, ' ')).toMatch(
      /^ikr: The mails can't be written to package\.json\/mails: .*ENOTDIR/,
    );
  });

  it('tells the version of the package', async () => {
    const { out } = await cli.ikr(['--version']);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('has help with examples for every command, no wider than a terminal', async () => {
    const overview = await cli.ikr(['--help']);
    const names = [...overview.out.matchAll(/^ {2}([a-z]+) .*(?:\[|<)/gm)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'help' && name !== 'ikr');
    expect(names).toEqual('tag decrypt status rotate resend cancel history preview'.split(' '));
    for (const name of names) {
      const { out } = await cli.ikr([name, '--help']);
      expect(out).toMatch(/^Examples?:$/m);
      expect(out).toContain('--profile <name>');
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it('puts help on standard output, and what is wrong on standard error', async () => {
    const wrong = await cli.ikr(['status', '--funtcion', 'x']);
    expect(wrong.out).toBe('');
    expect(wrong.err).toContain('Did you mean --function?');
    expect((await cli.ikr(['--help'])).err).toBe('');
  });
});
