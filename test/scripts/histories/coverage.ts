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
  'rotated: delivered',
  'rotated: arrived',
  'reminded: new-key-unused',
  'deactivated: stage-due',
  'deactivated: age-limit',
  'deleted: new-key-in-use',
  'deleted: old-key-due',
  'withdrawn: delivery-refused',
  'withdrawn: undeliverable',
  'withdrawn: undelivered-unused',
  'closed: old-key-gone',
  'closed: unused-and-due',
  'closed: new-key-removed',
  'closed: both-keys-gone',
  'closed: user-gone',
  'closed: other-key',
  'closed: old-key-changed',
  'closed: new-key-gone-undelivered',
  'cancelled: timer-removed',
  'cancelled: old-key-activated',
  'cancelled: undelivered-activated',
  'waiting: new-key-inactive',
  'waiting: awaits-first-use',
  'waiting: new-key-unlisted',
  'left: max-rotations',
  'left: function-time-over',
  'failed: refused-only-active',
  'failed: not-retrievable',
  'failed: content-key-gone',
  'failed: orphan-only-active',
  'failed: given-up',
  'postponed: user-unlisted',
  'postponed: not-delivered-yet',
];

const DESTRUCTOR = [
  'deleted: new-key-in-use',
  'deleted: old-key-due',
  'deactivated: stage-due',
  'deactivated: age-limit',
  'reminded: new-key-unused',
  'cancelled: timer-removed',
  'cancelled: old-key-activated',
  'closed: new-key-removed',
  'closed: both-keys-gone',
  'closed: old-key-gone',
  'waiting: veto-noted',
  'waiting: leased',
  'waiting: timer-dry-run',
  'waiting: new-key-inactive',
  'waiting: timer-undelivered',
  'waiting: awaits-first-use',
  'waiting: timer-early',
  'failed: not-retrievable',
  'skipped: timer-without-record',
  'skipped: timer-of-earlier',
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
