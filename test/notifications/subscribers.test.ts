/** No subscriber decides over a key: made to fail, each leaves the account as it would be anyway. */
import { describe, expect, it } from '@jest/globals';
import { REFUSED } from '../../simulation/memory/mail.ts';
import { inUse, type Scene, scheduled, started } from '../../simulation/memory/states.ts';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import { handleBatch } from '../../src/destructor/batch.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { PacedMailer } from '../../src/mailers/paced-mailer.ts';
import { logEvents, logTimers } from '../../src/notifications/log.ts';
import { ownerMail } from '../../src/notifications/owner-mail.ts';
import { collectReport } from '../../src/notifications/report.ts';
import { createEventStream } from '../../src/notifications/stream.ts';
import type { Subscriber } from '../../src/ports/notifications.ts';
import { composeEngine } from '../../src/rotation/compose.ts';
import { runAccount } from '../../src/rotation/run-account.ts';

type Failure = (subscriber: Subscriber) => Subscriber;

/** In which way a subscriber fails, whatever it hears. */
const FAILURES: readonly (readonly [string, Failure])[] = [
  [
    'throws',
    ({ name }) => ({
      name,
      notify() {
        throw new Error('out of order');
      },
    }),
  ],
  ['rejects', ({ name }) => ({ name, notify: () => Promise.reject(new Error('out of order')) })],
  [
    'does its work and then rejects',
    (subscriber) => ({
      name: subscriber.name,
      async notify(event) {
        await subscriber.notify(event);
        throw new Error('out of order');
      },
    }),
  ],
];

const SUBSCRIBERS = ['report', 'log', 'owner-mail', 'custom'] as const;

/** A run with subscribers of its own, one of which may be made to fail. */
function runWith(world: World, failing?: (typeof SUBSCRIBERS)[number], fail?: Failure) {
  const run = world.run();
  const report = collectReport();
  const mailer = new PacedMailer(
    world.mail.port(async () => undefined),
    run.clock,
    run.log,
  );
  const subscribers: readonly Subscriber[] = [
    report,
    logEvents(run.log),
    logTimers(run.log),
    ownerMail(run.account, mailer),
    { name: 'custom', notify: () => undefined },
  ];
  const events = createEventStream(
    subscribers.map((one) => (fail && one.name === failing ? fail(one) : one)),
    run.log,
  );
  return { ...run, ...composeEngine({ ...run, events }), events, report };
}

/** All that a run could have changed but the mails that only inform. */
function account({ iam, table, parameters }: World): unknown {
  return [iam.snapshot(), table.snapshot(), parameters.snapshot()];
}

async function fresh(): Promise<{ readonly world: World }> {
  const world = createWorld();
  world.hire('alice');
  return { world };
}

async function aged(scene: () => Promise<Scene>, days: number) {
  const { world } = await scene();
  world.clock.advance(days * DAY_MS);
  return { world };
}

const STAGED = { settings: { policy: { deactivateAfterDays: 3 } } };

/** What happens, and the first effect that shows that it did. */
const HAPPENINGS: readonly (readonly [string, () => Promise<{ readonly world: World }>, string])[] =
  [
    ['a rotation', fresh, 'write SCHEDULED'],
    ['the deletion of an orphan', orphaned, 'delete key'],
    [
      'a withdrawal',
      async () => {
        const { world } = await fresh();
        world.mail.next.push(REFUSED);
        return { world };
      },
      'write WITHDRAWING',
    ],
    ['a reminder', () => aged(scheduled, 8), 'put timer'],
    ['a deactivation', () => aged(() => inUse(STAGED), 4), 'deactivate key'],
    ['the end of an old key', () => aged(inUse, 8), 'delete key'],
  ];

async function orphaned() {
  const { world, userId } = await started();
  world.createKey(userId, { ageMs: world.clock.nowMs() - startedAtMs(world, userId) });
  return { world };
}

function startedAtMs(world: World, userId: string): number {
  return world.recordIn(userId, 'STARTED').startedAtMs;
}

const CASES = SUBSCRIBERS.flatMap((name) => FAILURES.map(([how, fail]) => ({ name, how, fail })));

describe.each(HAPPENINGS)('%s is the same', (_, scene, effect) => {
  it.each(CASES)('when the subscriber $name $how', async ({ name, fail }) => {
    const plain = await scene();
    await runAccount({ force: false, dryRun: false }, runWith(plain.world));
    expect(plain.world.effects).toContain(effect);

    const { world } = await scene();
    await runAccount({ force: false, dryRun: false }, runWith(world, name, fail));
    expect(account(world)).toEqual(account(plain.world));
    expect(world.logs).toContainEqual(
      expect.objectContaining({
        message: 'a subscriber failed',
        fields: expect.objectContaining({ subscriber: name }),
      }),
    );
  });
});

describe('the destructor', () => {
  it.each(CASES)('ends an old key when the subscriber $name $how', async ({ name, fail }) => {
    const { world } = await aged(inUse, 7);
    world.table.expire();
    const failures = await handleBatch({ Records: world.table.stream }, runWith(world, name, fail));
    expect(failures).toEqual([]);
    expect(world.openRecords()).toEqual([]);
    expect(world.effects).toContain('delete key');
    expect(world.timers()).toEqual([]);
  });
});

describe('the report', () => {
  it.each(CASES.filter(({ name }) => name !== 'report'))(
    'has its rows when the subscriber $name $how',
    async ({ name, fail }) => {
      const { world } = await fresh();
      const run = runWith(world, name, fail);
      const { rows, totals } = await runAccount({ force: false, dryRun: false }, run);
      expect(rows).toMatchObject([{ userName: 'alice', outcome: 'rotated', code: 'delivered' }]);
      expect(totals).toEqual({ rotated: 1 });
    },
  );
});
