import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CommandLine, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
let directory: string;
let file: string;
beforeAll(async () => {
  cli = await startCommandLine();
  directory = mkdtempSync(join(tmpdir(), 'ikr-'));
  file = join(directory, 'users.json');
  for (const name of ['alice', 'bob', 'carol']) cli.account.userActions.createUser(name);
});
beforeEach(() => {
  cli.account.calls.reset();
  cli.account.userActions.untagUser('alice', ['IKR:EMAIL', 'IKR:ROTATE_AFTER_DAYS', 'Team']);
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await cli.close();
});

const write = (content: unknown) =>
  writeFileSync(
    file,
    typeof content === 'string' ? content : JSON.stringify(content, undefined, 2),
  );
describe('ikr tag', () => {
  it('adds and changes tags, shows the difference, and removes nothing', async () => {
    cli.account.userActions.tagUser('alice', { 'IKR:EMAIL': 'old@example.com', Team: 'blue' });
    write({
      alice: { 'IKR:EMAIL': 'alice@example.com', 'IKR:ROTATE_AFTER_DAYS': '60' },
    });

    const { code, out } = await cli.ikr(['tag', file]);

    expect(code).toBe(0);
    expect(out).toMatch(/added +IKR:ROTATE_AFTER_DAYS +60/);
    expect(out).toMatch(/changed +IKR:EMAIL +old@example.com → alice@example.com/);
    const again = await cli.ikr(['tag', file]);
    expect(again.out).toMatch(/alice +unchanged +2 tags/);
    expect(again.out).toContain('1 user unchanged.');
    const team = await cli.ikr(['tag', '-'], { stdin: '{"alice": {"Team": "blue"}}' });
    expect(team.out).toMatch(/alice +unchanged +1 tag/);
  });

  it('sends only the tags that differ, and nothing for a user whose tags are right', async () => {
    cli.account.userActions.tagUser('alice', { 'IKR:EMAIL': 'alice@example.com' });
    write({ alice: { 'ikr:email': 'alice@example.com' } });

    await cli.ikr(['tag', file]);

    expect(cli.account.calls.counts()).toEqual({ 'iam:ListUserTags': 1 });
  });

  it('changes nothing in a dry run', async () => {
    write({ alice: { 'IKR:EMAIL': 'alice@example.com' } });

    const { code, out } = await cli.ikr(['tag', '--dry-run', file]);

    expect(code).toBe(0);
    expect(out).toContain('Dry run: nobody was tagged. 1 user would be tagged.');
    expect(cli.account.calls.counts()).toEqual({ 'iam:ListUserTags': 1 });
  });

  it('tags the others when one user does not exist and another call is refused', async () => {
    cli.account.faults.add({
      match: (call) => call.action === 'TagUser' && call.resource.UserName === 'bob',
      kind: 'deny',
    });
    write({
      nobody: { 'IKR:EMAIL': 'nobody@example.com' },
      bob: { 'IKR:EMAIL': 'bob@example.com' },
      alice: { 'IKR:EMAIL': 'alice@example.com' },
    });

    const { code, out, err } = await cli.ikr(['tag', file]);

    cli.account.faults.clear();
    expect(code).toBe(1);
    expect(out).toContain('1 user tagged, 2 users failed.');
    expect(err).toContain('nobody: there is no IAM user of this name');
    expect(err).toContain('bob: AWS does not allow this');
  });

  it('tells one problem once when it is the same for every user', async () => {
    cli.account.faults.add({
      match: { action: 'ListUserTags' },
      kind: 'deny',
      code: 'ExpiredToken',
      times: 10,
    });
    write({ bob: { 'IKR:EMAIL': 'b@example.com' }, carol: { 'IKR:EMAIL': 'c@example.com' } });

    const { code, out, err } = await cli.ikr(['tag', file]);

    cli.account.faults.clear();
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err.match(/have expired/g)).toHaveLength(1);
    expect(err).toContain('aws sso login');
  });

  it('refuses what would contradict a tag that the user has already', async () => {
    cli.account.userActions.tagUser('carol', { 'IKR:DELETE_AFTER_DAYS': '5' });
    write({ carol: { 'IKR:EMAIL': 'c@example.com', 'IKR:DEACTIVATE_AFTER_DAYS': '6' } });

    const { code, err } = await cli.ikr(['tag', file]);

    expect(code).toBe(1);
    expect(err).toContain(
      'together with the tags of today, 6 days must be less than the 5 days of IKR:DELETE_AFTER_DAYS',
    );
    expect(cli.account.calls.counts()).toEqual({ 'iam:ListUserTags': 1 });
  });

  it('refuses a fifty-first tag before it asks IAM for it', async () => {
    const many = Array.from({ length: 50 }, (_, at) => [`tag${at}`, 'x']);
    cli.account.userActions.createUser('crowded', { tags: Object.fromEntries(many) });
    write({ crowded: { 'IKR:EMAIL': 'c@example.com' } });

    const { err } = await cli.ikr(['tag', file]);

    expect(err).toContain('the user would have 51 tags; IAM takes 50');
    expect(cli.account.calls.counts()).toEqual({ 'iam:ListUserTags': 1 });
  });

  it('says who stays unmanaged for want of an address', async () => {
    cli.account.userActions.createUser('quiet');
    write({ quiet: { 'IKR:ROTATE_AFTER_DAYS': '60' } });

    expect((await cli.ikr(['tag', file])).err).toContain('quiet has no tag IKR:EMAIL');
  });

  it('makes no call when there is a mistake in the file, and tells every one', async () => {
    write({ alice: { 'IKR:EMIAL': 'x' }, bob: { 'IKR:EMAIL': 'x' } });

    const { code, out, err } = await cli.ikr(['tag', file]);

    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain(
      `${file}:3: alice: IKR:EMIAL: there is no tag of this name; did you mean`,
    );
    expect(err).toContain(`${file}:6: bob: IKR:EMAIL: the value is "x", which is no mail address`);
    expect(err).toContain('2 mistakes');
    expect(cli.account.calls.counts()).toEqual({});
  });

  it('tells the mistakes and the result as JSON', async () => {
    write({ alice: { 'IKR:EMIAL': 'x' } });
    expect((await cli.ikr(['tag', file, '--json'])).json()).toEqual({
      file,
      mistakes: [expect.objectContaining({ line: 3, user: 'alice', tag: 'IKR:EMIAL' })],
    });

    write({ alice: { 'IKR:EMAIL': 'alice@example.com' } });
    expect((await cli.ikr(['tag', file, '--json'])).json()).toEqual({
      file,
      dryRun: false,
      users: [
        {
          userName: 'alice',
          outcome: 'tagged',
          managed: true,
          added: { 'IKR:EMAIL': 'alice@example.com' },
          changed: {},
          unchanged: {},
        },
      ],
    });
  });

  it('says which file it can not read', async () => {
    const { code, err } = await cli.ikr(['tag', join(directory, 'none.json')]);

    expect(code).toBe(1);
    expect(err).toContain('there is no such file');
  });
});
