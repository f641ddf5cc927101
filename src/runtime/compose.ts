/**
 * Puts the parts together, for every function: what lives as long as the container, and what one
 * invocation works with.
 */
import { type Clients, createAccount, createClients } from '../aws/account.ts';
import { dynamodbJournal } from '../aws/dynamodb-journal.ts';
import { readSecret } from '../aws/read-secret.ts';
import { PacedMailer } from '../mailers/paced-mailer.ts';
import { ownerMail } from '../notifications/owner-mail.ts';
import { collectReport } from '../notifications/report.ts';
import { createEventStream } from '../notifications/stream.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Mailer } from '../ports/mailer.ts';
import type { Subscriber } from '../ports/notifications.ts';
import type { Sealer } from '../ports/sealer.ts';
import { composeEngine } from '../rotation/compose.ts';
import type { RecordWriter } from '../rotation/record-writer.ts';
import type { AccountRun } from '../rotation/run-account.ts';
import type { TimerRun } from '../rotation/timers.ts';
import { sealer } from '../sealing/sealer.ts';
import { systemClock } from './clock.ts';
import type { Settings } from './settings.ts';

/** What lives as long as the container. */
export interface Container {
  readonly settings: Settings;
  readonly clients: Clients;
  readonly mailer: Mailer;
}

/** What differs between two invocations. */
export interface InvocationContext {
  readonly accountId: string;
  /** When the function is stopped from outside. */
  readonly deadlineAtMs: number;
  readonly log: Log;
  /** Who else hears of what happens. */
  readonly subscribers?: readonly Subscriber[];
}

/** What one invocation works with. */
export type Composition = Omit<AccountRun, 'journal'> &
  Omit<TimerRun, 'journal'> & {
    readonly journal: Journal;
    readonly writer: RecordWriter;
    readonly sealer: Sealer;
    readonly log: Log;
  };

export function createContainer(settings: Settings, log: Log): Container {
  const mailer = settings.createMailer({ log, readSecret });
  return { settings, clients: createClients(), mailer };
}

export async function compose(
  { settings, clients, mailer: unpaced }: Container,
  { accountId, deadlineAtMs, log, subscribers = [] }: InvocationContext,
): Promise<Composition> {
  const { core, policy } = settings;
  const clock = systemClock;
  const account = await createAccount(accountId, clients, {
    clock,
    log,
    kmsKeyId: core.SSM_KMS_KEY_ID,
  });
  const mailer = new PacedMailer(unpaced, clock, log);
  const delivery = settings.createDelivery({ account, mailer, clock });
  const journal = dynamodbJournal(core.IAM_KEY_ROTATOR_TABLE, accountId, clients.dynamodb, clock);
  const report = collectReport();
  const events = createEventStream([report, ownerMail(account, mailer), ...subscribers], log);
  return {
    ...composeEngine({ account, journal, delivery, sealer, events, clock, deadlineAtMs }),
    sealer,
    account,
    journal,
    delivery,
    mailCounts: () => mailer.counts,
    events,
    report,
    clock,
    log,
    policy,
    ...(core.MAX_ROTATIONS_PER_RUN !== undefined && {
      maxRotationsPerRun: core.MAX_ROTATIONS_PER_RUN,
    }),
    dryRun: core.DRY_RUN,
    retryAfterMinutes: core.RETRY_AFTER_MINS,
    deadlineAtMs,
  };
}
