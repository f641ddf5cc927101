/** What goes wrong between the command line and the function, and how it is told. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeployedFunction } from '../../simulation/aws/lambda.ts';
import { ALIASES } from '../../src/rotation/commands/aliases.ts';
import { VERSION } from '../../src/runtime/version.ts';
import { echoFunction } from '../simulation/echo-function.ts';
import { type CommandLine, FUNCTION, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await startCommandLine();
  cli.managed('alice', 85);
});
afterEach(() => {
  cli.account.faults.clear();
  cli.account.lambda.knobs.denied.clear();
  cli.account.calls.reset();
});
afterAll(() => cli.close());

const words = (text: string) => text.replace(/\s+/g, ' ');
const invocations = () => cli.account.calls.log.filter(({ action }) => action === 'InvokeFunction');
const arn = `arn:aws:lambda:eu-central-1:111122223333:function:${FUNCTION}`;

/** A function of that name that answers with this. */
function deploy(name: string, result: unknown): void {
  const code: DeployedFunction = {
    invoke: async () => ({ result, logs: [], durationMs: 0, cold: false }),
  };
  cli.account.lambda.deploy(name, code, ALIASES);
}

/** A function of that name that ends with this error. */
function deployFailing(name: string, errorName: string, message: string): void {
  const code: DeployedFunction = {
    invoke: async () => ({
      error: { name: errorName, message, stack: '' },
      logs: [],
      durationMs: 0,
      cold: false,
    }),
  };
  cli.account.lambda.deploy(name, code, ALIASES);
}

describe('the function', () => {
  it.each([
    ['by its usual name', [], {}],
    ['by its name', ['--function', FUNCTION], {}],
    ['by its ARN', ['--function', arn], {}],
    ['by the ARN of an alias', ['--function', `${arn}:read`], {}],
    ['by account and name', ['--function', `111122223333:function:${FUNCTION}`], {}],
    ['by the environment', [], { IAM_KEY_ROTATOR_FUNCTION: arn }],
    ['by its ARN alone, whatever Region is set', ['--function', arn], { AWS_REGION: 'us-east-1' }],
    [
      'by an ARN in the environment, whatever Region is set',
      [],
      { IAM_KEY_ROTATOR_FUNCTION: arn, AWS_REGION: 'us-east-1' },
    ],
  ])('is found %s', async (_, argv, env) => {
    const { code, err } = await cli.ikr(['status', ...argv], { env });

    expect(err).toBe('');
    expect(code).toBe(0);
    expect(invocations()).toMatchObject([
      { arn: `${arn}:read`, resource: { FunctionName: FUNCTION, Qualifier: 'read' } },
    ]);
  });

  it.each([
    [['--function', 'a/b'], 'no name or ARN of a Lambda function'],
    [
      ['--function', `${FUNCTION}:live`],
      'go through an alias of the function (read, support, admin)',
    ],
    [
      ['--function', `${arn}:read`, '--alias', 'admin'],
      "--alias is admin, but the function's name",
    ],
    [['--function', arn, '--region', 'us-east-1'], "--region is us-east-1, but the function's ARN"],
    [['--table', 'ikr'], 'no --table any more'],
    [['--alias', 'root'], 'Allowed choices are read, support, admin'],
  ])('is not asked when the options are wrong: %j', async (argv, problem) => {
    const { code, err } = await cli.ikr(['status', ...argv]);

    expect(code).toBe(2);
    expect(words(err)).toContain(problem);
    expect(cli.account.calls.log).toEqual([]);
  });

  it('is invoked by the lowest alias that suffices', async () => {
    for (const argv of [['status'], ['history'], ['resend', 'alice'], ['cancel', 'alice']]) {
      await cli.ikr(argv);
    }
    await cli.ikr(['rotate', '--user', 'alice', '--dry-run']);

    expect(invocations().map(({ resource }) => resource.Qualifier)).toEqual([
      'read',
      'read',
      'support',
      'support',
      'admin',
    ]);
  });

  it('is invoked by another alias for those who have no other', async () => {
    cli.account.lambda.knobs.denied.add('read');

    expect((await cli.ikr(['status', '--alias', 'admin'])).code).toBe(0);
    expect(invocations().map(({ resource }) => resource.Qualifier)).toEqual(['admin']);
  });
});

