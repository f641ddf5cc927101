import { expect, it } from '@jest/globals';
import type { Command } from '../../../../scripts/proofs/histories/history.ts';
import { play } from '../../../../scripts/proofs/histories/play.ts';
import { type Sketch, toHistory } from '../../../../scripts/proofs/histories/sketch.ts';

/**
 * A history that went wrong once, as short as it gets. All of it must still come about: a step that
 * is not possible any more, or a trouble that never strikes, would let it prove nothing.
 */
export function regression(name: string, sketch: Sketch): void {
  it(name, async () => {
    const history = toHistory(sketch);
    const { violations, story, seen } = await play(history, true);
    expect(violations.length > 0 ? story.join('\n') : '').toBe('');

    const met = Object.keys(seen);
    expect(met.filter((what) => what.startsWith('not possible: '))).toEqual([]);
    expect(met).toEqual(
      expect.arrayContaining(troublesIn(history.steps.map(({ command }) => command))),
    );
  });
}

/** What goes wrong in the runs of commands, by the names under which it is counted. */
function troublesIn(commands: readonly Command[]): string[] {
  return commands
    .flatMap(runsOf)
    .flatMap(({ troubles, mails }) => [
      ...mails.map((fate) => `mail: ${fate}`),
      ...troubles.flatMap(({ kind, at, meanwhile }) => [
        `trouble: ${kind} at ${at}`,
        ...troublesIn(meanwhile),
      ]),
    ]);
}

function runsOf(command: Command) {
  if ('runs' in command) return command.runs;
  return 'run' in command ? [command.run] : [];
}
