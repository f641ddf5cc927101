/** `ikr status`: who is managed, what happens next, and what is in the way. */
import {
  type StatusAnswer,
  statusAnswer,
  type UserStatus,
} from '../../rotation/commands/answers.ts';
import { EXIT, type Io } from '../io.ts';
import { createProgress } from '../progress.ts';
import { type AskOptions, type RotatorFunction, rotatorFunction } from '../rotator-function.ts';
import type { Services } from '../services.ts';
import { printAll, printCard, report } from '../status-view.ts';
import { createTerminal, shown } from '../terminal.ts';

export interface StatusOptions extends AskOptions {
  readonly user?: readonly string[];
}

export async function status(options: StatusOptions, io: Io, services: Services): Promise<number> {
  const terminal = createTerminal(io);
  const rotator = rotatorFunction(options, io, services);
  const answer = await allPages(rotator, options.user, io);
  const nowMs = services.clock.nowMs();
  const rows = [...answer.users].sort(byUrgency);
  const whole = { ...answer, users: rows };
  if (options.json) {
    terminal.json(report(whole, rotator.name, nowMs));
  } else {
    if (options.user) for (const row of rows) printCard(row, nowMs, terminal);
    else printAll(whole, nowMs, terminal);
    for (const problem of answer.problems) terminal.noteProblem(problem);
  }
  for (const { text } of answer.missing) terminal.note(shown(text));
  return answer.missing.length > 0 ? EXIT.failed : EXIT.ok;
}

async function allPages(
  rotator: RotatorFunction,
  users: readonly string[] | undefined,
  io: Io,
): Promise<StatusAnswer> {
  const progress = createProgress(io, 'Looking at keys');
  const ask = (cursor?: string) =>
    rotator.ask(
      {
        action: 'status',
        ...(users && { users: [...users] }),
        ...(cursor !== undefined && { cursor }),
      },
      statusAnswer,
    );
  try {
    const first = await ask();
    const rows: UserStatus[] = [...first.users];
    for (let { next } = first; next !== undefined; ) {
      progress.expect(first.listed);
      progress.reach(rows.length);
      const page = await ask(next);
      rows.push(...page.users);
      next = page.next;
    }
    return { ...first, users: rows };
  } finally {
    progress.stop();
  }
}

function byUrgency(a: UserStatus, b: UserStatus): number {
  const when = ({ at }: UserStatus) =>
    at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at);
  return (
    Number(b.warnings.length > 0) - Number(a.warnings.length > 0) ||
    // Two that are up to somebody differ by no number.
    (when(a) === when(b) ? 0 : when(a) - when(b)) ||
    (a.userName < b.userName ? -1 : 1)
  );
}
