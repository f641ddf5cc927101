/** `ikr resend`: delivers the key pair of an open rotation again. */
import { type ResendAnswer, resendAnswer } from '../../rotation/commands/answers.ts';
import { claimedBy } from '../claimed-by.ts';
import { EXIT, type Io } from '../io.ts';
import { LET_GO, unlessInterrupted } from '../let-go.ts';
import { type AskOptions, rotatorFunction } from '../rotator-function.ts';
import type { Services } from '../services.ts';
import { createTerminal, shown, type Terminal } from '../terminal.ts';
import { moment, shellWord } from '../words.ts';

export interface ResendOptions extends AskOptions {
  /** Name or unique ID. */
  readonly user: string;
}

export async function resend(options: ResendOptions, io: Io, services: Services): Promise<number> {
  const terminal = createTerminal(io);
  const rotator = rotatorFunction(options, io, services);
  const { user } = options;
  const command = { action: 'resend', user, ...(await claimedBy(services)) } as const;
  const answer = await unlessInterrupted(io, (signal) =>
    rotator.ask(command, resendAnswer, signal),
  );
  if (answer === 'interrupted') {
    terminal.note(LET_GO);
    return EXIT.interrupted;
  }
  if (options.json) terminal.json(answer);
  else tell(answer, terminal);
  return isSent(answer) ? EXIT.ok : EXIT.failed;
}

function isSent({ result, outcome }: ResendAnswer): boolean {
  return result === 'sent' || (result === 'resumed' && outcome === 'rotated');
}

function tell(answer: ResendAnswer, terminal: Terminal): void {
  const { address = '', reason = '' } = answer;
  switch (answer.result) {
    case 'sent':
      terminal.print(`Sent again to ${shown(address)}. The dates stay as they were:`);
      terminal.print('');
      tellDates(answer, terminal);
      break;
    case 'resumed': {
      const line = `${shown(answer.userName)}: ${shown(reason)}.`;
      if (answer.outcome !== 'rotated') terminal.noteProse(`Not sent. ${line}`);
      else {
        terminal.print(line);
        if (answer.dueAt !== undefined) {
          terminal.print(`The old key waits until ${at(answer.dueAt)}.`);
        }
      }
      break;
    }
    case 'not-accepted': {
      const known: Readonly<Record<string, string>> = {
        unknown:
          'It is not known whether the mail arrived. A second one would hold the same key and do no harm.',
        'not-now': 'The mailer does not take it now. Try again later.',
        refused: 'The mail was refused. Correct the address in the tag IKR:EMAIL, or ask why.',
      };
      const more = known[answer.answer ?? ''] ?? 'The mail was not accepted.';
      terminal.noteProse(`${more} (to ${shown(address)}: ${shown(reason)})`);
      break;
    }
    default:
      for (const line of explainNoMail(answer)) terminal.noteProse(line);
  }
}

function at(iso: string): string {
  return moment(Date.parse(iso));
}

function tellDates(answer: ResendAnswer, terminal: Terminal): void {
  const { oldKeyId = '', newKeyId = '', state, deactivateOn, deleteOn = '' } = answer;
  terminal.print(`  new key  ${shown(newKeyId)}`);
  if (state === 'CANCELLED') {
    terminal.print(`  old key  ${shown(oldKeyId)}  stays: the rotation is cancelled`);
    terminal.note('');
    terminal.noteProse(
      'Note: the mail names the dates from before the cancellation. Tell the owner that the old key stays.',
    );
    return;
  }
  const dates =
    state === 'SCHEDULED' && deactivateOn !== undefined
      ? `deactivated on ${at(deactivateOn)}, deleted on ${at(deleteOn)}`
      : `deleted on ${at(deleteOn)}`;
  terminal.print(`  old key  ${shown(oldKeyId)}  ${dates}`);
  if (state === 'DEACTIVATED') {
    terminal.note('');
    terminal.noteProse(
      "Note: the old key is inactive, so its owner can't open the mail with it. To activate it again:",
    );
    terminal.note(
      `  aws iam update-access-key --user-name ${shellWord(answer.userName)} --access-key-id ${shellWord(shown(oldKeyId))} --status Active`,
    );
  }
}

function explainNoMail(answer: ResendAnswer): string[] {
  const userName = shown(answer.userName);
  const name = shellWord(userName);
  const detail = shown(answer.detail ?? '');
  switch (answer.why) {
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
        `Continue it: ikr rotate --user ${name}`,
      ];
    case 'withdrawing':
      return [
        `Nothing to send: the new key of ${userName} is being withdrawn (${detail}).`,
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
    default:
      return [`Not sent: ${shown(answer.why ?? answer.result)} ${detail}`.trim()];
  }
}
