import { randomUUID } from 'node:crypto';
import { DAY_MS } from '../../src/domain/time.ts';
import type { AccountContext } from './context.ts';
import type { ReceivedMail } from './mail.ts';
import { list, type Params, structure, text } from './params.ts';
import { queryRefusals, queryService } from './query-protocol.ts';
import { type Actions, type Service, ServiceError } from './wire.ts';

export interface SesKnobs {
  sendingPaused: boolean;
  /** Mails in 24 hours. */
  max24HourSend: number;
  /** Mails a second, on the account's clock. */
  maxSendRate: number;
  /** Recipients SES refuses. */
  rejected: Set<string>;
  /** Verified addresses and domains; undefined means that every sender is verified. */
  verified: Set<string> | undefined;
  /** In the sandbox recipients must be verified too. */
  sandbox: boolean;
}

export interface Ses {
  service: Service;
  knobs: SesKnobs;
}

const RECIPIENTS_MAX = 50;

/** SES, version 1 of the API: sends mails into the account's list. */
export function createSes(context: AccountContext, mails: ReceivedMail[]): Ses {
  const { clock, accountId, region } = context;
  const knobs: SesKnobs = {
    sendingPaused: false,
    max24HourSend: 50_000,
    maxSendRate: 10_000,
    rejected: new Set(),
    verified: undefined,
    sandbox: false,
  };
  const sentAtMs: number[] = [];
  const sentWithin = (ms: number) => {
    const sinceMs = clock.nowMs() - ms;
    return sentAtMs.filter((atMs) => atMs > sinceMs).length;
  };
  const isVerified = (address: string) => {
    if (!knobs.verified) return true;
    const bare = bareAddress(address);
    const labels = (bare.split('@')[1] ?? '').split('.');
    const domains = labels.map((_, i) => labels.slice(i).join('.'));
    return [bare, ...domains].some((identity) => knobs.verified?.has(identity));
  };

  const actions: Actions = {
    SendEmail: (params) => {
      const mail = readMail(params, clock.nowMs());
      if (knobs.sendingPaused) {
        const message = `Sending is paused for account ${accountId}.`;
        throw new ServiceError('AccountSendingPausedException', message);
      }
      const foreign = text(params, 'SourceArn') !== undefined;
      const checked = [...(foreign ? [] : [mail.from]), ...(knobs.sandbox ? mail.to : [])];
      const unverified = checked.filter((address) => !isVerified(address));
      if (unverified.length > 0) {
        const where = `The following identities failed the check in region ${region.toUpperCase()}`;
        const message = `Email address is not verified. ${where}: ${unverified.join(', ')}`;
        throw new ServiceError('MessageRejected', message);
      }
      if (sentWithin(DAY_MS) + mail.to.length > knobs.max24HourSend) {
        throw new ServiceError('Throttling', 'Daily message quota exceeded.');
      }
      if (sentWithin(1000) + mail.to.length > knobs.maxSendRate) {
        throw new ServiceError('Throttling', 'Maximum sending rate exceeded.');
      }
      if (mail.to.some((address) => knobs.rejected.has(bareAddress(address)))) {
        throw new ServiceError('MessageRejected', 'Address blacklisted.');
      }
      mails.push(mail);
      for (const _ of mail.to) sentAtMs.push(mail.atMs);
      return { MessageId: `0100${randomUUID()}-000000` };
    },
    GetSendQuota: () => ({
      Max24HourSend: knobs.max24HourSend,
      MaxSendRate: knobs.maxSendRate,
      SentLast24Hours: sentWithin(DAY_MS),
    }),
    GetAccountSendingEnabled: () => ({ Enabled: !knobs.sendingPaused }),
    GetIdentityVerificationAttributes: (params) => {
      const identities = list(params, 'Identities').map(String);
      const known = identities.filter((identity) => knobs.verified?.has(identity) ?? true);
      const attributes = known.map((identity) => [identity, { VerificationStatus: 'Success' }]);
      return { VerificationAttributes: new Map(attributes as [string, object][]) };
    },
  };

  const service = queryService({
    name: 'ses',
    xmlns: 'http://ses.amazonaws.com/doc/2010-12-01/',
    actions,
    named: ['Source', 'SourceArn'],
    arnOf: (params) => {
      const source = text(params, 'Source');
      const own = `arn:aws:ses:${region}:${accountId}:identity/${bareAddress(source ?? '')}`;
      return text(params, 'SourceArn') ?? (source === undefined ? '*' : own);
    },
    refusals: queryRefusals('Maximum sending rate exceeded.', 'InternalFailure'),
  });
  return { service, knobs };
}

function readMail(params: Params, atMs: number): ReceivedMail {
  const destination = structure(params, 'Destination');
  const addresses = (name: string) => list(destination, name).map(String);
  const to = [
    ...addresses('ToAddresses'),
    ...addresses('CcAddresses'),
    ...addresses('BccAddresses'),
  ];
  if (to.length === 0 || to.length > RECIPIENTS_MAX) {
    const message = `Recipient count exceeds ${RECIPIENTS_MAX}.`;
    throw new ServiceError(
      'InvalidParameterValue',
      to.length === 0 ? 'Missing recipients.' : message,
    );
  }
  for (const address of [text(params, 'Source') ?? '', ...to]) {
    if (/[\r\n]/.test(address) || !/^[^\s@]+@[^\s@]+$/.test(bareAddress(address))) {
      throw new ServiceError('InvalidParameterValue', "Missing final '@domain'");
    }
  }
  const message = structure(params, 'Message');
  const body = structure(message, 'Body');
  const content = (name: string, parent: Params) => text(structure(parent, name), 'Data') ?? '';
  return {
    via: 'ses',
    from: text(params, 'Source') ?? '',
    to,
    replyTo: list(params, 'ReplyToAddresses').map(String),
    subject: content('Subject', message),
    text: content('Text', body),
    html: content('Html', body),
    atMs,
  };
}

/** `Jane <jane@example.com>` is mailed as `jane@example.com`. */
function bareAddress(address: string): string {
  return (/<([^<>]*)>\s*$/.exec(address)?.[1] ?? address).trim().toLowerCase();
}
