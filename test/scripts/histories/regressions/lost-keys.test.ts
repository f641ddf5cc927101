import { regression } from './regression.ts';

regression('keeps an eye on a lost key that is the only active one for a while', {
  steps: [
    { do: 'rotate', run: { faults: [{ at: 'keys.create', phase: 'after', kind: 'die' }] } },
    { do: 'deactivate key', which: 'oldest' },
    { afterMinutes: 25, do: 'rotate' },
    { afterMinutes: 25, do: 'activate key', which: 'oldest' },
  ],
});

regression('does not take a new key for gone because it hears late that IAM did not know it', {
  conditions: { settleSeconds: 10 },
  steps: [
    {
      do: 'rotate',
      run: {
        mails: ['refused'],
        faults: [{ at: 'keys.owner', nth: 1, phase: 'after', kind: 'pause', minutes: 9 }],
      },
    },
  ],
});

regression('closes no rotation because a list does not tell of the new key yet', {
  conditions: { listLagSeconds: 10, settleSeconds: 10 },
  steps: [{ do: 'rotate' }, { do: 'rotate' }],
});

// IAM creates keys by name.
regression('creates no key for whoever has taken a name over while the run is under way', {
  conditions: { dueInDays: [0, 2] },
  steps: [
    {
      do: 'rotate',
      run: {
        faults: [
          {
            at: 'journal.begin',
            phase: 'after',
            kind: 'pause',
            meanwhile: [
              { do: 'rename user', who: 0, to: 3 },
              { do: 'rename user', who: 1, to: 0 },
            ],
          },
        ],
      },
    },
  ],
});

regression('keeps an old key at any age whose successor nobody can learn any more', {
  conditions: { requireNewKeyUsed: false },
  steps: [
    { do: 'rotate' },
    { do: 'delete parameter' },
    { do: 'pass days', days: 12, everyHours: 6, owners: false },
  ],
});

regression('delivers the only key of a user a week after its mail was lost', {
  conditions: { mailOutcome: 'lost' },
  steps: [
    { afterMinutes: 1440, do: 'rotate' },
    { do: 'delete key', which: 'oldest' },
    { afterMinutes: 10_080, do: 'pass days', days: 1, everyHours: 6, owners: false },
  ],
});
