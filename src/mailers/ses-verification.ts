/**
 * Asks SES whether mails can be sent now.
 */
import {
  GetAccountSendingEnabledCommand,
  GetIdentityVerificationAttributesCommand,
  GetSendQuotaCommand,
  type SESClient,
} from '@aws-sdk/client-ses';
import { domainOf, type Sender } from '../domain/address.ts';
import type { Verification } from '../ports/mailer.ts';
import { answerOf } from './ses-answers.ts';

/** What one of the questions found out; nothing where all is well. */
type Finding = Partial<Verification>;

/** Asks SES, within the time that there is. */
interface Ses {
  readonly client: SESClient;
  readonly abortSignal: AbortSignal;
}

/** Mails a day of an account in the sandbox. */
const SANDBOX_QUOTA = 200;
const UNLIMITED = -1;

/** Asks for everything at once; a question that is not allowed is left out, with a warning. */
export async function verifySes(
  ses: Ses,
  sender: Sender,
  sourceArn: string | undefined,
): Promise<Verification> {
  const ask = async (action: string, finding: Promise<Finding>): Promise<Finding> => {
    try {
      return await finding;
    } catch (error) {
      if (isDenied(error)) {
        return { warnings: [`ses:${action} is not allowed, so what it tells was not checked`] };
      }
      const { kind, reason } = answerOf(error, sender);
      return { kind, reason };
    }
  };
  const findings = await Promise.all([
    ask('GetAccountSendingEnabled', findPause(ses)),
    ask('GetSendQuota', findQuota(ses)),
    ask('GetIdentityVerificationAttributes', findIdentity(ses, sender, sourceArn)),
  ]);
  const problems = findings.filter(({ kind }) => kind !== undefined);
  return {
    ...Object.assign({}, ...findings),
    kind: problems[0]?.kind ?? 'accepted',
    // One lost connection is the same problem for all three.
    reason: [...new Set(problems.map(({ reason }) => reason))].join('; '),
    warnings: findings.flatMap(({ warnings = [] }) => warnings),
  };
}

async function findPause({ client, abortSignal }: Ses): Promise<Finding> {
  const { Enabled } = await client.send(new GetAccountSendingEnabledCommand(), { abortSignal });
  if (Enabled !== false) return {};
  return { kind: 'refused', reason: 'SES has sending paused for this account; resume it there' };
}

async function findQuota({ client, abortSignal }: Ses): Promise<Finding> {
  const quota = await client.send(new GetSendQuotaCommand(), { abortSignal });
  const { Max24HourSend: max, SentLast24Hours: sent = 0, MaxSendRate: perSecond } = quota;
  const rate = perSecond !== undefined && perSecond > 0 ? { perSecond } : {};
  if (max === undefined || max === UNLIMITED) return rate;
  const remaining = Math.max(0, Math.floor(max - sent));
  const warnings =
    max === SANDBOX_QUOTA
      ? ['the quota is that of the SES sandbox, which delivers to verified addresses only']
      : [];
  if (remaining > 0) return { ...rate, remaining, warnings };
  const reason = `the SES quota of ${max} mails in 24 hours is spent; wait, or have it raised`;
  return { ...rate, remaining, warnings, kind: 'not-now', reason };
}

async function findIdentity(
  { client, abortSignal }: Ses,
  { address }: Sender,
  sourceArn: string | undefined,
): Promise<Finding> {
  const identities = identitiesOf(address);
  const command = new GetIdentityVerificationAttributesCommand({ Identities: identities });
  const { VerificationAttributes = {} } = await client.send(command, { abortSignal });
  const verified = identities.some(
    (identity) => VerificationAttributes[identity]?.VerificationStatus === 'Success',
  );
  if (verified) return {};
  const none = `SES has none of ${identities.join(', ')} as a verified identity here`;
  if (sourceArn) {
    return { warnings: [`${none}; sending depends on MAIL_SOURCE_ARN, which cannot be checked`] };
  }
  return {
    kind: 'refused',
    reason: `${none}; verify one, or set SES_REGION or MAIL_SOURCE_ARN to where one is verified`,
  };
}

/** Each of these, if verified, lets SES send from the address: itself, its domain, parent domains. */
function identitiesOf(address: string): string[] {
  const labels = domainOf(address).split('.');
  const domains = labels.slice(0, -1).map((_, i) => labels.slice(i).join('.'));
  return [address, ...domains];
}

function isDenied(error: unknown): boolean {
  return /^(AccessDenied|UnauthorizedOperation)/.test((error as Error).name);
}
