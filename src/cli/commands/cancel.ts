/** `ikr cancel`: takes the timer of an old key back. */

import type { DeliveredRecord, RotationRecord } from '../../domain/record.ts';
import { type Veto, veto } from '../../rotation/veto.ts';
import { EXIT, type Io } from '../io.ts';
import { findRotation } from '../lookup.ts';
import type { Services } from '../services.ts';
import { type TableOptions, tableName } from '../settings.ts';
import { createTerminal, shown, type Terminal } from '../terminal.ts';
import { moment, shellWord } from '../words.ts';

export interface CancelOptions extends TableOptions {
  /** Name or unique ID. */
  readonly user: string;
  readonly json?: boolean;
}

export async function cancel(options: CancelOptions, io: Io, services: Services): Promise<number> {
  const terminal = createTerminal(io);
  const table = await tableName(options, io, services);
  const journal = services.journal(table);
  const keys = services.keys();
  const { userName, userId, record } = await findRotation(options.user, journal, keys);
  const result: Veto | { readonly kind: 'no-rotation' } = record
    ? await veto({ ...record, userName }, `${await caller(services)} ran ikr cancel`, {
        clock: services.clock,
        journal,
        parameters: services.parameters(),
        keys,
        deadlineAtMs: Number.POSITIVE_INFINITY,
      })
    : { kind: 'no-rotation' };

  const done = result.kind === 'cancelled' || result.kind === 'already';
  if (options.json) {
    terminal.json({
      userName,
      userId,
      result: result.kind,
      ...(record && { state: record.state, oldKeyId: record.oldKeyId }),
      ...(record && 'newKeyId' in record && { newKeyId: record.newKeyId }),
    });
  } else tell(result, userName, terminal);
  return done ? EXIT.ok : EXIT.failed;
}

/** For auditors; a veto must not fail for want of a name. */
async function caller(services: Services): Promise<string> {
  try {
    return (await services.caller()).arn;
  } catch {
    return 'a person';
  }
}

function tell(
  result: Veto | { readonly kind: 'no-rotation' },
  userName: string,
  terminal: Terminal,
): void {
  const name = shown(userName);
  switch (result.kind) {
    case 'cancelled':
      terminal.print(`Cancelled: nothing is going to happen to either key of ${name}.`);
      tellKept(result.record, userName, terminal);
      break;
    case 'already':
      terminal.printProse(
        `The rotation of ${name} was cancelled already, on ${moment(result.record.cancelledAtMs)} (${shown(result.record.reason)}).`,
      );
      break;
    case 'leased':
      terminal.noteProse(
        `Not cancelled: a run may be at work on the rotation of ${name}. Try again after ${moment(result.record.leaseUntilMs)}.`,
      );
      break;
    case 'old-key-gone':
      terminal.noteProse(
        `There is nothing to cancel: the old key ${shown(result.record.oldKeyId)} of ${name} is gone already. The rotation stays open only so that the mail with the new key can be opened.`,
      );
      break;
    case 'nothing-scheduled':
      terminal.noteProse(`There is nothing to cancel for ${name}: ${whyNothing(result.record)}`);
      break;
    case 'no-rotation':
      terminal.noteProse(`There is nothing to cancel: no key of ${name} was ever rotated.`);
      break;
  }
  if ('timerError' in result && result.timerError !== undefined) {
    terminal.noteProse(
      'Note: the timer could not be removed. It means nothing any more, and the next run of the rotator removes it.',
    );
  }
}

/** What was kept, and what a person has to do now. */
function tellKept(record: DeliveredRecord, userName: string, terminal: Terminal): void {
  const asleep = record.state === 'DEACTIVATED';
  const { oldKeyId, newKeyId } = record;
  const command = (action: string, id: string, more = '') =>
    terminal.print(
      `  aws iam ${action} --user-name ${shellWord(shown(userName))} --access-key-id ${shellWord(shown(id))}${more}`,
    );
  terminal.print('');
  terminal.print(`  old key  ${shown(oldKeyId)}${asleep ? '  stays inactive' : ''}`);
  terminal.print(`  new key  ${shown(newKeyId)}`);
  terminal.print('');
  if (asleep) {
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

function whyNothing(record: RotationRecord): string {
  switch (record.state) {
    case 'STARTED':
      return 'a rotation was begun, but no key is handed over yet, so none waits for its end (STARTED).';
    case 'DELIVERING':
      return 'the mail with the new key was not accepted yet, so the old key has no timer (DELIVERING).';
    case 'WITHDRAWING':
      return 'the new key is being taken back; the old one stays (WITHDRAWING).';
    default:
      return `the last rotation is over (${record.state}).`;
  }
}
