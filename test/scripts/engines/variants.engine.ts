/** Other settings and other users: whole rotations on independent engines. */
import { afterEach, expect, it } from '@jest/globals';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import { engines, needs } from './support/engines.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
afterEach(() => world?.close());

needs(engines.moto, engines.dynamodb)('a rotation on moto and DynamoDB Local', () => {
  it('mails the pair in clear where that is wanted', async () => {
    world = await startWorld({ daysAgo: 8, env: { ENCRYPT_KEY_PAIR: 'false' } });
    const { userActions, clock } = world;
    const { userId, oldKeyId, address } = await world.addUser('clear');
    await world.force('clear');

    const { newKeyId } = (await userActions.record(userId)) as { newKeyId: string };
    const secretAccessKey = await userActions.secretOf(newKeyId);
    const [mail] = await userActions.mails(address);
    expect(mail?.html.includes(newKeyId)).toBe(true);
    // Told as a boolean, because a failing test must not print it.
    expect(mail?.html.includes(secretAccessKey)).toBe(true);
    expect(JSON.stringify(await userActions.record(userId)).includes(secretAccessKey)).toBe(false);

    await userActions.use({ accessKeyId: newKeyId, secretAccessKey });
    clock.advance(7 * DAY_MS + HOUR_MS);
    await world.expire();
    expect(await userActions.keys('clear')).toEqual([{ id: newKeyId, status: 'Active' }]);
    expect(oldKeyId).not.toBe(newKeyId);
  });

  it('takes user names with every character that IAM allows', async () => {
    world = await startWorld({ daysAgo: 8 });
    const { userActions, clock } = world;
    const names = ['a+b=c,d.e@f-g_h', '=a,b=', 'first_x2B_last'];
    const users = new Map<string, { userId: string; address: string }>();
    for (const name of names) users.set(name, await world.addUser(name));
    const rows = await world.force(...names);
    expect(rows.map(({ userName, outcome }) => [userName, outcome]).sort()).toEqual(
      names.map((name) => [name, 'rotated']).sort(),
    );

    for (const [name, { address }] of users) await world.takeOver(name, address);
    clock.advance(7 * DAY_MS + HOUR_MS);
    await world.expire(names.length);
    for (const [name, { userId }] of users) {
      expect(await userActions.keys(name)).toHaveLength(1);
      expect(await userActions.hasContentKey(name, userId)).toBe(false);
      expect(await userActions.record(userId)).toMatchObject({
        state: 'CLOSED',
        outcome: 'completed',
      });
    }
  });
});
