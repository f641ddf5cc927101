/**
 * The command line over names, tags, records and mails that somebody has made to do harm: nothing of
 * theirs steers a terminal, begins a line, or ends a command without a word.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { rotate } from '../../simulation/memory/life.ts';
import { memoryFunction } from '../../simulation/memory/rotator-function.ts';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import type { Io } from '../../src/cli/io.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import type { Services } from '../../src/cli/services.ts';
import { Secret } from '../../src/domain/secret.ts';
import { sealer } from '../../src/sealing/sealer.ts';
import { anyText } from '../support/any-text.ts';
import { anyJson, hostileText, INJECTED } from '../support/hostile.ts';
import { historyItem, steering } from './support/command-line.ts';
import { collect } from './support/output.ts';

/** The ID of the first user of a world. */
const BOB = 'AIDA00000000000000001';
const ENV = { AWS_REGION: 'eu-west-1' };

/** AWS as the commands see it, in memory; `asked` collects what would go over the network. */
function servicesOf(world: World, asked: string[] = []): Services {
  const { contentKeys } = world.run().account;
  return {
    clock: world.clock,
    users: () => ({
      tags: async (name) => byName(world, name)?.tags.slice(),
      tag: async () => {},
    }),
    contentKeys: (region) => ({
      get: async (name) => {
        asked.push(`${region} ${name}`);
        return contentKeys.get(name);
      },
    }),
    caller: async () => ({
      arn: 'arn:aws:iam::123456789012:user/alice',
      accountId: '123456789012',
      userId: 'AIDAALICE',
    }),
    invoke: memoryFunction(world),
  };
}

function byName(world: World, name: string) {
  return world.iam
    .userIds()
    .map((userId) => world.iam.user(userId))
    .find((user) => user?.userName === name);
}

async function ikr(argv: readonly string[], services: Services, columns?: number, stdin = '') {
  const outputs = [collect(columns), collect(columns)] as const;
  const io: Io = {
    stdin: Object.assign(Readable.from([Buffer.from(stdin)]), { isTTY: false }),
    stdout: outputs[0].stream,
    stderr: outputs[1].stream,
    env: { ...ENV },
    onInterrupt: () => () => {},
  };
  const code = await runCommandLine(argv, io, () => services);
  return { code, out: outputs[0].text(), err: outputs[1].text() };
}

