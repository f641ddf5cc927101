/** What goes wrong between the command line and the function, and how it is told. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeployedFunction } from '../../simulation/aws/lambda.ts';
import { ALIASES } from '../../src/rotation/commands/aliases.ts';
import { VERSION } from '../../src/runtime/version.ts';
import { type CommandLine, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await startCommandLine();
  cli.managed('alice', 85);
});
afterEach(() => {
  cli.account.faults.clear();
  cli.account.calls.reset();
});
afterAll(() => cli.close());

const words = (text: string) => text.replace(/\s+/g, ' ');
const invocations = () => cli.account.calls.log.filter(({ action }) => action === 'InvokeFunction');

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
