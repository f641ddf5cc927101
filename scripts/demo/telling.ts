/** From a report's rows to words. */
import type { ReportRow } from '../../src/domain/report.ts';
import { shortDate } from './calendar.ts';
import type { Label } from './timeline.ts';

export interface Told {
  readonly label: Label;
  readonly text: string;
}

export interface Circumstances {
  readonly by: 'rotator' | 'destructor';
  /** Something had gone wrong with this rotation before. */
  readonly troubled: boolean;
}

/** What is told of a row; nothing of a row without news. */
export function tell(row: ReportRow, { by, troubled }: Circumstances): Told | undefined {
  const on = row.dueAt === undefined ? '' : shortDate(Date.parse(row.dueAt));
  switch (row.outcome) {
    case 'rotated':
      return rotated(row, on, troubled);
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
        text: 'the mail was refused for good, so the new key is taken back and the old one stays',
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
          : 'due, but no key is made while no mail can be sent',
      };
    case 'failed':
      return {
        label: 'trouble',
        text: row.reason.startsWith('it is not known')
          ? 'nobody knows whether the mail arrived; the next run looks again'
          : withoutIds(row),
      };
    default:
      return undefined;
  }
}

function rotated({ reason }: ReportRow, on: string, troubled: boolean): Told {
  if (reason.includes('in use')) {
    return { label: 'recovered', text: 'the new key is in use, so its mail had arrived' };
  }
  return troubled
    ? { label: 'recovered', text: `a new key is mailed after all; the old one works until ${on}` }
    : { label: 'new key', text: `made, sealed and mailed; the old key works until ${on}` };
}

/** Of those whom the program leaves alone, only who needs a person is of interest. */
function skipped({ reason }: ReportRow): Told | undefined {
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
export function noteOn({ outcome }: ReportRow, by: Circumstances['by']): string | undefined {
  return outcome === 'deleted' && by === 'rotator' ? undefined : NOTES[outcome];
}

/** What is explained once. */
export const NOTES: Readonly<Partial<Record<ReportRow['outcome'], string>>> & {
  readonly twice: string;
  readonly opened: string;
} = {
  rotated:
    'Each mail holds the new key sealed. What opens it is in SSM, where only its owner can read it. The old key goes on working.',
  opened:
    'The owners really do it: token from the mail, content key from SSM, then a request that AWS checks the signature of.',
  twice: 'This run was made twice at once, and still nobody got two keys.',
  deactivated:
    'Deactivated is not deleted: a person can take it back in the console, and that is respected.',
  deleted:
    'DynamoDB let the timer expire, and its stream called the destructor. It looks at the keys first, then deletes.',
  reminded:
    'An old key is never deleted before the new one was used. Its owner gets a reminder a day, and one a week when the old key is deactivated.',
  withdrawn:
    'A refused mail was surely not delivered, so the rotation is undone, and tried again after 1, 2, 4, then 7 days.',
  invalid: 'A mistake in a tag is one row in the report, and nobody else notices.',
  cancelled:
    'Whoever removes a timer or activates an old key again vetoes: both keys stay until a person deletes one.',
};
