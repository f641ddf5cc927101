/**
 * What ten thousand histories must reach, so that a search that finds nothing has looked where
 * something can be found. The names are those under which a run of a history counts.
 */

/** Commands, with what makes one different from another of its kind. */
const DONE = [
  'rotate',
  'rotate one user',
  'rotate by force',
  'rotate dry',
  'rotate without a mailer',
  'rotate hidden',
  'rotate unlisted',
  'rotate without a timeout',
  'rotate with a short timeout',
  'destruct',
  'destruct 20 h late',
  'destruct 48 h late',
  'destruct lost',
  'destruct twice',
  'destruct dry',
  'run both: rotator and rotator',
  'run both: destructor and rotator',
  'run both: destructor and destructor',
  'pass days with active owners',
  'pass days with idle owners',
  'open mail',
  'use newest key',
  'use all keys',
  'create key',
  'deactivate key',
  'activate key',
  'delete key',
  'ikr cancel',
  'ikr resend',
  'remove timer',
  'move timer',
  'forge timer',
  'remove record',
  'break record',
  'move dates',
  'remove history',
  'delete parameter',
  'overwrite parameter',
  'rename user',
  'delete user',
  'create user',
  'set tags plain',
  'set tags none',
  'set tags invalid',
  'set tags elsewhere',
  'set tags outside',
  'set tags slow',
  'set tags staged',
];

/** What people do while a run hears nothing for minutes. */
const MEANWHILE = [
  'rotate',
  'destruct',
  'open mail',
  'use newest key',
  'use all keys',
  'create key',
  'deactivate key',
  'activate key',
  'delete key',
  'remove timer',
  'rename user',
  'delete user',
  'set tags',
];

/** Calls with effects, and those on which decisions are founded: each meets every fault. */
const CALLS = [
  'inventory.users',
  'journal.readAccount',
  'journal.begin',
  'journal.replace',
  'journal.putTimer',
  'keys.list',
  'keys.owner',
  'keys.create',
  'contentKeys.put',
  'mailer.send',
];
const FAULTS = ['die', 'error', 'pause', 'deny', 'throttle'];
/** Rarer calls, rarer faults. */
const RARE_CALLS = [
  'inventory.reportRows',
  'account.describe',
  'journal.read',
  'journal.addHistory',
  'keys.userId',
  'keys.deactivate',
  'keys.delete',
  'contentKeys.remove',
  'mailer.verify',
];
const RARE_FAULTS = ['die', 'error', 'pause'];

const MAILS = ['accepted', 'not-now', 'quota-spent', 'refused', 'lost', 'arrived-unknown'];

const EFFECTS = [
  'create key',
  'deactivate key',
  'activate key',
  'delete key',
  'put content key',
  'remove content key',
  'send mail',
  'put timer',
  'put vetoed timer',
  'remove timer',
  'write STARTED',
  'write DELIVERING',
  'write WITHDRAWING',
  'write SCHEDULED',
  'write DEACTIVATED',
  'write CANCELLED',
  'write CLOSED',
  'write history',
];

const CLOSED = ['completed', 'failed', 'undone', 'cancelled', 'postponed', 'unused', 'user-gone'];

/** What the rotator must have had reason to say. */
const ROTATOR = [
  'rotated: the new key was mailed',
  'rotated: the new key is in use, so it arrived',
  'reminded: the new key was never used, so the old key is kept',
  'deactivated: the deactivation stage is due',
  'deactivated: the old key is <age> and the new one was never used',
  'deleted: the new key is in use',
  'deleted: the old key is due',
  'withdrawn: the mail to <address> was refused: no such mailbox',
  'withdrawn: the new key could not be delivered within 7 days',
  'withdrawn: the new key was not delivered within 7 days and not used for 7 more',
  'closed: the old key is gone, the new one in use',
  'closed: the old key is gone, and the new one is due without ever having been used',
  'closed: a person removed the new key; the old key stays and is due again',
  'closed: both keys are gone',
  'closed: the user does not exist any more',
  'closed: the user has another key by now, which is not ours to touch',
  'closed: the old key is no longer the only key and active',
  'closed: the new key is gone before it was delivered',
  'cancelled: a person removed the timer',
  'cancelled: a person activated the old key again',
  'cancelled: a person activated the undelivered new key again',
  'waiting: the new key is inactive, so the old key is kept',
  'waiting: the old key is gone; the new one was never used, so its mail must stay readable',
  'waiting: IAM does not list the new key yet',
  'left: this run has begun MAX_ROTATIONS_PER_RUN rotations',
  "left: the function's time was over",
  "failed: the mail to <address> was refused, but the new key is the user's only active one: it is mailed again on <time>, or as soon as the tag names another address",
  'failed: the new key was never used, and <parameter> no longer holds the content key that opens its mail, so the old key is kept: delete <id> by hand, and the next run begins anew',
  "failed: the parameter <parameter> no longer holds this rotation's content key, so the mail could not be opened",
  "failed: nobody has the secret of <id>, but it is the user's only active key: give the user another key, and the next run deletes it",
  'failed: no mail with the new key was accepted within 7 days and it was never used: it is inactive now and is deleted in 7 days',
  'postponed: the user is missing in the list of users, but IAM knows the key <id>',
  'postponed: the new key is not delivered yet: the user is no longer tagged with a mail address',
  'postponed: the new key is not delivered yet: a person deactivated the new key <id>',
];

const DESTRUCTOR = [
  'deleted: the new key is in use',
  'deleted: the old key is due',
  'deactivated: the deactivation stage is due',
  'deactivated: the old key is <age> and the new one was never used',
  'reminded: the new key was never used, so the old key is kept',
  'cancelled: a person removed the timer',
  'cancelled: a person activated the old key again',
  'closed: a person removed the new key; the old key stays and is due again',
  'closed: both keys are gone',
  'closed: the old key is gone, the new one in use',
  'waiting: a person removed the timer; noted',
  'waiting: another run is at work on the rotation',
  'waiting: dry run: nothing is destroyed',
  'waiting: the new key is inactive, so the old key is kept',
  'waiting: the new key is not delivered yet (DELIVERING)',
  'waiting: the old key is gone; the new one was never used, so its mail must stay readable',
  'waiting: the timer expired before the old key is due',
  'failed: the new key was never used, and <parameter> no longer holds the content key that opens its mail, so the old key is kept: delete <id> by hand, and the next run begins anew',
  'skipped: there is no rotation record for the timer; no key was touched',
  'skipped: the timer belongs to an earlier rotation',
  'a record goes back to the stream',
];

/** Everything that must have been seen at least once. */
export const COVERAGE: readonly string[] = [
  ...named('done', DONE),
  ...named('meanwhile', MEANWHILE),
  ...named('fault', everyAt(FAULTS, CALLS)),
  ...named('fault', everyAt(RARE_FAULTS, RARE_CALLS)),
  ...named('mail', MAILS),
  ...named('effect', EFFECTS),
  ...named('closed', CLOSED),
  ...named('rotator', ROTATOR),
  ...named('destructor', DESTRUCTOR),
];

function named(kind: string, names: readonly string[]): string[] {
  return names.map((name) => `${kind}: ${name}`);
}

function everyAt(faults: readonly string[], calls: readonly string[]): string[] {
  return calls.flatMap((call) => faults.map((fault) => `${fault} at ${call}`));
}
