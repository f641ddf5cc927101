/** The words in which the demo prints a report's rows. */
import type { FunctionName } from '../../simulation/scenario/functions.ts';
import type { ReportRow } from '../../src/domain/report.ts';
import { shortDate } from './calendar.ts';
import type { Label } from './timeline.ts';

export interface Worded {
  readonly label: Label;
  readonly text: string;
}

export interface RowContext {
  readonly by: FunctionName;
  /** Something had gone wrong with this rotation before. */
  readonly hadProblem: boolean;
}

/** How a row is printed; `undefined` for a row without news. */
export function wordRow(row: ReportRow, { by, hadProblem }: RowContext): Worded | undefined {
  const on = row.dueAt === undefined ? '' : shortDate(Date.parse(row.dueAt));
  switch (row.outcome) {
    case 'rotated':
      return rotated(row, on, hadProblem);
    case 'deleted':
      return {
        label: 'deleted',
        text:
          by === 'destructor'
            ? 'the old key is deleted, the new one is in use'
            : 'TTL has not come to the old key yet, so the rotator deletes it; the new one is in use',
      };
    case 'deactivated':
      return {
        label: 'deactivated',
        text: row.reason.includes('never used')
          ? 'the old key is at its age limit and is deactivated; it is kept until the new one is used'
          : `the old key is deactivated, as the mail said; it is deleted on ${on}`,
      };
    case 'reminded':
      return { label: 'reminder', text: 'the new key was never used, so the old one is kept' };
    case 'withdrawn':
      return {
        label: 'withdrawn',
        text: 'the mail was refused for good, so the new key is deleted and the old one stays',
      };
    case 'cancelled':
      return {
        label: 'veto',
        text: 'a person wants to keep the old key: it is not touched any more',
      };
    case 'closed':
      return { label: 'closed', text: withoutIds(row) };
    case 'invalid':
      return { label: 'left alone', text: row.reason };
    case 'skipped':
      return skipped(row);
    case 'postponed':
      return {
        label: 'waits',
        text: row.newKeyId
          ? 'the new key can not be mailed yet'
          : 'due, but no key is created while no mail can be sent',
      };
    case 'failed':
      return {
        label: 'problem',
        text: row.reason.startsWith('it is not known')
          ? 'nobody knows whether the mail arrived; the next run looks again'
          : withoutIds(row),
      };
    default:
      return undefined;
  }
}

function rotated({ reason }: ReportRow, on: string, hadProblem: boolean): Worded {
  if (reason.includes('in use')) {
    return { label: 'recovered', text: 'the new key is in use, so its mail had arrived' };
  }
  return hadProblem
    ? { label: 'recovered', text: `a new key is mailed after all; the old one works until ${on}` }
    : { label: 'new key', text: `created, sealed and mailed; the old key works until ${on}` };
}

/** Of users who are skipped, only those are printed who need a person. */
function skipped({ reason }: ReportRow): Worded | undefined {
  const texts: Readonly<Record<string, string>> = {
    'no-key': 'no access key',
    'inactive-key': 'no active access key',
    'two-keys': 'two keys already: a person must say which one can go',
  };
  const text = texts[reason.split(':')[0] ?? ''];
  return text === undefined ? undefined : { label: 'left alone', text };
}

/** IDs are different in every demo, and say less than what they stand for. */
function withoutIds({ reason, oldKeyId = '-', newKeyId = '-', userId }: ReportRow): string {
  return reason
    .replaceAll(oldKeyId, 'the old key')
    .replaceAll(newKeyId, 'the new key')
    .replaceAll(userId, 'the user')
    .replace(/\bA(KIA|IDA)[A-Z2-7]{16,}\b/g, 'another')
    .replace(/\s*\b[\w-]+-[0-9a-f]{12}\b/g, '');
}

/** What a person wants to know when this happens for the first time, if there is anything. */
export function noteOn({ outcome }: ReportRow, by: FunctionName): string | undefined {
  return outcome === 'deleted' && by === 'rotator' ? undefined : NOTES[outcome];
}

/** What is explained once. */
export const NOTES: Readonly<Partial<Record<ReportRow['outcome'], string>>> & {
  readonly twice: string;
  readonly opened: string;
} = {
  rotated:
    'Each mail holds the new key sealed. The content key that opens it is in SSM, where only its owner can read it. The old key goes on working.',
  opened:
    'The owners do as the mail says: token from the mail, content key from SSM, then a request whose signature AWS checks.',
  twice: 'Two runs at once, and still nobody got two keys.',
  deactivated:
    'Deactivated is not deleted: a person can activate the key again in the console, and that is a veto.',
  deleted:
    'DynamoDB let the timer expire, and its stream called the destructor. It looks at the keys first, then deletes.',
  reminded:
    'An old key is never deleted before the new one was used. Its owner gets a reminder a day, and one a week when the old key is deactivated.',
  withdrawn:
    'A refused mail was certainly not delivered, so the rotation is undone, and tried again after 1, 2, 4, then 7 days.',
  invalid: 'A mistake in a tag is one row in the report, and concerns nobody else.',
  cancelled:
    'Whoever removes a timer or activates an old key again vetoes: both keys stay until a person deletes one.',
};
