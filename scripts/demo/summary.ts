/** What is printed at the end. */
import {
  type Checker,
  INVARIANTS,
  type InvariantNumber,
  type Violation,
} from '../../simulation/invariants/index.ts';
import { clockTime, dayOf, longDate } from './calendar.ts';
import type { DemoRun } from './demo-run.ts';
import type { Totals } from './news.ts';
import type { DemoOptions } from './options.ts';
import { count, type Timeline } from './timeline.ts';

export interface DemoResult extends Totals {
  readonly users: number;
  readonly days: number;
  readonly seed: number;
  readonly mailClient: string;
  readonly mails: number;
  /** Mails that their owners could not use. */
  readonly problems: readonly string[];
  readonly invariants: {
    readonly checked: number;
    readonly violated: number;
    readonly each: Readonly<
      Record<InvariantNumber, { statement: string; checked: number; violated: number }>
    >;
    readonly violations: readonly {
      readonly invariant: Violation['invariant'];
      readonly day: number;
      readonly at: string;
      readonly user: string;
      readonly what: string;
    }[];
  };
  /** Where the mails are. */
  readonly mailsIn?: string;
}

export function resultOf(
  { users, days, seed, mailClient }: DemoOptions,
  { totals, problems, checker }: DemoRun,
  mails: number,
  mailsIn: string | undefined,
): DemoResult {
  const { checked, violations } = checker;
  const numbers = Object.keys(INVARIANTS).map(Number) as InvariantNumber[];
  const each = Object.fromEntries(
    numbers.map((number) => [
      number,
      {
        statement: INVARIANTS[number],
        checked: checked[number],
        violated: violatedOf(checker, number).length,
      },
    ]),
  ) as DemoResult['invariants']['each'];
  return {
    users,
    days,
    seed,
    mailClient,
    ...totals,
    mails,
    problems,
    invariants: {
      checked: numbers.reduce((sum, number) => sum + checked[number], 0),
      violated: violations.length,
      each,
      violations: violations.map(({ invariant, atMs, userName, what }) => ({
        invariant,
        day: dayOf(atMs),
        at: new Date(atMs).toISOString(),
        user: userName,
        what,
      })),
    },
    ...(mailsIn !== undefined && { mailsIn }),
  };
}

/** 1 when something is wrong with the product, else 0. */
export function exitCodeOf({ invariants, problems }: DemoResult): number {
  return invariants.violated + problems.length > 0 ? 1 : 0;
}

export function printIntroduction(
  { users, days, mailClient }: DemoOptions,
  timeline: Timeline,
): void {
  const by = { ses: 'Amazon SES', smtp: 'SMTP', mailgun: 'Mailgun' }[mailClient];
  timeline.print(timeline.paint('bold', 'IAM Key Rotator'));
  timeline.print(`${count(users, 'user')}, ${count(days, 'day')}, mails by ${by}.`);
  timeline.print(
    'The account is simulated in this process; the Lambda functions are the built bundles.',
  );
  timeline.print(
    'Keys are replaced when they are 80 days old, and the old ones are deleted 7 days later.',
  );
  timeline.print();
}

export function printSummary(result: DemoResult, checker: Checker, timeline: Timeline): void {
  const { days, mailsIn } = result;
  timeline.print(timeline.paint('bold', `After ${count(days, 'day')}`));
  const facts: readonly [string, number][] = [
    ['keys replaced by new ones, which were mailed', result.rotated],
    ['mails opened by owners, who use the new keys', result.opened],
    ['old keys deleted', result.deleted],
    ['old keys deactivated', result.deactivated],
    ['reminders, as a new key was not in use', result.reminded],
    ['rotations completed after a failure', result.recovered],
    ['new keys deleted, as their mails were refused', result.withdrawn],
    ['vetoes by people', result.cancelled],
    ['mails in total', result.mails],
    ['runs of the rotator', result.rotatorRuns],
    ['runs of the destructor', result.destructorRuns],
  ];
  // The figure is last, so that one reads as well as many.
  for (const [what, number] of facts) {
    timeline.print(`  ${what.padEnd(54)}${number.toLocaleString('en').padStart(6)}`);
  }
  if (mailsIn !== undefined) timeline.print(`\nRead the mails: ${mailsIn}`);
  timeline.print();
  printInvariants(checker, timeline);
  for (const problem of result.problems) timeline.print(timeline.paint('red', `✗ ${problem}`));
}

function printInvariants(checker: Checker, timeline: Timeline): void {
  timeline.print(timeline.paint('bold', 'Invariants, checked in the account after every step'));
  for (const [key, words] of Object.entries(INVARIANTS)) {
    const number = Number(key) as InvariantNumber;
    const violations = violatedOf(checker, number);
    const checks = checker.checked[number];
    // In a short demo some are never checked.
    let mark = checks > 0 ? timeline.paint('green', '✓') : timeline.paint('gray', '·');
    if (violations.length > 0) mark = timeline.paint('red', '✗');
    const checked = count(checks, 'check');
    timeline.print(`${mark} ${number}  ${checked.padStart(15)}  ${words}`);
    for (const violation of violations) {
      timeline.print(timeline.paint('red', `     ${inWords(violation)}`));
    }
  }
}

function violatedOf({ violations }: Checker, number: InvariantNumber): Violation[] {
  return violations.filter(({ invariant }) => invariant === number);
}

function inWords({ atMs, userName, what }: Violation): string {
  const day = dayOf(atMs);
  const who = userName === '' ? '' : `, ${userName}`;
  return `day ${day} (${longDate(day)}, ${clockTime(atMs)})${who}: ${what}`;
}
