import { regression } from './regression.ts';

regression('gives the place of a user whose rotation can’t begin to the next in line', {
  conditions: { dueInDays: [-3, 0], maxRotationsPerRun: 1 },
  steps: [
    {
      do: 'rotate',
      run: { troubles: [{ at: 'journal.begin', phase: 'after', kind: 'dies' }] },
    },
    { do: 'break record' },
  ],
});
