/** `ikr resend`: sends the mail of an open rotation again. */
import type { IamUser } from '../../domain/identity.ts';
import type { RotationRecord } from '../../domain/record.ts';
import { iso } from '../../domain/time.ts';
import { type NoMail, type Resending, resend as resendMail } from '../../rotation/resend.ts';
import type { Run } from '../../rotation/run-context.ts';
import { Failure } from '../failure.ts';
import { EXIT, type Io } from '../io.ts';
import { createKeptLog } from '../kept-log.ts';
import { findRotation } from '../lookup.ts';
import type { Services } from '../services.ts';
import { fullSettings, type SourceOptions } from '../settings.ts';
import { createTerminal, shown, type Terminal } from '../terminal.ts';
import { moment, shellWord } from '../words.ts';

export interface ResendOptions extends SourceOptions {
  /** Name or unique ID. */
  readonly user: string;
  readonly json?: boolean;
  readonly debug?: boolean;
}

export async function resend(options: ResendOptions, io: Io, services: Services): Promise<number> {
  const terminal = createTerminal(io);
  const settings = await fullSettings(options, io, services);
  if (settings.dryRun) {
    throw new Failure('DRY_RUN is true in these settings, so nothing is sent.');
  }
  const log = createKeptLog(terminal, options.debug === true);
  const { run, close } = await services.run(settings, log);
  try {
    const { user, record } = await find(options.user, run, services);
    const result = await resendMail(record, user, run);
    if (options.json) terminal.json(facts(user, result));
    else tell(result, user, terminal);
    return isSent(result) ? EXIT.ok : EXIT.failed;
  } finally {
    await close();
    log.tell();
  }
}

async function find(
  wanted: string,
  run: Run,
  services: Services,
): Promise<{ user: IamUser; record: RotationRecord | undefined }> {
  const found = await findRotation(wanted, run.journal, run.keys);
  const { record } = found;
  const userName = found.byRecord ? await nameToday(record, run) : found.userName;
  const user = userName === undefined ? undefined : await services.users().find(userName);
  if (!user || user.userId !== found.userId) {
    throw new Failure(
      `The user ${shown(found.userName)} (${shown(found.userId)}) does not exist any more, or IAM does not say what it is called now.`,
    );
  }
  return { user, record };
}

/** A user may have been renamed since the record was written; a key of it leads there. */
async function nameToday(record: RotationRecord | undefined, run: Run) {
  if (!record) return undefined;
  const owner = await run.keys.owner(
    'newKeyId' in record ? (record.newKeyId ?? '') : record.oldKeyId,
  );
  return owner.kind === 'found' ? owner.userName : record.userName;
}

function isSent(result: Resending): boolean {
  return result.kind === 'sent' || (result.kind === 'resumed' && result.row.outcome === 'rotated');
}

function tell(result: Resending, user: IamUser, terminal: Terminal): void {
  const name = shown(user.userName);
  switch (result.kind) {
    case 'sent':
      terminal.print(`Sent again to ${shown(result.address)}. The dates stay as they were:`);
      terminal.print('');
      tellDates(result, user, terminal);
      break;
    case 'resumed': {
      const { outcome, reason, dueAt } = result.row;
      const line = `${name}: ${shown(reason)}.`;
      if (outcome !== 'rotated') terminal.noteProse(`Not sent. ${line}`);
      else {
        terminal.print(line);
        if (dueAt !== undefined) {
          terminal.print(`The old key waits until ${moment(Date.parse(dueAt))}.`);
        }
      }
      break;
    }
    case 'not-accepted': {
      const { answer, address } = result;
      const more = {
        unknown:
          'It is not known whether the mail arrived. A second one would hold the same key and do no harm.',
        'not-now': 'The mailer does not take it now. Try again later.',
        refused: 'The mail was refused. Correct the address in the tag IKR:EMAIL, or ask why.',
      }[answer.kind];
      terminal.noteProse(`${more} (to ${shown(address)}: ${shown(answer.reason)})`);
      break;
    }
    case 'not-sent':
      for (const line of explainNoMail(result.why, shown(result.detail), user)) {
        terminal.noteProse(line);
      }
      break;
  }
}

