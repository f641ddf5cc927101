/**
 * Builds what a run works with, from the environment. The handlers and the command line wire the
 * same parts.
 */
import { type Clients, createClients } from '../aws/clients.ts';
import { dynamodbJournal } from '../aws/dynamodb-journal.ts';
import { iamInventory } from '../aws/iam-inventory.ts';
import { iamKeys } from '../aws/iam-keys.ts';
import type { Settings } from '../config/settings.ts';
import type { AccountIdentity } from '../domain/identity.ts';
import { Postman } from '../mailers/paced-mailer.ts';
import type { Log, Mailer, Parameters } from '../ports/index.ts';
import type { Run } from '../rotation/run-context.ts';
import { sealer } from '../sealing/sealer.ts';
import { systemClock } from './clock.ts';

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
  readonly parameters: Parameters;
}

/**
 * Parameter Store's client is a large part of a bundle, and a run that finds no key due, as most
 * do, never calls it: it is loaded with the first call.
 */
const parameterStore = () => import('../aws/ssm-parameters.ts');

export function createPlant(settings: Settings, log: Log): Plant {
  const clients = createClients();
  const mailer = settings.createMailer({
    log,
    readSecret: async (name) => {
      const { createSsm, readSecret } = await parameterStore();
      return readSecret(createSsm(), name);
    },
  });
  return { settings, clients, mailer, parameters: lateParameters(settings.ssmKmsKeyId, log) };
}

function lateParameters(kmsKeyId: string | undefined, log: Log): Parameters {
  let made: Promise<Parameters> | undefined;
  const parameters = () => {
    made ??= parameterStore().then(({ createSsm, ssmParameters }) =>
      ssmParameters(createSsm(), { kmsKeyId, log }),
    );
    return made;
  };
  return {
    put: async (...details) => (await parameters()).put(...details),
    get: async (...details) => (await parameters()).get(...details),
    remove: async (...details) => (await parameters()).remove(...details),
  };
}

export async function createRun(
  { settings, clients, mailer, parameters }: Plant,
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
    parameters,
    sealer,
    postman: new Postman(mailer, clock, log),
    log,
    account: () => {
      account ??= inventory.account();
      return account;
    },
    region: await clients.iam.config.region(),
    rotation: settings.rotation,
    destruction: settings.destruction,
    encryptKeyPair: settings.encryptKeyPair,
    ...(settings.maxRotationsPerRun && { maxRotationsPerRun: settings.maxRotationsPerRun }),
    dryRun: settings.dryRun,
    deadlineAtMs,
  };
}
