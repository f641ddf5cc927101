import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CommandLine,
  startCommandLine,
  steering,
  TABLE,
  withoutColour,
} from './support/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await startCommandLine();
  const { userActions } = cli.account;
  cli.managed('alice', 85);
  await cli.ikr(['rotate', '--all']);
  cli.managed('bob', 12);
  cli.managed('carol', 5, { 'IKR:DELETE_AFTER_DAYS': 'soon' });
  cli.managed('dave', 60);
  userActions.createKey('dave');
  userActions.createUser('erin');
});
afterAll(() => cli.close());

interface Status {
  users: {
    userName: string;
    next: { code: string; text: string };
    at?: string;
    warnings: { code: string; text: string }[];
    keys: unknown[];
    rotation?: object;
  }[];
  totals: object;
}

const status = (...argv: string[]) => cli.ikr(['status', ...argv]);

describe('ikr status', () => {
  it('shows managed users with the age of their key and what happens next, warnings first', async () => {
    const { code, out } = await status();

    expect(code).toBe(0);
    expect(out).toMatch(/alice +85 d .*SCHEDULED +old key deleted +\S+, in 7 days/);
    expect(out).toMatch(/bob +12 d .*replaced +\S+, in 68 days/);
    expect(out).toMatch(/carol .*not rotated\n +! IKR:DELETE_AFTER_DAYS is "soon"/);
    expect(out).toMatch(/dave +60 d .*not rotated\n +! the user has two access keys/);
    expect(out).not.toContain('erin');
    expect(out).toContain('4 users of 5 managed: 1 rotation open, 0 due now, 2 with warnings.');
    expect(out.indexOf('dave')).toBeLessThan(out.indexOf('bob'));
  });

  it('fits every line into the terminal, and loses nothing but columns', async () => {
    cli.managed('a.name.of.full.length+with=signs,and@an.address.example.com', 3);

    for (const columns of [60, 80, 160]) {
      const { out } = await cli.ikr(['status'], { columns });
      for (const line of withoutColour(out).split('\n')) {
        expect(line.length).toBeLessThanOrEqual(columns);
      }
    }
    cli.account.userActions.deleteUser(
      'a.name.of.full.length+with=signs,and@an.address.example.com',
    );
  });

  it('shows everything about the users who are asked for, by name or ID', async () => {
    const { userId } = await cli.record('alice');
    const { code, out } = await status('--user', userId, '--user', 'bob');

    expect(code).toBe(0);
    expect(out).toContain(userId);
    expect(out).toMatch(/Key +AKIA\w+, 0 days old, the new key, never used/);
    expect(out).toContain('/ikr/secret/iam/alice');
    expect(out).toMatch(/Next +replaced, \S+ \S+ UTC \(in 68 days\)/);
    expect(out).not.toContain('carol');
  });

  it('ends with 1 for a user who is not there or not managed', async () => {
    const { code, err } = await status('--user', 'nobody', '--user', 'erin', '--user', 'bob');

    expect(code).toBe(1);
    expect(err).toContain('There is no user nobody.');
    expect(err).toContain('erin is not managed');
  });

  it('tells the same as JSON, without the sealed pair', async () => {
    const { out, json } = await status('--json');
    const { users, totals } = json() as Status;

    expect(totals).toEqual({ users: 5, managed: 4, open: 1, dueNow: 0, withWarnings: 2 });
    expect(users.find(({ userName }) => userName === 'alice')).toMatchObject({
      next: { code: 'waits-for-deletion', text: 'old key deleted' },
      warnings: [],
      rotation: { state: 'SCHEDULED', newKeyUsed: false },
    });
    expect(out).not.toContain('eyJ');
  });

  it('tells what happens by the settings of the function', async () => {
    await cli.settings({ ROTATE_AFTER_DAYS: '10' });

    expect((await status()).out).toMatch(/bob .*replaced by the next run/);
    await cli.settings({});
  });

  it('gives a code for whatever happens next and for every warning', async () => {
    const { users } = (await status('--json')).json() as Status;

    expect(Object.fromEntries(users.map(({ userName, next }) => [userName, next.code]))).toEqual({
      alice: 'waits-for-deletion',
      bob: 'not-due',
      carol: 'invalid-tags',
      dave: 'two-keys',
    });
    expect(users.flatMap(({ warnings }) => warnings.map(({ code }) => code)).sort()).toEqual([
      'invalid-tags',
      'two-keys',
    ]);
  });

  it('finds rotations of users who are gone', async () => {
    cli.managed('frank', 85);
    await cli.ikr(['rotate', '--user', 'frank']);
    cli.account.userActions.deleteUser('frank');

    expect((await status()).out).toMatch(
      /frank .*rotation closed by the next run\n +! the user does not exist/,
    );
    await cli.ikr(['rotate', '--user', 'frank']);
  });

  it('tells of items that can not be read, and of all the others', async () => {
    await cli.account.userActions.putItem(TABLE, {
      account: { S: cli.account.accountId },
      item: { S: 'AIDABROKENBROKEN2345/rotation' },
      state: { S: '\u001b[2Jlost' },
    });

    const { code, out, err } = await status();

    expect(code).toBe(0);
    expect(out).toContain('alice');
    expect(err).toContain('Problem:');
    expect(err).toContain('AIDABROKENBROKEN2345');
    expect(steering(err)).toEqual([]);
  });

  it('lets no tag steer the terminal', async () => {
    // IAM takes separators of lines and paragraphs in a tag.
    cli.managed('mallory', 5, { 'IKR:EMAIL': 'x\u2028\u2029mallory@example.com' });

    const { out } = await cli.ikr(['status'], { columns: 80 });
    expect(out).toContain('mallory');
    expect(steering(out)).toEqual([]);
    const { out: json } = await status('--json');
    expect(steering(json)).toEqual([]);
    expect(json).not.toMatch(/[\u2028\u2029]/);
  });
});
