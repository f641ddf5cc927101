/**
 * What commands need from AWS, made when it is first asked for: by then `--profile` and `--region`
 * are in the environment, where the SDK reads them.
 */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { type CallerIdentity, callerIdentity } from '../aws/caller-identity.ts';
import { type Clients, createClients, TIMEOUTS } from '../aws/clients.ts';
import { dynamodbJournal } from '../aws/dynamodb-journal.ts';
import { functionEnvironment } from '../aws/function-environment.ts';
import { iamInventory } from '../aws/iam-inventory.ts';
import { iamKeys } from '../aws/iam-keys.ts';
import { iamUsers, type Users } from '../aws/iam-users.ts';
import { ssmParameters } from '../aws/ssm-parameters.ts';
import type { Environment } from '../config/setting.ts';
import type { Settings } from '../config/settings.ts';
import type { ContentKeys, Inventory, Keys } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Run } from '../rotation/run-context.ts';
import { createPlant, createRun, systemClock } from '../runtime/compose.ts';

export interface Services {
  readonly clock: Clock;
  keys(): Keys;
  users(): Users;
  inventory(log: Log): Inventory;
  journal(table: string): Journal;
  /** @param region where the parameters are; the user's own Region when missing */
  parameters(region?: string): ContentKeys;
  /** Whose credentials these are. */
  caller(region?: string): Promise<CallerIdentity>;
  /** The Region that calls go to. */
  region(): Promise<string>;
  /** The settings of a deployed function. */
  functionEnvironment(name: string): Promise<Environment>;
  /** Everything a run works with; `close` lets go of the mailer's connections. */
  run(settings: Settings, log: Log): Promise<{ run: Run; close(): Promise<void> }>;
}

/** One-off questions: a person waits for the answer. */
const ONE_OFF = {
  maxAttempts: 3,
  requestHandler: TIMEOUTS,
};

export function createServices(clock: Clock = systemClock): Services {
  let made: Clients | undefined;
  const clients = () => {
    made ??= createClients();
    return made;
  };
  const at = (region?: string) => ({ ...ONE_OFF, ...(region !== undefined && { region }) });
  const caller = (region?: string) => callerIdentity(new STSClient(at(region)));
  const accountId = async () => (await caller()).accountId;

  return {
    clock,
    keys: () => iamKeys(clients().iam, clients().iamOnce, clock),
    users: () => iamUsers(clients().iam),
    inventory: (log) => iamInventory(clients().iam, accountId, clock, log),
    journal: (table) => dynamodbJournal(table, clients().dynamodb, clock),
    parameters: (region) => ssmParameters(new SSMClient(at(region))),
    caller,
    region: async () => clients().iam.config.region(),
    functionEnvironment: (name) => functionEnvironment(new LambdaClient(ONE_OFF), name),
    async run(settings, log) {
      const plant = createPlant(settings, log);
      const run = await createRun(plant, {
        accountId,
        deadlineAtMs: Number.POSITIVE_INFINITY,
        log,
      });
      return { run, close: () => plant.mailer.close() };
    },
  };
}
