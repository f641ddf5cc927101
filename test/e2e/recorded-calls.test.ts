/**
 * Every AWS call that the functions ever make, recorded from the built bundles in good days and
 * bad. The roles of the Terraform module are held against this list, so that nothing needed is
 * missing there and nothing granted is unused.
 *
 * `UPDATE_RECORDED_CALLS=1` writes it anew.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type MailClient, type Pipeline, startPipeline } from '../../simulation/pipeline.ts';
import { contentKeyNameOf } from '../../src/domain/content-key-name.ts';
import { HOUR_MS } from '../../src/domain/time.ts';

const FILE = 'test/terraform/recorded-calls.json';
const called = {
  rotator: new Set<string>(),
  rotatorWithFallbackInventory: new Set<string>(),
  destructor: new Set<string>(),
};

async function record(
  options: { mailClient?: MailClient; env?: Record<string, string>; fallback?: boolean },
  live: (pipeline: Pipeline) => Promise<void>,
): Promise<void> {
  const { fallback = false, ...rest } = options;
  const pipeline = await startPipeline(rest);
  try {
    await live(pipeline);
    const rotator = fallback ? called.rotatorWithFallbackInventory : called.rotator;
    for (const call of pipeline.called.rotator) rotator.add(call);
    for (const call of pipeline.called.destructor) called.destructor.add(call);
  } finally {
    await pipeline.close();
  }
}

/** A JWK of somebody else, under this user's parameter name. */
const foreignKey = (userId: string) =>
  JSON.stringify({ kty: 'oct', k: 'A'.repeat(43), kid: 'another rotation', sub: userId });

const lives: [string, () => Promise<void>][] = [
  ...(['ses', 'smtp', 'mailgun'] as const).map((mailClient): [string, () => Promise<void>] => [
    `whole rotations with a stage, mailed by ${mailClient}`,
    () =>
      record({ mailClient, env: { DEACTIVATE_AFTER_DAYS: '3' } }, async (pipeline) => {
        for (const name of ['alice', 'bob']) pipeline.addUser(name);
        await pipeline.rotate();
        for (const name of ['alice', 'bob']) pipeline.useNewKey(name);
        await pipeline.pass(8);
        expect(await pipeline.record('alice')).toMatchObject({ state: 'CLOSED' });
      }),
  ]),
  [
    'a mail that is refused, and one that is in doubt',
    () =>
      record({}, async (pipeline) => {
        // One after the other: nobody knows whose mail is the first of a run.
        pipeline.addUser('alice');
        pipeline.account.ses.knobs.rejected.add('alice@example.com');
        await pipeline.tryRotate();
        pipeline.addUser('bob');
        pipeline.account.faults.add({ match: { action: 'SendEmail' }, kind: 'reset-after' });
        await pipeline.tryRotate();
        await pipeline.pass(1);
      }),
  ],
  [
    'a run that dies with a new key in hand',
    () =>
      record({}, async (pipeline) => {
        pipeline.addUser('alice');
        pipeline.account.faults.add({
          match: { action: 'CreateAccessKey' },
          kind: 'die-after',
          onDie: () => pipeline.rotator.kill(),
        });
        await pipeline.tryRotate();
        await pipeline.pass(1);
      }),
  ],
  [
    'old keys that the rotator itself must destroy, because TTL is late',
    () =>
      record({ env: { DEACTIVATE_AFTER_DAYS: '3' } }, async (pipeline) => {
        pipeline.addUser('alice');
        await pipeline.rotate();
        pipeline.useNewKey('alice');
        for (const days of [5, 4]) {
          pipeline.account.clock.advance(days * 24 * HOUR_MS);
          await pipeline.rotate();
        }
        expect(await pipeline.record('alice')).toMatchObject({ state: 'CLOSED' });
        await pipeline.expire();
      }),
  ],
  [
    'keys that a person removed',
    () =>
      record({}, async (pipeline) => {
        for (const name of ['alice', 'bob', 'carol']) pipeline.addUser(name);
        await pipeline.rotate();
        const { userActions, clock } = pipeline.account;
        // By the rotator, with the timer in place; by the destructor, when it expires.
        for (const { accessKeyId } of userActions.keys('alice')) userActions.deleteKey(accessKeyId);
        clock.advance(6 * HOUR_MS);
        await pipeline.rotate();
        for (const { accessKeyId } of userActions.keys('bob')) userActions.deleteKey(accessKeyId);
        clock.advance(8 * 24 * HOUR_MS);
        await pipeline.expire();
      }),
  ],
  [
    "a parameter that holds another user's content key",
    () =>
      record({}, async (pipeline) => {
        const { userId } = pipeline.addUser('alice');
        const { userActions } = pipeline.account;
        userActions.putParameter(contentKeyNameOf('alice', userId), foreignKey('AIDASOMEBODYELSE'));
        await pipeline.tryRotate();
      }),
  ],
  [
    'one expiry alone',
    () =>
      record({}, async (pipeline) => {
        pipeline.addUser('alice');
        await pipeline.rotate();
        pipeline.useNewKey('alice');
        await pipeline.pass(8);
      }),
  ],
  [
    'every command',
    () =>
      record({}, async (pipeline) => {
        const { userId } = pipeline.addUser('alice');
        await pipeline.command({ action: 'rotate' });
        await pipeline.command({ action: 'status' });
        await pipeline.command({ action: 'status', requestId: 'any' });
        await pipeline.command({ action: 'resend', user: 'alice' });
        await pipeline.command({ action: 'cancel', user: 'alice' });
        await pipeline.command({ action: 'history' });
        await pipeline.command({ action: 'history', user: userId });
        expect(await pipeline.record('alice')).toMatchObject({ state: 'CANCELLED' });
      }),
  ],
  [
    'an inventory without the authorization details',
    () =>
      record({ fallback: true }, async (pipeline) => {
        pipeline.addUser('alice');
        pipeline.account.faults.add({
          match: { action: 'GetAccountAuthorizationDetails' },
          kind: 'deny',
          times: 99,
        });
        const report = await pipeline.rotate();
        expect(report.totals).toEqual({ rotated: 1 });
        expect(report.notes).toHaveLength(1);
      }),
  ],
];

describe('the AWS calls of the functions', () => {
  it.each(lives)('are recorded over %s', async (_what, live) => {
    await live();
  });

  describe('altogether', () => {
    let committed: Record<string, string[]>;
    beforeAll(async () => {
      const now = Object.fromEntries(
        Object.entries(called).map(([name, calls]) => [name, [...calls].sort()]),
      );
      if (process.env.UPDATE_RECORDED_CALLS) {
        await writeFile(FILE, `${JSON.stringify(now, null, 2)}\n`);
      }
      committed = JSON.parse(await readFile(FILE, 'utf8'));
    });

    it.each(['rotator', 'rotatorWithFallbackInventory', 'destructor'] as const)(
      'are those that the roles are made for: %s',
      (name) => {
        expect([...called[name]].sort()).toEqual(committed[name]);
      },
    );
  });
});
