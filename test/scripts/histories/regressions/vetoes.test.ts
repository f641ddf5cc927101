import { regression } from './regression.ts';

regression('keeps the mail of a cancelled rotation readable until the new key was used', {
  steps: [
    { do: 'rotate' },
    { do: 'ikr cancel' },
    { afterMinutes: 1440, do: 'delete key', which: 'oldest' },
    { afterMinutes: 5, do: 'rotate' },
  ],
});

regression('sees a veto that was noted on the timer while the new key is not delivered yet', {
  steps: [
    {
      do: 'rotate',
      run: { faults: [{ at: 'journal.putTimer', phase: 'after', kind: 'die' }] },
    },
    { do: 'remove timer' },
    { do: 'destruct' },
    { afterMinutes: 11_520, do: 'rotate' },
  ],
});

// A destructor that can't write a veto into the record notes it on a timer.
regression('goes by a veto that a dry run has noted', {
  steps: [
    { do: 'rotate' },
    { do: 'open mail' },
    { do: 'use newest key' },
    { afterMinutes: 4320, do: 'remove timer' },
    { afterMinutes: 8640, do: 'destruct', run: { dryRun: true } },
    { do: 'rotate' },
  ],
});

regression('takes the activation of an old key for a veto, whatever becomes of its timer', {
  conditions: { deleteAfterDays: 3, maxKeyAgeDays: 75 },
  steps: [
    { do: 'rotate' },
    { afterMinutes: 4680, do: 'rotate' },
    { afterMinutes: 12, do: 'activate key', which: 'oldest' },
    { do: 'forge timer', which: 'oldest' },
    { afterMinutes: 1440, do: 'rotate' },
  ],
});

regression('goes by a noted veto when a person asks for the mail again', {
  conditions: { requireNewKeyUsed: false },
  steps: [
    {
      afterMinutes: 4320,
      do: 'rotate',
      run: { faults: [{ at: 'journal.putTimer', phase: 'after', kind: 'die' }] },
    },
    { afterMinutes: 25, do: 'remove timer' },
    {
      afterMinutes: 1440,
      do: 'destruct',
      run: { faults: [{ at: 'journal.replace', phase: 'before', kind: 'error' }] },
    },
    { afterMinutes: 10_080, do: 'ikr resend' },
  ],
});

// The record tells of a deactivation only after it has happened.
regression('takes the activation of an old key for a veto in the very moment of its deactivation', {
  conditions: { deleteAfterDays: 1 },
  steps: [
    { do: 'rotate' },
    {
      afterMinutes: 14_400,
      do: 'destruct',
      run: {
        faults: [
          {
            at: 'keys.deactivate',
            phase: 'after',
            kind: 'pause',
            meanwhile: [{ do: 'activate key', which: 'oldest' }],
          },
        ],
      },
    },
    { afterMinutes: 10_080, do: 'rotate' },
  ],
});

// The removal is on its way to the destructor while a person has the refused mail sent again.
regression('takes a key back that was handed over to nobody, whatever a person did to the timer', {
  conditions: { report: false, mailOutcome: 'not-now' },
  steps: [
    { afterMinutes: 1440, do: 'rotate', run: { timeout: 'none' } },
    { afterMinutes: 25, do: 'forge timer', which: 'oldest', named: false },
    { afterMinutes: 10080, do: 'remove timer' },
    { do: 'delete key', which: 'oldest' },
    { do: 'ikr resend', run: { mails: ['not-now'] } },
    { do: 'deactivate key', which: 'oldest' },
  ],
});
