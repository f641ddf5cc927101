/** The bugs that are put into the sources. */
import type { Bug } from '../bug.ts';
import { DELIVERING } from './delivering.ts';
import { EXPIRING } from './expiring.ts';
import { KEEPING } from './keeping.ts';

export const BUGS: readonly Bug[] = [...DELIVERING, ...EXPIRING, ...KEEPING];
