import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CommandLine, startCommandLine } from './support/command-line.ts';

const root = resolve(import.meta.dirname, '../..');
let cli: CommandLine;
let directory: string;
beforeAll(async () => {
  cli = await startCommandLine();
  directory = mkdtempSync(join(tmpdir(), 'ikr-'));
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await cli.close();
});

/** Runs the command line as a process of its own. */
async function ikr(
  argv: readonly string[],
  { env = {}, stdin = '' }: { env?: Record<string, string>; stdin?: string } = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...argv], {
    cwd: root,
    env: { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true', ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  child.stdin.end(stdin);
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, out, err };
}

describe('the process', () => {
  it.each([
    [['--help'], 0],
    [['tag', '/nonexistent.json'], 1],
    [['rotate', '--frobnicate'], 2],
  ])('ends %j with %i', async (argv, code) => {
    expect((await ikr(argv)).code).toBe(code);
  });

  it('takes profile and Region from the command line, before keys in the environment', async () => {
    const { accessKeyId, secretAccessKey } = cli.managed('alice', 5);
    const credentials = join(directory, 'credentials');
    writeFileSync(
      credentials,
      `[work]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    const env = {
      AWS_ENDPOINT_URL: cli.account.endpoint,
      AWS_SHARED_CREDENTIALS_FILE: credentials,
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wrong',
    };
    const argv = ['status', '--json'];

    const withProfile = await ikr([...argv, '--profile', 'work', '--region', 'eu-central-1'], {
      env,
    });
    expect(withProfile.err).toBe('');
    expect(withProfile.code).toBe(0);
    expect(cli.account.userActions.keys('alice')[0]?.lastUsedAtMs).toBeDefined();

    const without = await ikr(argv, { env: { ...env, AWS_DEFAULT_REGION: 'eu-central-1' } });
    expect(without.code).toBe(1);
    expect(without.err).toContain('AWS refuses these credentials');
  });

  it('asks for a Region, credentials and a profile that exist', async () => {
    const env = { AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' };
    const argv = ['history'];

    expect((await ikr(argv, { env })).err).toContain('Which AWS Region?');
    const region = { ...env, AWS_REGION: 'eu-central-1' };
    expect((await ikr(argv, { env: region })).err).toContain('There are no AWS credentials');
    const profile = await ikr([...argv, '--profile', 'none'], { env: region });
    expect(profile.err).toContain('There is no AWS profile none');
    expect(profile.err).not.toContain('at ');
    const debug = await ikr([...argv, '--profile', 'none', '--debug'], { env: region });
    expect(debug.err).toMatch(/\n +at /);
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'src/cli/main.ts', 'preview', '--json', directory],
      {
        cwd: root,
      },
    );
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += String(chunk);
    });
    const code = await new Promise<number | null>((done) => child.on('close', done));
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('writes the mails into a directory and says where they are', async () => {
    const { code, out } = await ikr(['preview', directory]);

    expect(code).toBe(0);
    expect(out).toContain(join(directory, 'index.html'));
  });
});
