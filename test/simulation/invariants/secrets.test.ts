import { describe, expect, it } from '@jest/globals';
import { addUser, setUp, TABLE, type User } from './invariants-world.ts';

const test = setUp();

describe('invariant 5, no secret is told', () => {
  const encodings: [string, (secret: string) => string][] = [
    ['as it is', (secret) => secret],
    ['in JSON', (secret) => JSON.stringify({ secret }).replaceAll('/', '\\/')],
    ['in base64', (secret) => Buffer.from(secret).toString('base64')],
    ['in base64url', (secret) => Buffer.from(`x${secret}`).toString('base64url')],
    [
      'in base64 with something before it',
      (secret) => Buffer.from(`{"a":${secret}`).toString('base64'),
    ],
    ['in hex', (secret) => Buffer.from(secret).toString('hex')],
    ['in a URL', (secret) => encodeURIComponent(secret)],
    ['in half', (secret) => secret.slice(0, 20)],
  ];

  it.each(encodings)('sees a secret access key %s in a log', async (_, encode) => {
    // Encodings differ where a secret has a slash.
    let user = test.alice;
    for (let n = 0; !secretOf(user).includes('/'); n++) user = addUser(test.world.account, `a${n}`);
    await test.world.observer.observe({ output: [`{"message":"${encode(secretOf(user))}"}`] });
    expect(test.world.violated()).toEqual([5]);
    expect(JSON.stringify(test.world.checker.violations)).not.toContain(secretOf(user));
  });

  it('sees a content key in an error', async () => {
    const contentKey = await test.world.program.putContentKey(test.alice);
    await test.world.observer.observe({ output: [`Error: bad key ${contentKey.reveal()}`] });
    expect(test.world.violated()).toEqual([5]);
  });

  it('sees the password of the mail server in a log', async () => {
    test.world.account.userActions.putParameter('/mail/password', 'correct horse');
    await test.world.observer.observe({ output: ['login with correct horse failed'] });
    expect(test.world.violated()).toEqual([5]);
  });

  it('sees a secret in the table, even when it is gone again', async () => {
    const { userActions } = test.world.account;
    const key = { account: { S: test.world.account.accountId }, item: { S: 'note' } };
    await userActions.putItem(TABLE, { ...key, pair: { M: { s: { S: secretOf(test.alice) } } } });
    await test.step(() => userActions.deleteItem(TABLE, key));
    expect(test.world.violated()).toEqual([5]);
  });

  it('sees a secret in a mail that should be sealed', async () => {
    const { program } = test.world;
    program.mailText(test.alice.address, `aws_secret_access_key = ${secretOf(test.alice)}`);
    await test.world.observer.observe();
    expect(test.world.violated()).toEqual([5]);
  });

  it('sees a key pair that is mailed to somebody else', async () => {
    const { program } = test.world;
    const contentKey = await program.putContentKey(test.alice);
    const key = await program.create(test.alice);
    await test.step(() => program.mail(test.alice, key, contentKey, 'mallory@example.com'));
    expect(test.world.violated()).toEqual([5]);
  });

  it('sees a key pair that is mailed outside the allowed domain', async () => {
    await test.restart({ mailDomain: 'example.org' });
    await test.step(() => test.world.program.deliver(test.alice));
    expect(test.world.violated()).toEqual([5]);
  });

  it('finds nothing in what says nothing', async () => {
    const contentKey = await test.world.program.putContentKey(test.alice);
    const key = await test.world.program.create(test.alice);
    await test.world.program.mail(test.alice, key, contentKey);
    await test.world.observer.observe({
      output: [test.alice.oldKeyId, 'AWS4-HMAC-SHA256', key.id],
    });
    expect(test.world.violated()).toEqual([]);
    expect(test.world.checker.checked[5]).toBeGreaterThanOrEqual(4);
  });

  function secretOf({ userId }: User): string {
    const user = test.world.account.userActions
      .users()
      .find((candidate) => candidate.userId === userId);
    return user?.keys[0]?.secretAccessKey ?? '';
  }
});
