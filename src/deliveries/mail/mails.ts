/**
 * The mails of one rotation, made from its record.
 */

import { maxAgeAtMs } from '../../domain/destruction.ts';
import type { Promised, RotationRecord } from '../../domain/record.ts';
import { describeError } from '../../ports/errors.ts';
import type { Mail } from '../../ports/mailer.ts';
import type { Run } from '../../rotation/run-context.ts';
import type { Enclosed, MailFacts, MailText, OldKeyStanding } from './templates/facts.ts';
import { deactivatedMail, deletedMail, newKeyMail, reminderMail } from './templates/index.ts';

/** What a record tells about its mails, in whatever state it is. */
interface AboutRotation extends Promised {
  readonly userName: string;
  readonly address: string;
  readonly oldKeyId: string;
  readonly newKeyId: string;
  readonly instructions: string;
  readonly oldKeyCreatedAtMs: number;
}

/** The mail that hands the new key over. */
export async function composeNewKeyMail(
  record: AboutRotation & { readonly state: RotationRecord['state'] },
  enclosed: Enclosed,
  repeated: boolean,
  run: Run,
): Promise<Mail> {
  const oldKey = standingOf(record, run.clock.nowMs());
  return envelope(
    record,
    newKeyMail({ ...(await facts(record, run)), enclosed, repeated, oldKey }),
  );
}

function standingOf(
  { state, deactivateOnMs, deleteOnMs }: Promised & { readonly state: RotationRecord['state'] },
  nowMs: number,
): OldKeyStanding {
  if (state === 'CANCELLED') return 'stays';
  if (state === 'DEACTIVATED') return 'inactive';
  return (deactivateOnMs ?? deleteOnMs) <= nowMs ? 'kept' : 'works';
}

/**
 * Tells the owner that the new key is still unused.
 * @param deactivatedAtTheLatestMs missing when the old key has been deactivated already
 */
export async function informOfUnusedKey(
  record: AboutRotation,
  deactivatedAtTheLatestMs: number | undefined,
  run: Run,
): Promise<void> {
  await inform(record, `new key of ${record.userName} unused`, run, (known) =>
    reminderMail({
      ...known,
      ...(deactivatedAtTheLatestMs !== undefined && { deactivatedAtTheLatestMs }),
    }),
  );
}

/** Tells the owner that the old key was deactivated. */
export async function informOfDeactivation(
  record: AboutRotation,
  why: 'stage' | 'max-age',
  run: Run,
): Promise<void> {
  await inform(record, `old key of ${record.userName} deactivated`, run, (known) =>
    deactivatedMail({ ...known, why }),
  );
}

/** Tells the owner that the old key was deleted. */
export async function informOfDeletion(record: AboutRotation, run: Run): Promise<void> {
  await inform(record, `old key of ${record.userName} deleted`, run, deletedMail);
}

/** Never throws: a mail that only informs decides nothing, not even when it can't be written. */
async function inform(
  record: AboutRotation,
  about: string,
  run: Run,
  compose: (facts: MailFacts) => MailText,
): Promise<void> {
  try {
    await run.postman.inform(envelope(record, compose(await facts(record, run))), about);
  } catch (error) {
    run.log.warn('a mail that informs was not sent', { about, error: describeError(error) });
  }
}

async function facts(record: AboutRotation, run: Run): Promise<MailFacts> {
  return {
    account: await run.account(),
    userName: record.userName,
    oldKeyId: record.oldKeyId,
    newKeyId: record.newKeyId,
    instructions: record.instructions,
    requireNewKeyUsed: run.destruction.requireNewKeyUsed,
    ageLimitAtMs: maxAgeAtMs(record, run.destruction),
    ...(record.deactivateOnMs !== undefined && { deactivateOnMs: record.deactivateOnMs }),
    deleteOnMs: record.deleteOnMs,
  };
}

function envelope(record: AboutRotation, text: MailText): Mail {
  return { to: record.address, ...text };
}
