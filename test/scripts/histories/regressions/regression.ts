import { expect, it } from '@jest/globals';
import type { Command } from '../../../../scripts/proofs/histories/model/history.ts';
import {
  type ShortHistory,
  toHistory,
} from '../../../../scripts/proofs/histories/model/short-form.ts';
import { runHistory } from '../../../../scripts/proofs/histories/run/run-history.ts';

/**
 * A history that went wrong once, as short as it gets. All of it must still come about: a step that
 * is not possible any more, or a fault that never strikes, would let it prove nothing.
 */
export function regression(name: string, short: ShortHistory): void {
  it(name, async () => {
    const history = toHistory(short);
    const { violations, log, seen } = await runHistory(history, true);
    expect(violations.length > 0 ? log.join('\n') : '').toBe('');

    const met = Object.keys(seen);
    expect(met.filter((what) => what.startsWith('not possible: '))).toEqual([]);
    expect(met).toEqual(
      expect.arrayContaining(faultsIn(history.steps.map(({ command }) => command))),
    );
  });
}

/** What goes wrong in the runs of commands, by the names under which it is counted. */
function faultsIn(commands: readonly Command[]): string[] {
  return commands
    .flatMap(runsOf)
    .flatMap(({ faults, mails }) => [
      ...mails.map((outcome) => `mail: ${outcome}`),
      ...faults.flatMap(({ kind, at, meanwhile }) => [
        `fault: ${kind} at ${at}`,
        ...faultsIn(meanwhile),
      ]),
    ]);
}

function runsOf(command: Command) {
  if ('runs' in command) return command.runs;
  return 'run' in command ? [command.run] : [];
}
