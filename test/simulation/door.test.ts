import { IAMClient, ListAccountAliasesCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { expect, it } from '@jest/globals';
import { createClock } from '../../simulation/aws/clock.ts';
import { startLocalAccount } from '../../simulation/aws/index.ts';
import { openDoor } from '../../simulation/aws/server.ts';

it('leads a client to the next account once the one before is closed', async () => {
  const door = await openDoor();
  const clock = createClock(Date.UTC(2030, 0, 1));
  const first = await startLocalAccount({ door, clock, alias: 'first' });
  first.userActions.createUser('alice');
  const iam = new IAMClient({
    endpoint: first.endpoint,
    region: first.region,
    credentials: { accessKeyId: 'ASIAEXAMPLEEXAMPLE23', secretAccessKey: 'x', sessionToken: 'x' },
  });
  expect((await iam.send(new ListUsersCommand({}))).Users).toHaveLength(1);
  await first.close();

  const second = await startLocalAccount({ door, clock, alias: 'second' });
  expect((await iam.send(new ListUsersCommand({}))).Users).toEqual([]);
  const { AccountAliases } = await iam.send(new ListAccountAliasesCommand({}));
  expect(AccountAliases).toEqual(['second']);
  expect(second.clock).toBe(clock);
  await second.close();
  iam.destroy();
  await door.close();
});
