/** Which function a command invokes, through which alias, and who may. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ALIASES } from '../../src/rotation/commands/aliases.ts';
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

  it('is invoked by a higher alias for those who may not invoke the lowest', async () => {
    for (const alias of ['read', 'support']) cli.account.lambda.knobs.denied.add(alias);

    const { code, err } = await cli.ikr(['status', '--debug']);
    expect(code).toBe(0);
    expect(words(err)).toContain('ikr-rotator:admin, version');
  });

  it('is invoked by no other alias than the one that was asked for', async () => {
    cli.account.lambda.knobs.denied.add('read');

    expect((await cli.ikr(['status', '--alias', 'admin'])).code).toBe(0);
    expect((await cli.ikr(['status', '--alias', 'read'])).code).toBe(1);
    const answered = invocations().map(({ resource }) => resource.Qualifier);
    expect(answered.filter((alias) => alias === 'support')).toEqual([]);
  });
});

describe('whoever may not', () => {
  it('invoke the alias is told so, and which right it takes', async () => {
    for (const alias of ['support', 'admin']) cli.account.lambda.knobs.denied.add(alias);

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