describe('whoever may not', () => {
  it('invoke the alias is told so, and which right it takes', async () => {
    cli.account.lambda.knobs.denied.add('support');

    const { code, err } = await cli.ikr(['cancel', 'alice']);

    expect(code).toBe(1);
    expect(words(err)).toMatch(
      /^ikr: You may not invoke the alias support of the function ikr-rotator\. Ask your AWS administrators for lambda:InvokeFunction on it\. If they gave you another alias, name it with --alias\./,
    );
    expect(err).toContain(`${arn}:support`);
  });

  it('do that through the alias is told so by the function', async () => {
    const { code, err } = await cli.ikr(['cancel', 'alice', '--alias', 'read']);

    expect(code).toBe(1);
    expect(words(err)).toBe(
      'ikr: The alias read is not allowed cancel; the alias support is. Choose it with --alias. ',
    );
  });

  it('gets the code of a refusal as JSON', async () => {
    const { code, json } = await cli.ikr(['cancel', 'nobody', '--json']);

    expect(code).toBe(1);
    expect(json()).toEqual({
      refusal: { code: 'unknown-user', message: expect.stringContaining('nobody') },
    });
  });
});

describe('an invocation that fails', () => {
  it.each([
    ['a name that is none', ['--function', 'missing'], 'function missing with an alias read'],
    ['another Region', ['--region', 'us-east-1'], 'in Region us-east-1'],
  ])('tells when there is no such function: %s', async (_, argv, told) => {
    if (argv.includes('us-east-1')) {
      cli.account.faults.add({
        match: { action: 'InvokeFunction' },
        kind: 'deny',
        code: 'ResourceNotFoundException',
        message: 'Function not found: arn',
      });
    }
    const { code, err } = await cli.ikr(['status', ...argv]);

    expect(code).toBe(1);
    expect(words(err)).toContain(told);
    expect(words(err)).toContain('check --function, --region and --profile');
  });

  it('tells when Lambda limits the function, and that nothing was begun', async () => {
    cli.account.faults.add({ match: { action: 'InvokeFunction' }, kind: 'throttle', times: 9 });

    const { code, err } = await cli.ikr(['resend', 'alice']);

    expect(code).toBe(1);
    expect(words(err)).toMatch(/can't be invoked now: .* Nothing was begun\. Wait a minute/);
    expect(invocations()).toHaveLength(1);
  });

  it.each(['reset-before', 'reset-after', 'error500-after'] as const)(
    'is never a second invocation when the connection is lost: %s',
    async (kind) => {
      cli.account.faults.add({ match: { action: 'InvokeFunction' }, kind, times: 9 });

      const { code, err } = await cli.ikr(['rotate', '--user', 'alice', '--dry-run']);

      expect(code).toBe(1);
      expect(words(err)).toContain(
        'The connection to the function ikr-rotator was lost. The function may have begun, and then goes on by itself: look with ikr status before you try again.',
      );
      expect(invocations()).toHaveLength(1);
    },
  );

  it('can simply be repeated when it only reads', async () => {
    cli.account.faults.add({ match: { action: 'InvokeFunction' }, kind: 'reset-after' });

    const { err } = await cli.ikr(['status']);
    expect(words(err)).toContain('was lost. Try again.');
  });

  it('tells when nothing was sent at all', async () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    const { code, err } = await cli.ikr(['rotate', '--user', 'alice'], { env });

    expect(code).toBe(1);
    expect(err).toContain("AWS can't be reached: is the network up?");
  });
});

describe('a function that fails', () => {
  it.each([
    [
      'Sandbox.Timedout',
      '2026-11-20T13:00:00Z x Task timed out after 900.00 seconds',
      'was stopped at its time-out. What it had begun, the next run of the rotator goes on with',
    ],
    ['Runtime.ExitError', 'signal: killed', 'ended before it answered (Runtime.ExitError: signal'],
    [
      'AccessDeniedException',
      'no dynamodb:Scan',
      'failed: AccessDeniedException: no dynamodb:Scan',
    ],
    ['Error', 'IAM is down', 'The function broken failed: IAM is down'],
  ])('is told with what to do about it: %s', async (name, message, told) => {
    deployFailing('broken', name, message);
    const { code, err } = await cli.ikr(['resend', 'alice', '--function', 'broken']);

    expect(code).toBe(1);
    expect(words(err)).toContain(told);
    expect(words(err)).toMatch(/Its log tells more \(request ID [0-9a-f-]{36}\)\. $/);
  });

  it('is told when its answer is too large for Lambda', async () => {
    deploy('large', 'x'.repeat(7_000_000));
    const { code, err } = await cli.ikr(['status', '--function', 'large']);

    expect(code).toBe(1);
    expect(words(err)).toContain('is larger than the 6 MB that Lambda carries');
  });
});

