import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BEGIN_TOKEN,
  END_TOKEN,
  findTokens,
} from '../../src/deliveries/mail/templates/token-block.ts';
import { Secret } from '../../src/domain/secret.ts';
import { sealer } from '../../src/sealing/sealer.ts';
import {
  type CommandLine,
  FUNCTION,
  mailsTo,
  startCommandLine,
  steering,
} from './support/command-line.ts';

let cli: CommandLine;
let directory: string;
let mail: string;
let token: string;
/** The environment of alice with her old key. */
let alice: Record<string, string | undefined>;
let bob: Record<string, string | undefined>;
let newPair: { id: string; secret: string };

beforeAll(async () => {
  cli = await startCommandLine();
  directory = mkdtempSync(join(tmpdir(), 'ikr-'));
  const as = (key: { accessKeyId: string; secretAccessKey: string }) => ({
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_SESSION_TOKEN: undefined,
  });
  alice = as(cli.managed('alice', 85));
  bob = as(cli.managed('bob', 5));
  await cli.ikr(['rotate', '--all', '--function', FUNCTION]);
  mail = mailsTo(cli.account, 'alice@example.com')[0]?.text ?? '';
  token = findTokens(mail)[0] ?? '';
  const secrets = [...cli.account.secrets];
  const id = cli.account.userActions.keys('alice')[1]?.accessKeyId ?? '';
  newPair = { id, secret: secrets.find((one) => cli.account.userActions.keyWorks(id, one)) ?? '' };
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await cli.close();
});

const failure = async (argv: string[], how: Parameters<CommandLine['ikr']>[1] = {}) => {
  const { code, out, err } = await cli.ikr(['decrypt', ...argv], { env: alice, ...how });
  expect(out).toBe('');
  expect(code).toBe(1);
  return err.replace(/\s+/g, ' ');
};
const parameter = () => cli.account.userActions.parameterNames()[0] ?? '';
const jwk = () => [...cli.account.secureValues].find((value) => value.includes('"kid"')) ?? '';

