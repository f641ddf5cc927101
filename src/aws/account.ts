/**
 * An AWS account on its APIs. Credentials enter here and nowhere else: those of the environment, or
 * those that are given.
 */
import type { AccountIdentity } from '../domain/identity.ts';
import type { Account, ContentKeys } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Clients } from './clients.ts';
import { accountAlias, iamInventory } from './iam-inventory.ts';
import { iamKeys } from './iam-keys.ts';

export { type Clients, createClients } from './clients.ts';

interface AccountOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Encrypts the content keys; AWS's own key when missing. */
  readonly kmsKeyId?: string | undefined;
}

/** @param id the account that the clients' credentials belong to */
export async function createAccount(
  id: string,
  { iam, iamOnce, credentials }: Clients,
  { clock, log, kmsKeyId }: AccountOptions,
): Promise<Account> {
  let identity: Promise<AccountIdentity> | undefined;
  const describe = async (): Promise<AccountIdentity> => {
    const alias = await accountAlias(iam, log);
    return { accountId: id, ...(alias && { alias }) };
  };
  return {
    id,
    region: await iam.config.region(),
    keys: iamKeys(iam, iamOnce, clock),
    inventory: iamInventory(iam, clock),
    contentKeys: lateContentKeys(async () => {
      const { createSsm, ssmContentKeys } = await import('./content-keys.ts');
      return ssmContentKeys(createSsm(credentials), { kmsKeyId, log });
    }),
    describe() {
      identity ??= describe();
      return identity;
    },
  };
}

/**
 * Parameter Store's client is a large part of a bundle, and a run that finds no key due, as most do,
 * never calls it: it is loaded with the first call.
 */
function lateContentKeys(load: () => Promise<ContentKeys>): ContentKeys {
  let loading: Promise<ContentKeys> | undefined;
  const contentKeys = () => {
    loading ??= load();
    return loading;
  };
  return {
    put: async (...details) => (await contentKeys()).put(...details),
    get: async (...details) => (await contentKeys()).get(...details),
    remove: async (...details) => (await contentKeys()).remove(...details),
  };
}
