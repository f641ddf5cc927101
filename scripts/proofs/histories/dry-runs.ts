import type { CallName } from '../../../simulation/memory/calls.ts';
import { tellEffect } from '../../../simulation/memory/effects.ts';
import type { Tell } from './rules.ts';

/** A dry run changes nothing; a dry destructor puts timers back, or they would be lost. */
export function checkDryCall(name: CallName, run: string, tell: Tell): void {
  const putsBack = name === 'journal.putTimer' && run.startsWith('destructor');
  if (tellEffect(name) !== undefined && !putsBack) tell(0, `a dry run called ${name}`);
}
