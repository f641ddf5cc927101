import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CompactEncrypt } from 'jose';
import { newKeyMail } from '../../../../src/deliveries/mail/templates/index.ts';
import { FACTS } from './samples.ts';

const PAIR = { AccessKeyId: 'AKIAI44QH8DHBEXAMPLE', SecretAccessKey: 'invented/secret+EXAMPLE' };

/** A program named `aws` that notes its arguments and shows the parameter. */
const FAKE_AWS = (answer: string, notes: string) => `#!${process.execPath}
require('node:fs').writeFileSync(${JSON.stringify(notes)}, JSON.stringify(process.argv.slice(2)));
console.log(${JSON.stringify(answer)});
`;

describe('the way to open a sealed key without ikr', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ikr-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Follows the mail: saves the two files, and runs the script. */
  async function follow(parameterName: string, change?: (sealed: string) => string) {
    const key = randomBytes(32);
    const token = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(PAIR)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 'rotation', region: 'eu-central-1' })
      .encrypt(new Uint8Array(key));
    const { text } = newKeyMail({
      ...FACTS,
      payload: { kind: 'sealed', token, parameterName, region: 'eu-central-1' },
      repeated: false,
      oldKey: 'works',
    });

    const sealed = /^-----BEGIN[\s\S]*?-----END.*$/m.exec(text)?.[0] ?? '';
    writeFileSync(join(directory, 'sealed.txt'), change ? change(sealed) : sealed);
    const script = /^ +const fs = [\s\S]*?final\('utf8'\)\);$/m.exec(text)?.[0] ?? '';
    writeFileSync(join(directory, 'open-key.cjs'), script);
    const aws = join(directory, 'aws');
    const jwk = { kty: 'oct', k: key.toString('base64url'), kid: 'rotation' };
    writeFileSync(aws, FAKE_AWS(JSON.stringify(jwk), join(directory, 'arguments.json')));
    chmodSync(aws, 0o755);

    return execFileSync(process.execPath, ['open-key.cjs'], {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${directory}${delimiter}${process.env.PATH}` },
    });
  }

  const noted = (): Promise<{ default: string[] }> =>
    import(join(directory, 'arguments.json'), { with: { type: 'json' } });

  it('shows the key pair, and asks AWS for the right parameter', async () => {
    expect(JSON.parse(await follow('/ikr/secret/iam/alice'))).toEqual(PAIR);
    expect((await noted()).default.join(' ')).toBe(
      'ssm get-parameter --with-decryption --output text --query Parameter.Value ' +
        '--region eu-central-1 --name /ikr/secret/iam/alice',
    );
  });

  it('works with a sealed key that was saved with Windows line ends', async () => {
    const output = await follow('/ikr/secret/iam/alice', (sealed) =>
      `\ufeff${sealed}\n`.replaceAll('\n', '\r\n'),
    );
    expect(JSON.parse(output)).toEqual(PAIR);
  });

  it('hands a hostile parameter name on as what it is: one argument', async () => {
    const hostile = `"); process.exit(1); //'$(id)\`\\`;
    expect(JSON.parse(await follow(hostile))).toEqual(PAIR);
    expect((await noted()).default.at(-1)).toBe(hostile);
  });

  it('shows nothing of a sealed key that was changed', async () => {
    const changed = follow('/ikr/secret/iam/alice', (sealed) =>
      sealed.replace(
        /eyJ.{5}/,
        (start) => `${start.slice(0, -1)}${start.endsWith('x') ? 'y' : 'x'}`,
      ),
    );
    await expect(changed).rejects.toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('authenticate'),
    });
  });
});
