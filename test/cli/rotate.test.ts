import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Report } from '../../src/domain/report.ts';
import { type CommandLine, mailsTo, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterEach(async () => {
  cli.account.faults.clear();
  await cli.settings({});
});
afterAll(() => cli.close());

const rotate = (...argv: string[]) => cli.ikr(['rotate', ...argv]);

describe('ikr rotate', () => {
  it.each([
    [['rotate'], 'Say who'],
    [['rotate', '--user', 'alice', '--all'], 'Say who'],
    [['rotate', '--all', '--force'], '--force needs --user'],
    [['rotate', '--user', 'a/b'], 'no IAM user name'],
    [['rotate', '--all', '--table', 'ikr'], 'no --table any more'],
  ])('is refused as %j before anything is asked for', async (argv, problem) => {
    cli.account.calls.reset();

    const { code, err } = await cli.ikr(argv);

    expect(code).toBe(2);
    expect(err).toContain(problem);
    expect(cli.account.calls.counts()).toEqual({});
  });

  it('rotates whoever is due, by the settings of the function', async () => {
    cli.managed('due', 85);
    cli.managed('young', 5);

    const { code, out } = await rotate('--all');

    expect(code).toBe(0);
    expect(out).toMatch(/due +rotated .* in 7 days +the new key was delivered/);
    expect(out).toContain('1 rotated; 1 user not due (--verbose lists them).');
    expect(out).not.toContain('young');
    expect(mailsTo(cli.account, 'due@example.com')).toHaveLength(1);
  });

  it('tells every mistake in the settings of the function', async () => {
    await cli.settings({ MAIL_FROM: 'keys', ROTATE_AFTER_DAYS: 'soon' });

    const { code, err } = await rotate('--user', 'young');

    expect(code).toBe(1);
    expect(err).toMatch(/^ikr: The function ikr-rotator failed: The settings cannot be used:\n/);
    expect(err).toContain('\n- MAIL_FROM is "keys"');
    expect(err).toContain('\n- ROTATE_AFTER_DAYS is "soon"');
    expect(err).toMatch(/\nIts log tells more \(request ID [0-9a-f-]{36}\)\.\n$/);
  });

  it('lists with --verbose those too who are not due', async () => {
    expect((await rotate('--all', '--verbose')).out).toMatch(/young +skipped/);
  });

  it('shows what changed before what did not, and what went wrong in between', async () => {
    cli.managed('aaa', 1);
    cli.managed('mmm', 85, { 'IKR:ROTATE_AFTER_DAYS': 'never' });
    cli.managed('zzz', 85);

    const { code, out } = await rotate('--user', 'aaa', '--user', 'mmm', '--user', 'zzz');

    expect(code).toBe(1);
    const users = out
      .split('\n')
      .slice(1, 4)
      .map((line) => line.split(' ')[0]);
    expect(users).toEqual(['zzz', 'mmm', 'aaa']);
  });

  it('rotates with --force whatever the age, and says 1 when it could not', async () => {
    cli.managed('forced', 1);

    const first = await rotate('--user', 'forced', '--force');
    expect(first.code).toBe(0);
    expect(first.out).toContain('1 rotated.');
    const second = await rotate('--user', 'forced', '--force');
    expect(second.code).toBe(1);
    expect(second.out).toContain('1 waiting.');
    expect((await rotate('--user', 'forced')).code).toBe(0);
  });

  it('only reports in a dry run, of its own or of the function', async () => {
    cli.managed('dry', 85);

    const own = await rotate('--user', 'dry', '--dry-run');
    await cli.settings({ DRY_RUN: 'true' });
    const functions = await rotate('--user', 'dry');

    for (const { code, out } of [own, functions]) {
      expect(code).toBe(0);
      expect(out).toContain('would-rotate');
      expect(out).toContain('Dry run: nothing was changed.');
    }
    expect(mailsTo(cli.account, 'dry@example.com')).toEqual([]);
    expect(cli.account.userActions.keys('dry')).toHaveLength(1);
  });

  it('prints the report as JSON', async () => {
    const report = (await rotate('--user', 'young', '--json')).json() as Report;

    expect(report.rows).toEqual([
      expect.objectContaining({ userName: 'young', outcome: 'skipped', code: 'not-due' }),
    ]);
    expect(report.totals).toEqual({ skipped: 1 });
  });

  it('ends with 1 when no mail can be sent, and says so', async () => {
    cli.managed('unmailed', 85);
    cli.account.ses.knobs.sendingPaused = true;

    const { code, out, err } = await rotate('--user', 'unmailed');

    cli.account.ses.knobs.sendingPaused = false;
    expect(code).toBe(1);
    expect(out).toMatch(/unmailed +postponed/);
    expect(err).toContain('Problem: no key is created while none can be delivered');
    expect(cli.account.userActions.keys('unmailed')).toHaveLength(1);
  });

  it('ends with 1 for a user who does not exist, or is not managed', async () => {
    cli.account.userActions.createUser('untagged');

    const { code, out } = await rotate('--user', 'nobody', '--user', 'untagged');

    expect(code).toBe(1);
    expect(out).toMatch(/nobody +failed +there is no user of that name/);
    expect(out).toMatch(/untagged +failed +the user is not managed: there is no IKR:EMAIL tag/);
  });

  it('lets go at Ctrl-C, and the function goes on with everybody', async () => {
    for (let at = 0; at < 20; at++) cli.managed(`many-${at}`, 90 + at);
    let interrupt = () => {};
    // The first mail on its way: some are begun with.
    cli.account.faults.add({
      match: (call) => {
        if (call.action === 'SendEmail') interrupt();
        return false;
      },
      kind: 'deny',
    });

    const { code, out, err } = await cli.ikr(['rotate', '--all'], {
      onInterruptible: (handler) => {
        interrupt = handler;
      },
    });

    expect(code).toBe(130);
    expect(err).toBe('Let go. The function goes on with it: look with ikr status.\n');
    expect(out).toBe('');
    await cli.account.lambda.settled();
    for (let at = 0; at < 20; at++) {
      expect(await cli.record(`many-${at}`)).toMatchObject({ state: 'SCHEDULED', leaseUntilMs: 0 });
    }
  });
});
