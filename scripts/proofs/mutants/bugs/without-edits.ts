/**
 * Bugs whose edits were lost when the sources that they were written for were rewritten. Each is to be
 * put where the sources hold its rule now, or removed with it. The list may only become shorter.
 */
import type { Bug } from '../bug.ts';

export const WITHOUT_EDITS: readonly Pick<Bug, 'name' | 'breaks'>[] = [
  {
    name: 'creates the key before it writes STARTED',
    breaks: 'a key whose secret was lost in a crash is found by the next run',
  },
  {
    name: 'creates the key before it stores the content key',
    breaks: 'a run that cannot seal creates nothing',
  },
  {
    name: 'mails the pair before it writes DELIVERING',
    breaks: 'a key pair that was handed over is in the journal',
  },
  {
    name: 'takes a name over because its holder goes on under another rotation ID',
    breaks: 'every mail can be opened as long as its rotation is open',
  },
  {
    name: 'asks for the key again after an answer that was lost',
    breaks: 'one rotation creates one key',
  },
  {
    name: 'goes on to create the key however long it took to get there',
    breaks: 'an orphan is told from the user’s own key by its age',
  },
  {
    name: 'creates the key without looking at the lease again',
    breaks: 'before every effect there is a minute of lease and of time left',
  },
  {
    name: 'does not ask whose name it is (GetUser) before it creates the key',
    breaks: 'nobody is mailed the key of a namesake',
  },
  {
    name: 'overwrites the content key of another user’s open rotation',
    breaks: 'every mail can be opened as long as its rotation is open',
  },
  {
    name: 'forgets the created key when another run went on with the record',
    breaks: 'no key is left that no record knows of',
  },
  {
    name: 'deletes the created key although the record names it',
    breaks: 'a write whose answer was lost is not undone',
  },
  {
    name: 'deletes the created key although nobody knows whether the record was written',
    breaks: 'a write whose answer was lost is not undone',
  },
  {
    name: 'rotates a user who has two keys',
    breaks: 'a key that this program did not schedule is never touched',
  },
  {
    name: 'starts again although the last rotation failed a moment ago',
    breaks: 'a rotation that failed backs off for days',
  },
  {
    name: 'believes the credential report’s date of a key that was switched off and on again',
    breaks: 'no key is older than the limit because a list says that it is young',
  },
  {
    name: 'puts the timer after it has written SCHEDULED',
    breaks: 'a rotation that is SCHEDULED has a timer',
  },
  {
    name: 'schedules the old key before the mail was accepted',
    breaks: 'no old key is deleted before its successor was handed over',
  },
  {
    name: 'withdraws the new key when nobody knows whether its mail arrived',
    breaks: 'a key that may have been handed over is not undone',
  },
  {
    name: 'withdraws the new key after a refusal although an earlier mail may have arrived',
    breaks: 'a key that may have been handed over is not undone',
  },
  {
    name: 'takes a refused key back although the user has no other that is active',
    breaks: 'a sealed pair that its user has nothing but is kept and delivered',
  },
  {
    name: 'counts an attempt of unknown outcome as one that failed',
    breaks: 'a key that may have been handed over is not undone',
  },
  {
    name: 'leaves an accepted mail for the next run to note, which sends it again',
    breaks: 'a mail that was accepted is not sent again',
  },
  {
    name: 'takes the new key back without writing WITHDRAWING first',
    breaks: 'a withdrawal that was cut off is finished, and backs off',
  },
  {
    name: 'withdraws a new key that turns out to be in use',
    breaks: 'no key is deleted that works for its owner',
  },
  {
    name: 'takes “no such key” for deleted while IAM does not know the new key yet',
    breaks: 'a key whose secret was never handed over goes',
  },
  {
    name: 'resends while another run is at work on the rotation',
    breaks: 'a second run at the same time changes nothing',
  },
  {
    name: 'keeps the lease after a mail that was sent again',
    breaks: 'a veto or the destruction is not held up by a mail that only repeats',
  },
  {
    name: 'takes any key that it had not seen for the orphan, however old or young',
    breaks: 'no key is deleted that this program did not make',
  },
  {
    name: 'forgets which keys were there when the rotation began',
    breaks: 'no key is deleted that this program did not make',
  },
  {
    name: 'deletes the orphan although it was used',
    breaks: 'no key is deleted that works for its owner',
  },
  {
    name: 'deletes the first of two keys that look like the orphan',
    breaks: 'no key is deleted that this program did not make',
  },
  {
    name: 'leaves the orphan where it is',
    breaks: 'a key whose secret was never handed over goes with the next completed run',
  },
  {
    name: 'goes on from an orphan without writing its start and the keys seen again',
    breaks: 'a second crash at the same place is repaired like the first',
  },
  {
    name: 'counts an attempt after its mail went out, not before',
    breaks: 'an attempt that was cut off counts as one that may have arrived',
  },
  {
    name: 'delivers again without moving the due date that the mail promises',
    breaks: 'the old key stays as long as the mail promises',
  },
  {
    name: 'mails a key again that is in use already',
    breaks: 'a mail that arrived is not sent again',
  },
  {
    name: 'gives the new key up as gone while IAM does not list it yet',
    breaks: 'a key whose secret was never handed over goes',
  },
  {
    name: 'mails a pair that the content key in SSM does not open',
    breaks: 'a mail that is sent can be opened',
  },
  {
    name: 'withdraws after a week although a mail may have arrived',
    breaks: 'a key that may have been handed over is only deactivated',
  },
  {
    name: 'gives an undelivered key up after a week although the user has no other that is active',
    breaks: 'a sealed pair that its user has nothing but is kept and delivered',
  },
  {
    name: 'deactivates a new key before it writes that it gives it up',
    breaks: 'no user is stuck with a key that this program deactivated',
  },
  {
    name: 'deletes an inactive new key that a person has activated again',
    breaks: 'a person’s veto holds',
  },
  {
    name: 'does not put a timer that is missing',
    breaks: 'the old key goes when its time has come',
  },
  {
    name: 'leaves an overdue key to a timer that never expires',
    breaks: 'an old key is gone within a day of being due, even if TTL is late',
  },
  {
    name: 'destroys a key in every run, due or not',
    breaks: 'no old key is deleted before the promised date',
  },
  {
    name: 'closes a cancelled rotation whose mail may be unopened',
    breaks: 'the owner of a new key can open its mail',
  },
  { name: 'does not see the veto that a timer carries', breaks: 'a person’s veto holds' },
  {
    name: 'takes a user who is missing in a list for deleted',
    breaks: 'no rotation is forgotten because a list lags',
  },
  {
    name: 'counts any Active key as the successor',
    breaks: 'no old key is deleted before its successor was used',
  },
  {
    name: 'lets a user’s only active key be taken away',
    breaks: 'no step deletes or deactivates a user’s only active key',
  },
  {
    name: 'decides on an old key before the promised date',
    breaks: 'no old key is deleted before the promised date',
  },
  {
    name: 'takes the new key for removed while IAM does not list it yet',
    breaks: 'no rotation is forgotten because a list lags',
  },
  {
    name: 'deletes the old key although the new one is inactive',
    breaks: 'a user who had a working key has one',
  },
  { name: 'deletes an old key that a person has activated again', breaks: 'a person’s veto holds' },
  {
    name: 'deletes the old key although the new one was never used',
    breaks: 'no old key is deleted before its successor was used',
  },
  {
    name: 'keeps an old key for ever whose successor is never used',
    breaks: 'every replaced key is inactive or gone by MAX_KEY_AGE_DAYS plus one run',
  },
  {
    name: 'skips the deactivation stage',
    breaks: 'a deactivation that was asked for comes before the deletion',
  },
  {
    name: 'takes the content key away with the old key although the mail may be unopened',
    breaks: 'the owner of a new key can open its mail',
  },
  {
    name: 'takes the old key away although nobody can open the mail with the new one any more',
    breaks: 'a user who had a working key has one',
  },
  {
    name: 'closes the rotation before it deletes the old key',
    breaks: 'an old key that is due goes, whatever is cut off',
  },
  {
    name: 'leaves no day in which a late deactivation can be taken back',
    breaks: 'a deactivated key stays for a day before it is deleted',
  },
  {
    name: 'acts on the keys of whoever has the name now (GetUser is skipped)',
    breaks: 'no key is touched that belongs to a namesake',
  },
  {
    name: 'acts on the keys of the user whom a forged record names',
    breaks: 'no key is touched on the word of a record that names another user’s keys',
  },
  {
    name: 'sets a timer again after a failure in place of a veto',
    breaks: 'a person’s veto holds',
  },
  {
    name: 'removes the timer before it writes CANCELLED',
    breaks: 'a veto is written before anything reads as one',
  },
  {
    name: 'sets the timer of a closed rotation again',
    breaks: 'a closed rotation does nothing any more',
  },
  {
    name: 'takes the timer of an earlier rotation for its own',
    breaks: 'no old key is deleted before the promised date',
  },
  {
    name: 'goes by the timer and not by the record’s due date',
    breaks: 'no old key is deleted before the promised date',
  },
  {
    name: 'puts a timer back that a person removed (ignores a veto)',
    breaks: 'a person’s veto holds',
  },
  {
    name: 'loses a veto that comes while another run holds the record',
    breaks: 'a person’s veto holds',
  },
  { name: 'does not set a timer again whose work failed', breaks: 'a failure is tried again' },
  {
    name: 'forgets the veto when the timer is set again after a failure',
    breaks: 'a person’s veto holds',
  },
  {
    name: 'takes up a record that another run holds (drops the lease check)',
    breaks: 'a second run at the same time changes nothing',
  },
  {
    name: 'extends a lease that is lost: writes over what another run wrote since',
    breaks: 'each step of the journal is one conditional write',
  },
  {
    name: 'goes on under a lease that has run out',
    breaks: 'before every effect there is a minute of lease and of time left',
  },
  {
    name: 'does not let the next run at a record when it is done with it',
    breaks: 'a rotation goes on with the next run',
  },
  {
    name: 'closes the record before the history is written',
    breaks: 'every closed rotation is in the history',
  },
  {
    name: 'closes the record before the content key is gone',
    breaks: 'a closed rotation leaves no content key behind',
  },
  {
    name: 'deletes and deactivates without looking at the lease again',
    breaks: 'before every effect there is a minute of lease and of time left',
  },
  {
    name: 'believes that a key is gone that has only another owner name',
    breaks: 'an old key that is due goes, even if its user was renamed meanwhile',
  },
  {
    name: 'removes a namesake’s parameter, or that of a later rotation',
    breaks: 'every mail can be opened as long as its rotation is open',
  },
  {
    name: 'overwrites the parameter of another user without asking',
    breaks: 'every mail can be opened as long as its rotation is open',
  },
  {
    name: 'deletes the parameter and creates it again, within the 30 seconds that SSM forbids',
    breaks: 'a resumed rotation is not stopped by its own parameter',
  },
  { name: 'begins a rotation over one that is open', breaks: 'a user has one open rotation' },
];
