/** What becomes of a mail, as the mail server in memory is told. */
import {
  ACCEPTED,
  ARRIVED_UNKNOWN,
  LOST,
  NOT_NOW,
  QUOTA_SPENT,
  REFUSED,
  type ScriptedAnswer,
} from '../../../../simulation/memory/mail.ts';
import type { MailOutcome } from '../../../../simulation/scenario/faults.ts';

export const ANSWERS: Readonly<Record<MailOutcome, ScriptedAnswer>> = {
  accepted: ACCEPTED,
  'not-now': NOT_NOW,
  'quota-spent': QUOTA_SPENT,
  refused: REFUSED,
  lost: LOST,
  'arrived-unknown': ARRIVED_UNKNOWN,
};

export function outcomeOf(answer: unknown): MailOutcome | undefined {
  return (Object.keys(ANSWERS) as MailOutcome[]).find((outcome) => ANSWERS[outcome] === answer);
}
