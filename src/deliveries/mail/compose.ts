/** The mail that hands a new key over, made from its record. */

import type { NoticeFacts } from '../../domain/events.ts';
import type { AccountIdentity, KeyPair } from '../../domain/identity.ts';
import { ageLimitMs } from '../../domain/plan/delivered.ts';
import type { RecordWithPair } from '../../domain/record.ts';
import type { Mail } from '../../ports/mailer.ts';
import type { MailFacts, OldKeyStanding, Payload } from './templates/facts.ts';
import { newKeyMail } from './templates/index.ts';

/** What every mail about a rotation states. */
export function mailFacts(about: NoticeFacts, account: AccountIdentity): MailFacts {
  return {
    account,
    userName: about.userName,
    oldKeyId: about.oldKeyId,
    newKeyId: about.newKeyId,
    instructions: about.instructions,
    requireNewKeyUsed: about.requireNewKeyUsed,
    ageLimitAtMs: ageLimitMs(about),
    ...(about.deactivateOnMs !== undefined && { deactivateOnMs: about.deactivateOnMs }),
    deleteOnMs: about.deleteOnMs,
  };
}

/**
 * The mail with the new key.
 * @param where the account that the content key is in, and its Region
 */
export function composeNewKeyMail(
  record: RecordWithPair,
  pair: KeyPair,
  where: { readonly account: AccountIdentity; readonly region: string },
  nowMs: number,
): Mail {
  const { target, parameterName, sealed } = record;
  const payload: Payload =
    target.form === 'sealed'
      ? { kind: 'sealed', token: sealed, parameterName, region: where.region }
      : { kind: 'plaintext', pair };
  return {
    to: target.address,
    ...newKeyMail({
      ...mailFacts(record, where.account),
      payload,
      // Whatever was accepted before may have arrived.
      repeated: record.state !== 'DELIVERING' || record.attempts > 1,
      oldKey: standingOf(record, nowMs),
    }),
  };
}

function standingOf(record: RecordWithPair, nowMs: number): OldKeyStanding {
  const { state, deactivateOnMs, deleteOnMs } = record;
  if (state === 'CANCELLED') return 'stays';
  if (state === 'DEACTIVATED') return 'inactive';
  return (deactivateOnMs ?? deleteOnMs) <= nowMs ? 'kept' : 'works';
}
