/** What is told at the end. */
import {
  INVARIANTS,
  type InvariantNumber,
  type Invariants,
  type Violation,
} from '../../simulation/invariants/index.ts';
import { clockTime, dayOf, longDate } from './calendar.ts';
import type { DemoOptions } from './options.ts';
import type { Play } from './play.ts';
import type { Tally } from './story.ts';
import { count, type Timeline } from './timeline.ts';

export interface DemoResult extends Tally {
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
      Record<InvariantNumber, { promise: string; checked: number; violated: number }>
    >;
    readonly violations: readonly {
      readonly invariant: InvariantNumber;
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
  { tally, problems, invariants }: Play,
  mails: number,
  mailsIn: string | undefined,
): DemoResult {
  const { checked, violations } = invariants;
  const numbers = Object.keys(INVARIANTS).map(Number) as InvariantNumber[];
  const each = Object.fromEntries(
    numbers.map((number) => [
      number,
      {
        promise: INVARIANTS[number],
        checked: checked[number],
        violated: violatedOf(invariants, number).length,
      },
    ]),
  ) as DemoResult['invariants']['each'];
  return {
    users,
    days,
    seed,
    mailClient,
    ...tally,
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
  timeline.print('The account lives in this process; the Lambda functions are the built bundles.');
  timeline.print('Keys are replaced when they are 80 days old, and the old ones go 7 days later.');
  timeline.print();
}

export function printSummary(result: DemoResult, invariants: Invariants, timeline: Timeline): void {
  const { days, mailsIn } = result;
  timeline.print(timeline.paint('bold', `After ${count(days, 'day')}`));
  const facts: readonly [string, number][] = [
    ['keys replaced by new ones, which were mailed', result.rotated],
    ['mails opened by owners, who use the new keys', result.opened],
    ['old keys deleted', result.deleted],
    ['old keys deactivated', result.deactivated],
    ['reminders, as a new key was not in use', result.reminded],
    ['rotations finished that had gone wrong in the middle', result.recovered],
    ['new keys taken back, as their mails were refused', result.withdrawn],
    ['vetoes by people', result.cancelled],
    ['mails in all', result.mails],
    ['runs of the rotator', result.rotatorRuns],
    ['runs of the destructor', result.destructorRuns],
  ];
  // The figure last: so one of a thing reads as well as many.
  for (const [what, number] of facts) {
    timeline.print(`  ${what.padEnd(54)}${number.toLocaleString('en').padStart(6)}`);
  }
  if (mailsIn !== undefined) timeline.print(`\nRead the mails: ${mailsIn}`);
  timeline.print();
  printInvariants(invariants, timeline);
  for (const problem of result.problems) timeline.print(timeline.paint('red', `✗ ${problem}`));
}

function printInvariants(invariants: Invariants, timeline: Timeline): void {
  timeline.print(timeline.paint('bold', 'What must hold after every step, checked in the account'));
  for (const [key, words] of Object.entries(INVARIANTS)) {
    const number = Number(key) as InvariantNumber;
    const violations = violatedOf(invariants, number);
    const checks = invariants.checked[number];
    // A short story shows nothing of some.
    let mark = checks > 0 ? timeline.paint('green', '✓') : timeline.paint('gray', '·');
    if (violations.length > 0) mark = timeline.paint('red', '✗');
    const checked = count(checks, 'check');
    timeline.print(`${mark} ${number}  ${checked.padStart(15)}  ${words}`);
    for (const violation of violations) {
      timeline.print(timeline.paint('red', `     ${inWords(violation)}`));
    }
  }
}

function violatedOf({ violations }: Invariants, number: InvariantNumber): Violation[] {
  return violations.filter(({ invariant }) => invariant === number);
}

function inWords({ atMs, userName, what }: Violation): string {
  const day = dayOf(atMs);
  const who = userName === '' ? '' : `, ${userName}`;
  return `day ${day} (${longDate(day)}, ${clockTime(atMs)})${who}: ${what}`;
}