/** What must hold of everything that a command writes. */
function expectHarmless({ code, out, err }: Awaited<ReturnType<typeof ikr>>): void {
  expect([0, 1, 2]).toContain(code);
  if (code !== 0) expect(out + err).toMatch(/\S/);
  const text = (out + err).replaceAll('\r\n', '\n');
  expect(steering(text)).toEqual([]);
  // No stream is a terminal: nobody but a stranger has set a colour.
  expect(text).not.toContain('\u001b');
  for (const line of text.split('\n')) {
    expect(line.replace(/^[\s"'[{]+/, '').startsWith(INJECTED)).toBe(false);
  }
  expect(text).not.toMatch(/TypeError|RangeError|SyntaxError|\bundefined\b|\[object /);
}

/** Bob is tagged, named and recorded by somebody who means harm. */
async function stage(texts: readonly string[]): Promise<World> {
  const text = (at: number) => texts[at % texts.length] ?? '';
  const world = createWorld({ settings: { encryptKeyPair: true } });
  const { userId } = world.hire('bob');
  await rotate(world);
  world.iam.createUser(`u${text(0)}`, {
    tags: { 'IKR:EMAIL': text(1), 'IKR:DELETE_AFTER_DAYS': text(2), [`t${text(3)}`]: text(4) },
  });
  const record = world.recordIn(userId, 'SCHEDULED');
  world.putRecord({
    ...record,
    userName: `bob${text(5)}`,
    userArn: text(6),
    target: { ...record.target, address: text(7) },
    rotationId: text(8),
    instructions: text(9),
  });
  const item = historyItem({
    accountId: ACCOUNT_ID,
    userId,
    userName: `bob${text(5)}`,
    userArn: text(6),
    reason: { code: 'error', details: { message: text(1) } },
  });
  await world.run().journal.addHistory({ ...item, rotationId: text(8) });
  const broken = { accountId: ACCOUNT_ID, state: text(1), delete_on: 5, rotationId: 7 };
  world.table.put({ account: ACCOUNT_ID, item: `AIDA${text(0)}/rotation`, ...broken });
  world.table.put({ account: ACCOUNT_ID, item: `AIDA${text(2)}/timer/${text(3)}`, ...broken });
  return world;
}

const texts = fc.array(hostileText, { minLength: 10, maxLength: 10 });

describe('a command over what a stranger has written', () => {
  it.each([
    [['status']],
    [['status', '--json']],
    [['status', '--user', 'bob']],
    [['history']],
    [['history', 'bob', '--csv']],
    [['history', '--json']],
    [['rotate', '--all', '--verbose']],
    [['rotate', '--all', '--json', '--dry-run']],
    [['cancel', BOB]],
    [['resend', BOB]],
    [['resend', 'bob', '--json']],
  ])('writes it as a text among others: %j', async (argv) => {
    await fc.assert(
      fc.asyncProperty(texts, async (written) => {
        const world = await stage(written);
        expectHarmless(await ikr(argv, servicesOf(world)));
        const onTerminal = await ikr(argv, servicesOf(await stage(written)), 80);
        expect(steering(onTerminal.out + onTerminal.err)).toEqual(
          // A spreadsheet wants carriage returns.
          argv.includes('--csv') ? expect.anything() : [],
        );
      }),
      { numRuns: 12 },
    );
  });

  it('goes by the name of a user as it is, whoever it looks like', async () => {
    const world = await stage(['']);
    await fc.assert(
      fc.asyncProperty(hostileText, async (name) => {
        for (const command of ['cancel', 'resend', 'history']) {
          const result = await ikr([command, '--', `x${name}`], servicesOf(world));
          expectHarmless(result);
        }
        expect(world.record(BOB)?.state).toBe('SCHEDULED');
      }),
      { numRuns: 25 },
    );
  });
});

describe('an error with what a stranger has written', () => {
  it.each(['Error', 'AccessDenied', 'TimeoutError', 'ItemError', 'Conflict'])(
    'is told as a text among others (%s)',
    async (name) => {
      await fc.assert(
        fc.asyncProperty(hostileText, async (text) => {
          const world = createWorld();
          const failing = () => {
            throw Object.assign(new Error(`no: ${text}`), { name });
          };
          const ownRun = world.run();
          const keys = { ...ownRun.account.keys, userId: failing };
          const run = () => ({ ...ownRun, account: { ...ownRun.account, keys } });
          const inFunction = { ...servicesOf(world), invoke: memoryFunction(world, { run }) };
          const onTheWay = { ...servicesOf(world), invoke: failing };
          for (const services of [inFunction, onTheWay]) {
            const result = await ikr(['cancel', 'bob'], services);
            expect(result.code).toBe(1);
            expectHarmless(result);
          }
        }),
        { numRuns: 20 },
      );
    },
  );
});

describe('ikr tag over a file that a stranger has written', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'ikr-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('tells of its mistakes, or shows what it would do', async () => {
    const tagsOf = fc.dictionary(
      fc.oneof(hostileText, fc.constantFrom('IKR:EMAIL', 'Team')),
      fc.oneof(hostileText, anyJson, fc.constant('a@example.com')),
      { maxKeys: 3 },
    );
    const file = fc.oneof(
      fc
        .dictionary(fc.oneof(hostileText, fc.constant('bob')), tagsOf, { maxKeys: 3 })
        .map((all) => Buffer.from(JSON.stringify(all))),
      hostileText.map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    );
    const path = join(directory, 'users.json');
    await fc.assert(
      fc.asyncProperty(file, fc.boolean(), async (bytes, json) => {
        writeFileSync(path, bytes);
        const world = await stage(['x']);
        const argv = ['tag', path, '--dry-run', ...(json ? ['--json'] : [])];
        expectHarmless(await ikr(argv, servicesOf(world)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('ikr decrypt over a mail that a stranger has written', () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const pair = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: new Secret(secret) };
  const word = fc.oneof(hostileText, fc.stringMatching(/^[\x21-\x7e]{1,80}$/));
  const parameterName = fc.oneof(
    fc.constantFrom('/ikr/secret/iam/alice/AIDAALICE', '/prod/database/password'),
    fc
      .tuple(fc.constantFrom('/ikr/secret/iam/', '/ikr/secret/iam', '//ikr/secret/iam/', ''), word)
      .map((parts) => parts.join('')),
    fc.constantFrom(
      '/ikr/secret/iam/../../prod/password',
      '/ikr/secret/iam/alice',
      '/ikr/secret/iam/a/b/c',
      '/ikr/secret/iam/..',
      '/ikr/secret/iam/alice/AIDAALICE:1',
      'arn:aws:ssm:eu-west-1:666666666666:parameter/ikr/secret/iam/alice/AIDAALICE',
      '/ikr/secret/iam/alice/AIDAALICE\n',
      '/IKR/secret/iam/alice/AIDAALICE',
      '/aws/reference/secretsmanager/ikr',
    ),
  );
  const region = fc.oneof(
    fc.constantFrom(
      'eu-west-1',
      'us-gov-west-1',
      'evil.test/eu-west-1',
      'eu-west-1.evil.test',
      'x',
    ),
    word,
  );

  it('asks only for parameters of ours, in what is a Region, and shows no secret of a stranger', async () => {
    const world = createWorld();
    const asked: string[] = [];
    await fc.assert(
      fc.asyncProperty(parameterName, region, word, word, async (name, where, user, kid) => {
        const header = { rotationId: kid, userArn: user, parameterName: name, region: where };
        const token = await sealer.seal(pair, sealer.newContentKey(), header);
        asked.length = 0;
        const result = await ikr(['decrypt'], servicesOf(world, asked), undefined, token);
        for (const one of asked) {
          expect(one).toMatch(
            /^[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2} \/ikr\/secret\/iam\/[\w.-]+\/\w+$/,
          );
        }
        expect(result).toMatchObject({ code: 1, out: '' });
        expect(result.err).not.toContain(secret);
        expectHarmless(result);
      }),
      { numRuns: 200 },
    );
  });

  it('tells what is wrong with whatever else was pasted', async () => {
    const world = createWorld();
    await fc.assert(
      fc.asyncProperty(fc.oneof(hostileText, anyText()), async (pasted) => {
        const result = await ikr(['decrypt'], servicesOf(world), undefined, pasted);
        expect(result).toMatchObject({ code: 1, out: '' });
        expectHarmless(result);
      }),
      { numRuns: 50 },
    );
  });
});
