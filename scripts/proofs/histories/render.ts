/** The result of many histories, for people. */

import { toShort } from './model/short-form.ts';
import type { Found } from './search.ts';
import { BATCH, BATCH_ON_BUNDLES, type Result } from './workers.ts';

/** The figures, and the history in which something was violated, if there is one. */
export function renderResult(result: Result, onBundles: boolean): string {
  const { histories, steps, runs, effects, violations, seconds, seed, found } = result;
  const number = (figure: number) => figure.toLocaleString('en');
  return [
    ...Object.entries(effects).map(([what, times]) => `${number(times).padStart(12)}  ${what}`),
    '',
    `${number(histories)} histories from seed ${seed}, ${number(steps)} steps, ${number(runs)} runs, ${violations} violations, ${number(seconds)} s`,
    ...(found ? ['', renderFound(found, onBundles)] : []),
  ].join('\n');
}

/** The log of a history that must not be, and how to see it again. */
export function renderFound({ seed, after, log, shrunk }: Found, onBundles = false): string {
  return [
    `Something was violated in history ${after} of seed ${seed}:`,
    '',
    ...log,
    '',
    `Again: npm run histories -- --seed ${seed} ${onBundles ? `--bundles ${BATCH_ON_BUNDLES}` : `--runs ${BATCH}`}`,
    `As a regression: ${JSON.stringify(toShort(shrunk))}`,
  ].join('\n');
}
