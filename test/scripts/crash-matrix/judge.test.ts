import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { judge, RotationView } from '../../../scripts/proofs/crash-matrix/judge.ts';
import { type LocalAccount, startLocalAccount } from '../../../simulation/aws/index.ts';

const TABLE = 'rotations';

let account: LocalAccount;
let view: RotationView;
let userId: string;
let newKeyId: string;

const put = (item: Record<string, string | number>) =>
  account.hands.putItem(
    TABLE,
    Object.fromEntries(
      Object.entries(item).map(([name, value]) => [
        name,
        typeof value === 'number' ? { N: String(value) } : { S: value },
      ]),
    ),
  );
const problems = async () => (await judge(view, [])).problems;

/** A rotation that ended as it should. */
beforeEach(async () => {
  account = await startLocalAccount();
  await account.createTable(TABLE);
  ({ userId } = account.hands.createUser('alice'));
  const oldKeyId = account.hands.createKey('alice').accessKeyId;
  newKeyId = account.hands.createKey('alice').accessKeyId;
  account.hands.deleteKey(oldKeyId);
  account.hands.useKey(newKeyId);
  view = new RotationView(account, TABLE, 'alice', userId, oldKeyId);
  await put({ user: userId, ak: 'rotation', state: 'CLOSED' });
  await put({
    user: userId,
    ak: 'history#1',
    closedAtMs: 1,
    outcome: 'completed',
    reason: 'the new key is in use',
  });
});
afterEach(() => account.close());

it('has nothing to say about a rotation that ended as it should', async () => {
  expect(await judge(view, [])).toEqual({
    problems: [],
    closings: [{ outcome: 'completed', reason: 'the new key is in use' }],
    keyMails: 0,
  });
  expect(view.isOver()).toBe(true);
});

it('says what an observer saw', async () => {
  const violation = { invariant: 5, atMs: 0, userName: 'alice', what: 'a secret' } as const;
  expect((await judge(view, [violation])).problems).toEqual(['invariant 5: a secret']);
});

it.each<[what: string, spoil: () => unknown, told: RegExp]>([
  [
    'a rotation that is open',
    () => put({ user: userId, ak: 'rotation', state: 'DELIVERING' }),
    /still DELIVERING/,
  ],
  [
    'a last rotation that failed',
    () => put({ user: userId, ak: 'history#2', closedAtMs: 2, outcome: 'failed', reason: 'so' }),
    /ended failed/,
  ],
  [
    'an end without a reason',
    () => put({ user: userId, ak: 'history#0', closedAtMs: 0, outcome: 'failed' }),
    /no reason/,
  ],
  ['a timer', () => put({ user: userId, ak: 'AKIA', delete_on: 1 }), /1 timers are left/],
  [
    'a content key',
    () => account.hands.putParameter('/ikr/secret/iam/alice', 'x'),
    /a parameter is left/,
  ],
  ['another key', () => account.hands.createKey('alice'), /2 keys/],
  ['a key that does not work', () => account.hands.deactivate(newKeyId), /no active key/],
  [
    'a key that nobody uses',
    () => {
      account.hands.deleteKey(newKeyId);
      account.hands.createKey('alice');
    },
    /does not use/,
  ],
])('finds %s', async (_, spoil, told) => {
  await spoil();
  expect(await problems()).toEqual([expect.stringMatching(told)]);
});

it('finds an old key that is still there', async () => {
  const again = new RotationView(account, TABLE, 'alice', userId, newKeyId);
  expect((await judge(again, [])).problems).toEqual(['the old key is still there']);
  expect(again.isOver()).toBe(false);
});
