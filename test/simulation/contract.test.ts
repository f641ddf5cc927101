import { startLocalAccount } from '../../simulation/aws/index.ts';
import { createClients, describeAccountContract, destroyClients } from './contract.ts';
import { echoFunction } from './echo-function.ts';

describeAccountContract('the local account', async () => {
  const account = await startLocalAccount({ alias: 'example' });
  account.ses.knobs.verified = new Set();
  const clients = createClients(account.endpoint);
  return {
    clients,
    userActions: {
      createUser: account.userActions.createUser,
      deleteUser: account.userActions.deleteUser,
      createTable: account.createTable,
      deployEcho: (name, aliases) => account.lambda.deploy(name, echoFunction, aliases),
      verifySender: (address) => account.ses.knobs.verified?.add(address),
    },
    close: async () => {
      destroyClients(clients);
      await account.close();
    },
  };
});
