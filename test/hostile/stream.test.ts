/**
 * Batches of the stream in which records that somebody has made or changed stand between real ones.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ACCOUNT_ID } from '../../simulation/memory/iam.ts';
import { type BatchResult, handleRecords, rotate } from '../../simulation/memory/life.ts';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import { timerKey } from '../../src/aws/items.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { anyJson, hostileText } from '../support/hostile.ts';

const TTL = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

interface Person {
  readonly userId: string;
  readonly oldKeyId: string;
}

/** Two users whose old keys are due, one whose new key is unused, one not due yet, one not managed. */
async function stage() {
  const world = createWorld();
  const due = [world.hire('ann'), world.hire('ben')];
  const unused = world.hire('cat');
  await rotate(world);
  await world.owners.readMail();
  for (const { userId } of due) world.iam.useKey(world.recordIn(userId, 'SCHEDULED').newKeyId);
  world.clock.advance(4 * DAY_MS);
  const young = world.hire('dan');
  await rotate(world);
  world.iam.useKey(world.recordIn(young.userId, 'SCHEDULED').newKeyId);
  const stranger = world.hire('eve', { email: null });
  world.clock.advance(3 * DAY_MS);
  world.table.expire();
  return { world, due, unused, young, stranger };
}

const pick = fc.nat({ max: 9 });
/** What a forged record is made of: picks from the world, lies and noise. */
const forgery = fc.record({
  account: fc.constantFrom(ACCOUNT_ID, ACCOUNT_ID, ACCOUNT_ID, '999999999999', '', 'x'),
  user: pick,
  key: pick,
  rotation: pick,
  image: pick,
  identity: fc.constantFrom<unknown>(TTL, TTL, undefined, null, { ...TTL, type: 'IAMUser' }, 'x'),
  deleteOn: fc.constantFrom('0', '1', '1800000000', '999999999999', '-1', 'NaN', '1e9'),
  vetoed: fc.constantFrom<unknown>(undefined, undefined, { BOOL: false }, { S: 'true' }),
  noise: hostileText,
  sequence: fc.constantFrom<unknown>('forged-1', 'forged-2', 'forged-3', '', undefined, 7),
  at: pick,
});
const batch = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: forgery },
    { weight: 1, arbitrary: anyJson.map((whole) => ({ whole })) },
  ),
  { maxLength: 6 },
);

type Forgery = ReturnType<typeof forgery.generate>['value'] | { readonly whole: unknown };

function forge(one: Forgery, world: World, people: readonly Person[]): unknown {
  if ('whole' in one) return one.whole;
  const some = <T>(from: readonly T[], at: number) => from[at % from.length];
  const keyIds = people.flatMap(({ userId }) =>
    world.iam.keysOf(userId).map(({ accessKeyId }) => accessKeyId),
  );
  const rotations = people.map(({ userId }) => world.record(userId)?.rotationId);
  const user = some([...people.map(({ userId }) => userId), one.noise], one.user);
  const timers = keyIds.map((id) => timerKey(one.account, user ?? '', id).item);
  const item = some([...timers, `${user}/rotation`, 'run', one.noise], one.key);
  const rotationId = some([...rotations, one.noise], one.rotation);
  const Keys = { account: { S: one.account }, item: { S: item } };
  const OldImage = {
    ...Keys,
    // Most say the same in both places.
    ...(one.image === 0 && { item: { S: timerKey('', people[0]?.userId ?? '', 'AKIAX').item } }),
    ...(one.image === 1 && { item: { S: `${user}/rotation` } }),
    ...(one.image === 2 && { account: { S: ACCOUNT_ID } }),
    delete_on: { N: one.deleteOn },
    ...(rotationId !== undefined && { rotationId: { S: rotationId } }),
    ...(one.vetoed !== undefined && { vetoed: one.vetoed }),
  };
  return {
    eventName: 'REMOVE',
    userIdentity: one.identity,
    dynamodb: { Keys, OldImage, SequenceNumber: one.sequence },
  };
}

