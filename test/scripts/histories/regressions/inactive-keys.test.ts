import { regression } from './regression.ts';

regression(
  'leaves an undelivered key inactive that its owner activated, used and deactivated again',
  {
    conditions: { mailOutcome: 'arrived-unknown' },
    steps: [
      { do: 'rotate' },
      { afterMinutes: 10_080, do: 'rotate' },
      { do: 'open mail' },
      { afterMinutes: 3, do: 'activate key', which: 'newest' },
      { do: 'use newest key' },
      { afterMinutes: 1, do: 'deactivate key', which: 'newest' },
      { afterMinutes: 10, do: 'rotate' },
    ],
  },
);

// A list may tell for some minutes that a key is inactive which a person has just activated.
regression('gives a person some minutes after an undelivered key was activated', {
  conditions: { mailOutcome: 'arrived-unknown' },
  steps: [
    { do: 'rotate' },
    { afterMinutes: 10_110, do: 'rotate' },
    { do: 'activate key', which: 'newest' },
    { afterMinutes: 2, do: 'rotate' },
  ],
});

// It was in use, but IAM told so too late, and the run that deactivated it died before it wrote so.
regression('activates a key in use that a run deactivated right before it died', {
  conditions: { mailOutcome: 'arrived-unknown', lastUsedLagMinutes: 15 },
  steps: [
    { do: 'rotate' },
    { afterMinutes: 10_080, do: 'open mail' },
    { do: 'use newest key' },
    { do: 'rotate', run: { faults: [{ at: 'keys.deactivate', phase: 'after', kind: 'die' }] } },
    { afterMinutes: 60, do: 'rotate' },
  ],
});
