/** The bugs, in the order of a rotation: at least one for each step and each rule of the journal. */
import type { Bug } from '../bug.ts';
import { DELIVERING } from './delivering.ts';
import { DESTROYING } from './destroying.ts';
import { EXPIRING } from './expiring.ts';
import { KEEPING } from './keeping.ts';
import { RESUMING } from './resuming.ts';
import { ROTATING } from './rotating.ts';

export const BUGS: readonly Bug[] = [
  ...ROTATING,
  ...DELIVERING,
  ...RESUMING,
  ...DESTROYING,
  ...EXPIRING,
  ...KEEPING,
];