function tellDates(
  { record }: Extract<Resending, { kind: 'sent' }>,
  user: IamUser,
  terminal: Terminal,
): void {
  const { oldKeyId, newKeyId, state, deactivateOnMs, deleteOnMs } = record;
  terminal.print(`  new key  ${shown(newKeyId)}`);
  if (state === 'CANCELLED') {
    terminal.print(`  old key  ${shown(oldKeyId)}  stays: the rotation is cancelled`);
    terminal.note('');
    terminal.noteProse(
      'Note: the mail names the dates from before the cancellation. Tell the owner that the old key stays.',
    );
    return;
  }
  const fate =
    state === 'SCHEDULED' && deactivateOnMs !== undefined
      ? `deactivated on ${moment(deactivateOnMs)}, deleted on ${moment(deleteOnMs)}`
      : `deleted on ${moment(deleteOnMs)}`;
  terminal.print(`  old key  ${shown(oldKeyId)}  ${fate}`);
  if (state === 'DEACTIVATED') {
    terminal.note('');
    terminal.noteProse(
      'Note: the old key is inactive, so its owner can not open the mail with it. To activate it again:',
    );
    terminal.note(
      `  aws iam update-access-key --user-name ${shellWord(user.userName)} --access-key-id ${shellWord(shown(oldKeyId))} --status Active`,
    );
  }
}

function explainNoMail(why: NoMail, detail: string, { userName }: IamUser): string[] {
  const name = shellWord(userName);
  switch (why) {
    case 'leased':
      return [
        `Not sent: a run may be at work on the rotation of ${userName} (${detail}). Try again in 20 minutes.`,
      ];
    case 'closed':
      return [
        `Nothing to send: no rotation of ${userName} is open, and the key pair of a closed one is not kept.`,
        `If the user has no key that works: ikr rotate --user ${name} --force`,
      ];
    case 'not-sealed':
      return [
        `Nothing to send yet: the rotation of ${userName} was cut off before there was a key pair.`,
        `Go on with it: ikr rotate --user ${name}`,
      ];
    case 'withdrawing':
      return [
        `Nothing to send: the new key of ${userName} is being taken back (${detail}).`,
        `Finish that: ikr rotate --user ${name}`,
      ];
    case 'no-address':
      return [
        `Not sent: there is nobody to mail to: ${detail}.`,
        'Correct the tags, e.g. with: ikr tag',
      ];
    case 'new-key-gone':
      return [`Nothing to send: the new key ${detail} of ${userName} does not exist any more.`];
    case 'new-key-inactive':
      return [
        `Not sent: the new key ${detail} of ${userName} is inactive, so the mail would be of no use. To activate it:`,
        `  aws iam update-access-key --user-name ${name} --access-key-id ${shellWord(detail)} --status Active`,
      ];
    case 'content-key-gone':
      return [
        `Not sent: the parameter ${detail} no longer holds the content key of this rotation, so nobody could open the mail.`,
        `If the owner has not got the new key either, delete it with aws iam delete-access-key, and then: ikr rotate --user ${name} --force`,
      ];
    case 'mailer':
      return [`Not sent: no mail can be sent now: ${detail}`];
  }
}

function facts({ userName, userId }: IamUser, result: Resending) {
  const user = { userName, userId, result: result.kind };
  switch (result.kind) {
    case 'sent':
      return {
        ...user,
        address: result.address,
        state: result.record.state,
        newKeyId: result.record.newKeyId,
        deleteOn: iso(result.record.deleteOnMs),
      };
    case 'resumed':
      return { ...user, ...result.row };
    case 'not-accepted':
      return {
        ...user,
        address: result.address,
        answer: result.answer.kind,
        reason: result.answer.reason,
      };
    case 'not-sent':
      return { ...user, why: result.why, detail: result.detail };
  }
}
