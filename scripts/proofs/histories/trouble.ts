/** Troubles at the port calls of a run, and what becomes of its mails. */

import type { OnCall } from '../../../simulation/memory/calls.ts';
import {
  ACCEPTED,
  ARRIVED_UNKNOWN,
  LOST,
  NOT_NOW,
  QUOTA_SPENT,
  REFUSED,
  type ScriptedAnswer,
} from '../../../simulation/memory/mail.ts';
import { KeyNotCreated } from '../../../src/ports/errors.ts';
import type { Command, Invocation, MailFate, Trouble } from './history.ts';
import type { Tally } from './tally.ts';

export const FATES: Readonly<Record<MailFate, ScriptedAnswer>> = {
  accepted: ACCEPTED,
  'not-now': NOT_NOW,
  'quota-spent': QUOTA_SPENT,
  refused: REFUSED,
  lost: LOST,
  'arrived-unknown': ARRIVED_UNKNOWN,
};

export function fateOf(answer: unknown): MailFate | undefined {
  return (Object.keys(FATES) as MailFate[]).find((fate) => FATES[fate] === answer);
}

/** Whether a run hears nothing for so long that its lease may run out. */
export function isPaused(run: Invocation): boolean {
  return run.troubles.some(({ kind, minutes }) => kind === 'pause' && minutes > 0);
}

/** Whether anything keeps a run from doing what it should. */
export function isDisturbed(run: Invocation): boolean {
  return run.troubles.length > 0 || run.mails.length > 0 || run.mailerDown || run.dryRun;
}

/**
 * The hook for one run.
 * @param pause lets time pass and others act
 * @param isOver whether the function's time is over: it is killed then
 * @param seen counts what goes wrong
 */
export function troubled(
  run: Invocation,
  pause: (minutes: number, meanwhile: readonly Command[]) => Promise<void>,
  isOver: () => boolean,
  seen: Tally,
): OnCall {
  const counts = new Map<Trouble, number>();
  let down: string | undefined;
  return async (name, phase, _args, caller) => {
    if (isOver()) caller.kill();
    if (down !== undefined && phase === 'before' && name.startsWith(down)) refuse(name);
    for (const trouble of run.troubles) {
      if (trouble.at !== name || trouble.phase !== phase) continue;
      const count = counts.get(trouble) ?? 0;
      counts.set(trouble, count + 1);
      if (count !== trouble.nth) continue;
      seen.add(`trouble: ${trouble.kind} at ${name}`);
      if (trouble.kind === 'dies') caller.kill();
      if (trouble.kind === 'fails') throw new Error(`${name} failed`);
      if (trouble.kind === 'throttled' && phase === 'before') throttle(name);
      if (trouble.kind === 'outage') {
        down = name.split('.')[0];
        if (phase === 'before') refuse(name);
      }
      if (trouble.kind === 'pause') {
        await pause(trouble.minutes, trouble.meanwhile);
        if (isOver()) caller.kill();
        if (phase === 'before' && trouble.minutes > 0) throw new Error(`${name}: TimeoutError`);
      }
    }
  };
}

function throttle(name: string): never {
  if (name === 'keys.create') throw new KeyNotCreated('Throttling', true, undefined);
  throw new Error(`${name}: Throttling`);
}

function refuse(name: string): never {
  if (name === 'keys.create') throw new KeyNotCreated('AccessDenied', false, undefined);
  throw new Error(`${name}: AccessDenied`);
}