describe('ikr decrypt', () => {
  it('takes the token itself or a file with it, and does not choose', async () => {
    const { code, out, err } = await cli.ikr(['decrypt', token, '--file', '/not/there'], {
      env: alice,
    });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Choose one: the sealed key pair itself or --file.');
  });

  it('opens a pasted mail with the old key, and prints nothing but the pair to standard output', async () => {
    const { code, out, err } = await cli.ikr(['decrypt'], { stdin: mail, env: alice });

    expect(err).toBe('New key pair of arn:aws:iam::111122223333:user/alice:\n');
    expect(out).toBe(
      `export AWS_ACCESS_KEY_ID=${newPair.id}\nexport AWS_SECRET_ACCESS_KEY=${newPair.secret}\n`,
    );
    expect(code).toBe(0);
  });

  it('takes the token alone, and a file', async () => {
    const path = join(directory, 'mail.txt');
    writeFileSync(path, mail);

    for (const argv of [[token], ['--file', path]]) {
      const { code, out } = await cli.ikr(['decrypt', ...argv], { env: alice });
      expect(code).toBe(0);
      expect(out).toContain(newPair.secret);
    }
  });

  it('prints the pair as JSON and as a section of the credentials file', async () => {
    const json = await cli.ikr(['decrypt', token, '--format', 'json'], { env: alice });
    expect(json.json()).toEqual({
      Version: 1,
      AccessKeyId: newPair.id,
      SecretAccessKey: newPair.secret,
    });

    const argv = ['decrypt', token, '--format', 'credentials', '--profile-name', 'work'];
    const section = await cli.ikr(argv, { env: alice });
    expect(section.out).toBe(
      `[work]\naws_access_key_id = ${newPair.id}\naws_secret_access_key = ${newPair.secret}\n`,
    );
  });

  it('opens a mail offline with the content key, as JWK, as bare key, or from a file', async () => {
    const path = join(directory, 'key.jwk');
    writeFileSync(path, `${jwk()}\n`);
    const bare = (JSON.parse(jwk()) as { k: string }).k;
    cli.account.calls.reset();

    for (const key of [jwk(), bare, `@${path}`]) {
      const { out } = await cli.ikr(['decrypt', token, '--key', key]);
      expect(out).toContain(newPair.secret);
    }
    expect(cli.account.calls.counts()).toEqual({});
  });

  it('refuses what is no content key, without repeating it', async () => {
    const { code, err } = await cli.ikr(['decrypt', token, '--key', 'hush-hush']);

    expect(code).toBe(2);
    expect(err).toContain('no content key');
    expect(err).not.toContain('hush');
  });

  it('tells a person at a terminal what to paste', async () => {
    const { err } = await cli.ikr(['decrypt'], { columns: 80, env: alice });

    expect(err).toContain('Paste the mail');
    expect(err).toContain('Nothing was given');
  });

  it('says when nothing, no token, or only a piece of one was given', async () => {
    expect(await failure([], { stdin: ' \n' })).toContain('Nothing was given');
    expect(await failure([], { stdin: 'Dear Alice' })).toContain(BEGIN_TOKEN);
    const upToEnd = mail.slice(0, mail.indexOf(END_TOKEN));
    expect(await failure([], { stdin: upToEnd.slice(0, -40) })).toContain('there is no END line');
    expect(await failure([token.slice(0, 150)])).toContain('A piece of the sealed key pair');
  });

  it('says when a line in the middle is missing, though key and rotation are right', async () => {
    const [head = '', key, vector, ciphertext = '', tag] = token.split('.');
    const cut = [head, key, vector, ciphertext.slice(32), tag].join('.');

    expect(await failure([cut])).toContain('its content key is the right one');
  });

  it('asks for one when there are several, and says whose they are', async () => {
    const other = await sealer.seal(
      { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: new Secret('x') },
      sealer.newContentKey(),
      {
        rotationId: 'r-2',
        userArn: 'arn:aws:iam::111122223333:user/bob',
        parameterName: '/ikr/secret/iam/bob',
        region: 'eu-central-1',
      },
    );
    const err = await failure([], { stdin: `${mail}\n${other}\n${mail}` });

    expect(err).toContain('There are 2 sealed key pairs');
    expect(err).toContain('user/alice');
    expect(err).toContain('user/bob, rotation r-2');
  });

  it('says whose mail it is when AWS denies another user the content key', async () => {
    cli.account.faults.add({ match: { action: 'GetParameter' }, kind: 'deny' });

    const err = await failure([token], { env: bob });

    expect(err).toContain('This mail is for arn:aws:iam::111122223333:user/alice');
    expect(err).toContain('you are arn:aws:iam::111122223333:user/bob');
    expect(err).toContain('--profile');
  });

  it('says what to ask for when AWS denies the owner the content key', async () => {
    cli.account.faults.add({ match: { action: 'GetParameter' }, kind: 'deny' });

    const err = await failure([token]);

    expect(err).toContain('ssm:GetParameter');
    expect(err).toContain('kms:Decrypt');
    expect(err).toContain(parameter());
  });

  it('opens the mail for an administrator too, and says whose it is', async () => {
    const { code, out, err } = await cli.ikr(['decrypt', token]);

    expect(code).toBe(0);
    expect(out).toContain(newPair.secret);
    expect(err).toContain('Note: This mail is for arn:aws:iam::111122223333:user/alice');
  });

  it('opens the mail though STS does not answer', async () => {
    cli.account.faults.add({ match: { service: 'sts' }, kind: 'deny', times: 5 });

    const { out } = await cli.ikr(['decrypt', token], { env: alice });

    cli.account.faults.clear();
    expect(out).toContain(newPair.secret);
  });

  it('says that the old key does not work any more when AWS refuses it', async () => {
    const err = await failure([token], {
      env: { ...alice, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' },
    });
    expect(err).toContain('the access key is inactive, deleted or mistyped');
  });

  it('never asks for a parameter or a Region that is none of this program', async () => {
    const sealed = (parameterName: string, region: string) =>
      sealer.seal(
        { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: new Secret('x') },
        sealer.newContentKey(),
        { rotationId: 'r', userArn: 'arn:aws:iam::111122223333:user/alice', parameterName, region },
      );
    cli.account.calls.reset();

    const foreign = await sealed('/prod/database/password', 'eu-central-1');
    expect(await failure([foreign])).toContain('This is no mail of this program');
    const elsewhere = await sealed('/ikr/secret/iam/alice', 'evil.example/eu-west-1');
    expect(await failure([elsewhere])).toContain('This is no mail of this program');
    expect(cli.account.calls.counts()).toEqual({});
  });

  it('looks in the Region that the mail names, unless told otherwise', async () => {
    const env = { ...alice, AWS_REGION: undefined };

    expect((await cli.ikr(['decrypt', token], { env })).code).toBe(0);
    expect(await failure([token, '--region', 'nowhere'], { env })).toContain('in Region nowhere');
  });

  it('says that a newer mail exists when the parameter is of a newer rotation', async () => {
    const name = parameter();
    const newer = { ...JSON.parse(jwk()), kid: 'a-newer-rotation' };
    cli.account.userActions.putParameter(name, JSON.stringify(newer));

    const err = await failure([token]);

    cli.account.userActions.putParameter(name, jwk());
    expect(err).toContain('This mail is out of date');
    expect(err).toContain('Open the newest mail');
  });

  it('says that a given content key is of another rotation', async () => {
    const other = JSON.stringify({ ...JSON.parse(jwk()), kid: 'another' });
    expect(await failure([token, '--key', other])).toContain('of another rotation (another)');

    const bare = sealer.newContentKey().reveal();
    expect(await failure([token, '--key', bare])).toContain('does not open this token');
  });

  it('says that the rotation is over when the parameter is gone', async () => {
    cli.account.userActions.deleteParameter(parameter());

    const err = await failure([token]);

    expect(err).toContain('The content key of this mail is gone');
    expect(err).toContain('ikr rotate --user alice --force');
  });

  it('says that the credentials are of another account when the parameter is not there', async () => {
    const foreign = await sealer.seal(
      { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: new Secret('x') },
      sealer.newContentKey(),
      {
        rotationId: 'r',
        userArn: 'arn:aws:iam::999999999999:user/alice',
        parameterName: '/ikr/secret/iam/alice/AIDAEXAMPLEEXAMPLE234',
        region: 'eu-central-1',
      },
    );
    const err = await failure([foreign]);

    expect(err).toContain('another AWS account: 999999999999, not 111122223333');
  });

  it('prints nothing that would be more than a key pair where it is pasted', async () => {
    const contentKey = sealer.newContentKey();
    const hostile = await sealer.seal(
      {
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        secretAccessKey: new Secret('x\ncredential_process = evil'),
      },
      contentKey,
      {
        rotationId: 'r',
        userArn: 'arn:aws:iam::111122223333:user/alice',
        parameterName: '/ikr/secret/iam/alice',
        region: 'eu-central-1',
      },
    );
    expect(await failure([hostile, '--key', contentKey.reveal()])).toContain('no key pair of AWS');
  });

  it('shows nothing of a header that would steer the terminal, and that nobody has proven', async () => {
    const hostile = await sealer.seal(
      { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: new Secret('x') },
      sealer.newContentKey(),
      {
        rotationId: 'r',
        userArn: 'arn:aws:iam::999999999999:user/\u001b]0;pwned\u0007\u001b[2Jalice',
        parameterName: '/ikr/secret/iam/alice',
        region: 'eu-central-1',
      },
    );
    const { err } = await cli.ikr(['decrypt', hostile], { env: alice, columns: 80 });

    expect(err).toContain('its header does not name');
    expect(err).not.toContain('pwned');
    expect(steering(err)).toEqual([]);
  });
});
