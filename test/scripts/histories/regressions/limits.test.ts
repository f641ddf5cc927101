import { regression } from './regression.ts';

regression('gives the place of a user whose rotation can’t begin to the next in line', {
  conditions: { dueInDays: [-3, 0], maxRotationsPerRun: 1 },
  steps: [
    {
      do: 'rotate',
      run: { faults: [{ at: 'journal.begin', phase: 'after', kind: 'die' }] },
    },
    { do: 'break record' },
  ],
});

// The content key of a deleted user stands under the name, and its record tells nothing any more.
regression(
  'gives the new owner of a name a parameter although the record of the former is broken',
  {
    conditions: { report: false, dueInDays: [0, 0], mailOutcome: 'not-now', ownersActive: false },
    steps: [
      { afterMinutes: 10080, do: 'rotate' },
      { afterMinutes: 360, do: 'delete user' },
      { afterMinutes: 25, do: 'break record' },
      { afterMinutes: 8640, do: 'rotate' },
      { do: 'rename user', who: 1, to: 0 },
    ],
  },
);
