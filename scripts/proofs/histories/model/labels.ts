/** Under which names is counted what was done and said. */
import type { Command, InvocationPlan } from './history.ts';

/** What a command does, in words that are the same for all of its kind. */
export function aspects(command: Command): string[] {
  const { do: what } = command;
  switch (command.do) {
    case 'rotate':
      return [
        what,
        ...(command.only === undefined ? [] : [`${what} one user`]),
        ...(command.force ? [`${what} by force`] : []),
        ...(command.blind === 'no' ? [] : [`${what} ${command.blind}`]),
        ...aspectsOf(what, command.run),
      ];
    case 'destruct':
      return [
        what,
        ...(command.lateHours > 0 ? [`${what} ${command.lateHours} h late`] : []),
        ...(command.stream === 'once' ? [] : [`${what} ${command.stream}`]),
        ...aspectsOf(what, command.run),
      ];
    case 'run both':
      return [`${what}: ${[...command.functions].sort().join(' and ')}`];
    case 'pass days':
      return [command.owners ? `${what} with active owners` : `${what} with idle owners`];
    case 'set tags':
      return [`${what} ${command.tags}`];
    default:
      return [what];
  }
}

function aspectsOf(what: string, { dryRun, mailerDown, timeout }: InvocationPlan): string[] {
  return [
    ...(dryRun ? [`${what} dry`] : []),
    ...(mailerDown ? [`${what} without a mailer`] : []),
    ...(timeout === 'none' ? [`${what} without a timeout`] : []),
    ...(timeout === 'short' ? [`${what} with a short timeout`] : []),
  ];
}