describe('a batch with forged records among the real ones', () => {
  it('costs nobody a key or a timer, and answers only with numbers that were sent', async () => {
    await fc.assert(
      fc.asyncProperty(batch, async (forgeries) => {
        const { world, due, unused, young, stranger } = await stage();
        const people = [...due, unused, young, stranger];
        const newKeys = people.map(({ userId }) => newKeyOf(world, userId));
        const secrets = world.iam.userIds().flatMap((userId) => secretsOf(world, userId));
        const Records: unknown[] = [...world.table.stream];
        for (const one of forgeries) {
          const at = 'at' in one ? one.at % (Records.length + 1) : 0;
          Records.splice(at, 0, forge(one, world, people));
        }
        const sent = Records.map((one) => sequenceOf(one));

        let answer: BatchResult | undefined;
        try {
          answer = await handleRecords(world, Records);
        } catch (error) {
          // Only a record that nobody could report may fail the batch, which then comes again.
          expect(String(error)).toContain('without a sequence number');
          expect(sent.some((one) => typeof one !== 'string' || one === '')).toBe(true);
        }

        for (const one of answer?.failures ?? []) expect(sent).toContain(one);
        // Only an old key that is due, and whose successor is in use, may go.
        for (const { userId, oldKeyId } of due) {
          const state = world.record(userId)?.state;
          expect(['CLOSED', 'CANCELLED', 'SCHEDULED']).toContain(state);
          expect(keyIds(world, userId).includes(oldKeyId)).toBe(state !== 'CLOSED');
        }
        for (const { userId, oldKeyId } of [unused, young, stranger]) {
          expect(keyIds(world, userId)).toContain(oldKeyId);
        }
        people.forEach(({ userId }, at) => {
          expect(newKeyOf(world, userId)).toBe(newKeys[at]);
          for (const { status } of world.iam.keysOf(userId)) expect(status).toBe('Active');
        });
        // Only the removal of a timer of this very rotation is a veto.
        for (const person of [...due, unused, young]) {
          const { rotationId = '', state } = world.record(person.userId) ?? {};
          if (state !== 'CANCELLED') continue;
          expect(Records.some((one) => isVeto(one, person, rotationId))).toBe(true);
        }
        // Whoever still waits for something has a timer.
        for (const { userId } of [...due, unused, young]) {
          const state = world.record(userId)?.state;
          const timer = world.timers().find((one) => one.userId === userId);
          expect(timer !== undefined || state === 'CLOSED' || state === 'CANCELLED').toBe(true);
        }
        const told = JSON.stringify([world.logs, answer]);
        for (const secret of secrets) expect(told).not.toContain(secret);
        for (const { message, fields } of world.logs) {
          if (message !== 'a stream record can not be read') continue;
          expect(fields).toMatchObject({ problem: expect.stringMatching(/\S/) });
          expect(fields).toHaveProperty('sequenceNumber');
        }
      }),
      { numRuns: 60 },
    );
  });

  it('does for everybody what it does without them', async () => {
    const { world } = await stage();
    const alone = await handleRecords(world, world.table.stream);
    expect(alone.rows).not.toEqual([]);
    const noise = fc.array(
      anyJson.map((value) => ({ ...Object(value), dynamodb: numbered(value) })),
    );
    await fc.assert(
      fc.asyncProperty(noise, async (Records) => {
        const again = await stage();
        const { rows } = await handleRecords(again.world, [
          ...Records,
          ...again.world.table.stream,
        ]);
        expect(rows).toEqual(alone.rows);
        expect(again.world.iam.snapshot()).toEqual(world.iam.snapshot());
      }),
      { numRuns: 15 },
    );
  });
});

const numbered = (value: unknown) => ({ Keys: value, SequenceNumber: '1' });

/** Whether a record is a person's removal of the timer, told in another way than the program's. */
function isVeto(record: unknown, { userId, oldKeyId }: Person, rotationId: string): boolean {
  const text = JSON.stringify(record) ?? '';
  const { account, item } = timerKey(ACCOUNT_ID, userId, oldKeyId);
  const names = [account, item].every((one) => text.split(`"${one}"`).length === 3);
  const rotations = [...text.matchAll(/"rotationId":\{"S":"([^"]*)"/g)].map(([, one]) => one);
  return names && !text.includes('"Service"') && rotations.every((one) => one === rotationId);
}

function sequenceOf(record: unknown): unknown {
  return (record as { dynamodb?: { SequenceNumber?: unknown } } | null | undefined)?.dynamodb
    ?.SequenceNumber;
}

function keyIds(world: World, userId: string): string[] {
  return world.iam.keysOf(userId).map(({ accessKeyId }) => accessKeyId);
}

function secretsOf(world: World, userId: string): string[] {
  return keyIds(world, userId).map((id) => world.iam.secretOf(id) ?? '');
}

/** The youngest key: the new one, where there is one. */
function newKeyOf(world: World, userId: string): string | undefined {
  return keyIds(world, userId).at(-1);
}
