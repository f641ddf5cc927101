import { beforeEach, describe, expect, it } from '@jest/globals';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import type { AccessKey } from '../../src/domain/identity.ts';
import { MINUTE_MS } from '../../src/domain/time.ts';
import { OutOfTime } from '../../src/ports/errors.ts';
import { takeAway } from '../../src/rotation/effects.ts';

const inTime = () => undefined;
const late = () => {
  throw new OutOfTime('late');
};

let world: World;
let userId: string;
let first: string;
let second: string;
beforeEach(() => {
  world = createWorld();
  ({ userId, oldKeyId: first } = world.hire('alice'));
  second = world.createKey(userId);
});

function target(accessKeyId: string, userName = 'alice') {
  const keys: readonly AccessKey[] = world.iam.keysOf(userId);
  return { userName, accessKeyId, keys };
}

const ids = () => world.iam.keysOf(userId).map(({ accessKeyId }) => accessKeyId);

describe.each(['delete', 'deactivate'] as const)('to %s a key', (what) => {
  const call = `keys.${what}` as const;
  const effect = (assertTimeLeft: () => void, of: ReturnType<typeof target>) =>
    takeAway(what, of, world.run().account.keys, assertTimeLeft);
  const calls = () => world.calls.filter(({ name }) => name === call);

  it('does it while another key is active', async () => {
    expect(await effect(inTime, target(first))).toBe('done');
    expect(world.owners.workingKeys(userId)).toEqual([second]);
  });

  it('does it to an inactive key, whatever the others are', async () => {
    world.iam.setStatus(first, 'Inactive');
    expect(await effect(inTime, target(first))).toBe('done');
    expect(world.owners.workingKeys(userId)).toEqual([second]);
  });

  it.each([
    ['no other key', () => world.iam.deleteKey(second)],
    ['only an inactive one', () => world.iam.setStatus(second, 'Inactive')],
  ])('touches no key where there is %s besides, and says what to do', async (_case, spoil) => {
    spoil();
    await expect(effect(inTime, target(first))).rejects.toThrow(
      `${first} is the user's only active key and was not touched: give the user another key first`,
    );
    expect(calls()).toEqual([]);
  });

  it('touches nothing when it is too late to begin', async () => {
    await expect(effect(late, target(first))).rejects.toThrow(OutOfTime);
    expect(calls()).toEqual([]);
  });

  it('believes that a key is gone when IAM does not know it anywhere', async () => {
    const before = target(first);
    world.iam.deleteKey(first);
    expect(await effect(inTime, before)).toBe('gone');
    expect(ids()).toEqual([second]);
  });

  it('believes that a key is gone when IAM does not say more', async () => {
    const before = target(first);
    world.iam.deleteKey(first);
    world.iam.hidden = true;
    expect(await effect(inTime, before)).toBe('gone');
  });

  it('does not believe it when the key is there under another name', async () => {
    const before = target(first);
    world.iam.renameUser(userId, 'alicia');
    await expect(effect(inTime, before)).rejects.toThrow(
      `${first} is not a key of alice, but exists`,
    );
    expect(ids()).toEqual([first, second]);
  });
});

it('takes the lag of a list for what it is', async () => {
  world = createWorld({ iam: { settleMs: MINUTE_MS } });
  ({ userId, oldKeyId: first } = world.hire('alice'));
  second = world.createKey(userId);
  // Nobody knows the new key yet, so nobody can say that it is gone for good.
  expect(await takeAway('delete', target(second), world.run().account.keys, inTime)).toBe('gone');
  expect(ids()).toEqual([first, second]);
});
