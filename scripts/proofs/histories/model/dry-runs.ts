import type { CallName } from '../../../../simulation/memory/calls.ts';
import { tellEffect } from '../../../../simulation/memory/effects.ts';

/** A dry run changes nothing; a dry destructor puts timers back, or they would be lost. */
export function isForbiddenInDryRun(name: CallName, run: string): boolean {
  const putsBack = name === 'journal.putTimer' && run.startsWith('destructor');
  return tellEffect(name) !== undefined && !putsBack;
}
