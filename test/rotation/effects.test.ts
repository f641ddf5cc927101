import { beforeEach, describe, expect, it } from '@jest/globals';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import type { AccessKey } from '../../src/domain/identity.ts';
import { MINUTE_MS } from '../../src/domain/time.ts';
import { OutOfTime } from '../../src/ports/errors.ts';
import { deactivateKey, deleteKey } from '../../src/rotation/effects.ts';

const inTime = { assertTimeLeft: () => undefined };
const late = {
  assertTimeLeft: () => {
    throw new OutOfTime('late');
  },
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

describe.each([
  ['deleteKey', deleteKey, 'keys.delete'],
  ['deactivateKey', deactivateKey, 'keys.deactivate'],
] as const)('%s', (_, effect, call) => {
  const calls = () => world.calls.filter(({ name }) => name === call);

  it('does it while another key is active', async () => {
    expect(await effect(inTime, target(first), world.run())).toBe('done');
    expect(world.owners.workingKeys(userId)).toEqual([second]);
  });

  it('does it to an inactive key, whatever the others are', async () => {
    world.iam.setStatus(first, 'Inactive');
    expect(await effect(inTime, target(first), world.run())).toBe('done');
    expect(world.owners.workingKeys(userId)).toEqual([second]);
  });

  it.each([
    ['no other key', () => world.iam.deleteKey(second)],
    ['only an inactive one', () => world.iam.setStatus(second, 'Inactive')],
  ])('touches no key where there is %s besides, and says what to do', async (_case, spoil) => {
    spoil();
    await expect(effect(inTime, target(first), world.run())).rejects.toThrow(
      `${first} is the only active key of alice and was not touched: give the user another key first`,
    );
    expect(calls()).toEqual([]);
  });

  it('touches nothing when it is too late to begin', async () => {
    await expect(effect(late, target(first), world.run())).rejects.toThrow(OutOfTime);
    expect(calls()).toEqual([]);
  });

  it('believes that a key is gone when IAM does not know it anywhere', async () => {
    const before = target(first);
    world.iam.deleteKey(first);
    expect(await effect(inTime, before, world.run())).toBe('gone');
    expect(ids()).toEqual([second]);
  });

  it('believes that a key is gone when IAM does not say more', async () => {
    const before = target(first);
    world.iam.deleteKey(first);
    world.iam.hidden = true;
    expect(await effect(inTime, before, world.run())).toBe('gone');
  });

  it('does not believe it when the key is there under another name', async () => {
    const before = target(first);
    world.iam.renameUser(userId, 'alicia');
    await expect(effect(inTime, before, world.run())).rejects.toThrow(
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
  expect(await deleteKey(inTime, target(second), world.run())).toBe('gone');
  expect(ids()).toEqual([first, second]);
});
