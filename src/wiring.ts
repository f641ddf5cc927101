/**
 * Builds what a run works with, from the environment. The handlers and the command line wire the
 * same parts.
 */
import { type Clients, createClients } from './aws/clients.ts';
import { dynamodbJournal } from './aws/dynamodb-journal.ts';
import { iamInventory } from './aws/iam-inventory.ts';
import { iamKeys } from './aws/iam-keys.ts';
import { readSecret, ssmParameters } from './aws/ssm-parameters.ts';
import type { Settings } from './config.ts';
import { Postman } from './delivery/postman.ts';
import type { AccountIdentity } from './domain/identity.ts';
import type { Clock, Log, Mailer } from './ports.ts';
import type { Run } from './run.ts';
import { sealer } from './sealing.ts';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** What differs between two invocations. */
export interface Occasion {
  readonly accountId: () => Promise<string>;
  readonly deadlineAtMs: number;
  readonly log: Log;
}

/** The parts that live as long as the process. */
export interface Plant {
  readonly settings: Settings;
  readonly clients: Clients;
  readonly mailer: Mailer;
}

export function createPlant(settings: Settings, log: Log): Plant {
  const clients = createClients();
  const mailer = settings.createMailer({
    log,
    readSecret: (name) => readSecret(clients.ssm, name),
  });
  return { settings, clients, mailer };
}

export async function createRun(
  { settings, clients, mailer }: Plant,
  { accountId, deadlineAtMs, log }: Occasion,
): Promise<Run> {
  const clock = systemClock;
  const inventory = iamInventory(clients.iam, accountId, clock, log);
  let account: Promise<AccountIdentity> | undefined;
  return {
    clock,
    inventory,
    keys: iamKeys(clients.iam, clients.iamOnce, clock),
    journal: dynamodbJournal(settings.table, clients.dynamodb, clock),
    parameters: ssmParameters(clients.ssm, settings.ssmKmsKeyId),
    sealer,
    postman: new Postman(mailer, clock, log),
    log,
    account: () => {
      account ??= inventory.account();
      return account;
    },
    region: await clients.ssm.config.region(),
    rotation: settings.rotation,
    destruction: settings.destruction,
    encryptKeyPair: settings.encryptKeyPair,
    ...(settings.maxRotationsPerRun && { maxRotationsPerRun: settings.maxRotationsPerRun }),
    dryRun: settings.dryRun,
    deadlineAtMs,
  };
}
