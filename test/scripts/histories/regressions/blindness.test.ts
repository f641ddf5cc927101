import { regression } from './regression.ts';

// IAM answers “access denied” about a key that is gone, and about any key when a permission is missing.
regression(
  'closes no rotation of a user who is missing in the list while no key can be asked for',
  {
    steps: [
      { do: 'rotate' },
      {
        do: 'rotate',
        blind: 'hidden',
        run: {
          faults: [
            {
              at: 'keys.list',
              phase: 'before',
              kind: 'pause',
              meanwhile: [{ do: 'rotate', blind: 'unlisted' }],
            },
          ],
        },
      },
      { do: 'pass days', days: 8, owners: true },
    ],
  },
);
