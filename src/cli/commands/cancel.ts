/** `ikr cancel`: cancels the scheduled deletion of an old key. */
import { type CancelAnswer, cancelAnswer } from '../../rotation/commands/answers.ts';
import { claimedBy } from '../claimed-by.ts';
import { EXIT, type Io } from '../io.ts';
import { LET_GO, unlessInterrupted } from '../let-go.ts';
import { type AskOptions, rotatorFunction } from '../rotator-function.ts';
import type { Services } from '../services.ts';
import { createTerminal, shown, type Terminal } from '../terminal.ts';
import { moment, shellWord } from '../words.ts';

export interface CancelOptions extends AskOptions {
  /** Name or unique ID. */
  readonly user: string;
}

export async function cancel(options: CancelOptions, io: Io, services: Services): Promise<number> {
  const terminal = createTerminal(io);
  const rotator = rotatorFunction(options, io, services);
  const { user } = options;
  const command = { action: 'cancel', user, ...(await claimedBy(services)) } as const;
  const answer = await unlessInterrupted(io, (signal) =>
    rotator.ask(command, cancelAnswer, signal),
  );
  if (answer === 'interrupted') {
    terminal.note(LET_GO);
    return EXIT.interrupted;
  }
  if (options.json) terminal.json(answer);
  else tell(answer, terminal);
  return answer.result === 'cancelled' || answer.result === 'already' ? EXIT.ok : EXIT.failed;
}

function tell(answer: CancelAnswer, terminal: Terminal): void {
  const name = shown(answer.userName);
  const at = (iso = '') => moment(Date.parse(iso));
  switch (answer.result) {
    case 'cancelled':
      terminal.print(`Cancelled: nothing is going to happen to either key of ${name}.`);
      tellKept(answer, terminal);
      break;
    case 'already':
      terminal.printProse(
        `The rotation of ${name} was cancelled already, on ${at(answer.cancelledAt)} (${shown(answer.reason ?? '')}).`,
      );
      break;
    case 'leased':
      terminal.noteProse(
        `Not cancelled: a run may be at work on the rotation of ${name}. Try again after ${at(answer.leaseUntil)}.`,
      );
      break;
    case 'old-key-gone':
      terminal.noteProse(
        `There is nothing to cancel: the old key ${shown(answer.oldKeyId ?? '')} of ${name} is gone already. The rotation stays open only so that the mail with the new key can be opened.`,
      );
      break;
    case 'nothing-scheduled':
      terminal.noteProse(`There is nothing to cancel for ${name}: ${whyNothing(answer.state)}`);
      break;
    case 'no-rotation':
      terminal.noteProse(`There is nothing to cancel: no key of ${name} was ever rotated.`);
      break;
    default:
      terminal.noteProse(`Not cancelled for ${name}: ${shown(answer.result)}.`);
  }
  if (answer.timerLeft) {
    terminal.noteProse(
      'Note: the timer could not be removed. It means nothing any more, and the next run of the rotator removes it.',
    );
  }
}

/** What was kept, and what a person has to do now. */
function tellKept(answer: CancelAnswer, terminal: Terminal): void {
  const { userName, state, oldKeyId = '', newKeyId = '' } = answer;
  const isInactive = state === 'DEACTIVATED';
  const command = (action: string, id: string, more = '') =>
    terminal.print(
      `  aws iam ${action} --user-name ${shellWord(shown(userName))} --access-key-id ${shellWord(shown(id))}${more}`,
    );
  terminal.print('');
  terminal.print(`  old key  ${shown(oldKeyId)}${isInactive ? '  stays inactive' : ''}`);
  terminal.print(`  new key  ${shown(newKeyId)}`);
  terminal.print('');
  if (isInactive) {
    terminal.print('The old key was deactivated before. To activate it again:');
    command('update-access-key', oldKeyId, ' --status Active');
    terminal.print('');
  }
  terminal.printProse(
    'The user is not rotated again before one of the two keys is deleted. So when it is clear which one is in use, delete the other, either the old key:',
  );
  command('delete-access-key', oldKeyId);
  terminal.print('or the new one:');
  command('delete-access-key', newKeyId);
}

function whyNothing(state = ''): string {
  switch (state) {
    case 'STARTED':
      return 'a rotation was begun, but no new key is delivered yet, so no old key has a timer (STARTED).';
    case 'DELIVERING':
      return 'the mail with the new key was not accepted yet, so the old key has no timer (DELIVERING).';
    case 'WITHDRAWING':
      return 'the new key is being withdrawn; the old one stays (WITHDRAWING).';
    default:
      return `the last rotation is over (${shown(state)}).`;
  }
}