describe('a function of another version', () => {
  const newer = '99.1.0';
  const older = '0.0.9';

  it('that answers in a form of its own is told as the newer one', async () => {
    deploy('newer', { schema: 2, version: newer, result: {} });
    const { code, err } = await cli.ikr(['status', '--function', 'newer']);

    expect(code).toBe(1);
    expect(words(err)).toBe(
      `ikr: This ikr is version ${VERSION}, older than the function newer (${newer}): install version ${newer}. `,
    );
  });

  it('that does not know a command is told as the older one, with what it said', async () => {
    deploy('older', {
      schema: 1,
      version: older,
      refusal: { code: 'invalid-request', message: "The command can't be read (wrong: action)." },
    });
    const { code, err } = await cli.ikr(['cancel', 'alice', '--function', 'older']);

    expect(code).toBe(1);
    expect(words(err)).toBe(
      `ikr: The command can't be read (wrong: action). The function older is version ${older}, older than this ikr (${VERSION}): deploy version ${VERSION} of it, or use ikr ${older}. `,
    );
  });

  it('that lacks a field in its answer is told as the older one', async () => {
    deploy('older', { schema: 1, version: older, result: { users: [] } });
    const { code, err } = await cli.ikr(['status', '--function', 'older']);

    expect(code).toBe(1);
    expect(words(err)).toContain(`older than this ikr (${VERSION})`);
  });

  it('that knows more fields and codes is understood', async () => {
    const row = {
      userName: 'alice',
      userId: 'AIDAEXAMPLEEXAMPLE234',
      keys: [],
      next: { code: 'sung-to', text: 'sung to' },
      warnings: [{ code: 'dizzy', text: 'the key is dizzy', mood: 1 }],
      horoscope: 'good',
    };
    const at = new Date().toISOString();
    const result = { at, accountUsers: 1, listed: 1, users: [row], missing: [], problems: [] };
    deploy('newer', { schema: 1, version: newer, result: { ...result, moon: 'full' } });

    const { code, out } = await cli.ikr(['status', '--function', 'newer']);

    expect(code).toBe(0);
    expect(out).toMatch(/alice .*sung to\n +! the key is dizzy/);
  });

  it('that does something else than was asked for is told, in its own words', async () => {
    const about = { userName: 'alice', userId: 'AIDAEXAMPLEEXAMPLE234' };
    deploy('newer', { schema: 1, version: newer, result: { ...about, result: 'put-off' } });

    const cancelled = await cli.ikr(['cancel', 'alice', '--function', 'newer']);
    expect(cancelled).toMatchObject({ code: 1, err: 'Not cancelled for alice: put-off.\n' });
    const resent = await cli.ikr(['resend', 'alice', '--function', 'newer']);
    expect(resent).toMatchObject({ code: 1, err: 'Not sent: put-off\n' });
  });

  it.each([[{ hello: 'world' }], ['text'], [null], [[1]], [{ schema: 'x', version: 1 }]])(
    'is told from one that is no rotator: %j',
    async (answer) => {
      deploy('stranger', answer);
      const { code, err } = await cli.ikr(['status', '--function', 'stranger']);

      expect(code).toBe(1);
      expect(words(err)).toBe(
        'ikr: The function stranger does not answer as a rotator function does: check --function. ',
      );
    },
  );
});

describe('--debug', () => {
  it('tells which version of the function answered, under which ID its log has it', async () => {
    const { err } = await cli.ikr(['status', '--debug']);
    expect(err).toMatch(/^ikr-rotator:read, version 1, request ID [0-9a-f-]{36}\n$/);
  });
});

describe('Ctrl-C', () => {
  it('lets go of a command that changes something, and the function goes on', async () => {
    let interrupt = () => {};
    cli.account.lambda.deploy(
      'slow',
      {
        invoke: async (event, how) => {
          interrupt();
          return echoFunction.invoke(event, how);
        },
      },
      ALIASES,
    );
    const { code, out, err } = await cli.ikr(['resend', 'alice', '--function', 'slow'], {
      onInterruptible: (handler) => {
        interrupt = handler;
      },
    });

    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).toBe('Let go. The function goes on with it: look with ikr status.\n');
  });
});
