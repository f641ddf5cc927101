/** What goes wrong, and when. The calendar tells, so that every demo is the same. */
import type { Call, FaultRule } from '../../simulation/aws/index.ts';
import type { DemoDeployment } from './deployment.ts';
import {
  ANSWER_LOST,
  CRASH_AFTER_MAIL,
  CRASH_BEFORE_MAIL,
  MAIL_LOST,
  OUTAGE,
  THROTTLED,
} from './users.ts';

export interface ScheduledFault {
  /** What a reader should know about it; printed once. */
  readonly note: string;
  /** Takes the fault away, once the run is over. */
  readonly end: () => void;
}

const ALWAYS = Number.POSITIVE_INFINITY;

/**
 * Prepares what goes wrong in the rotator's run of this day and hour, if anything does.
 * @param names who is in the account: nothing goes wrong for a user who isn't
 */
export function faultIn(
  day: number,
  hour: number,
  deployment: DemoDeployment,
  names: ReadonlySet<string>,
): ScheduledFault | undefined {
  const isAt = (moment: { name: string; day: number; hour: number }) =>
    moment.day === day && moment.hour === hour && names.has(moment.name);
  const { account, mailServer, rotators } = deployment;
  const fault = (note: string, rule: FaultRule): ScheduledFault => {
    const { remove } = account.faults.add(rule);
    return { note, end: remove };
  };
  const onDie = () => rotators[0].kill();

  if (isAt(CRASH_BEFORE_MAIL)) {
    return fault(
      'The Lambda function is killed right after IAM has created the new key: nobody knows its secret any more. The next run finds the key by what the journal says, deletes it and creates another.',
      { match: { service: 'iam', action: 'CreateAccessKey' }, kind: 'die-after', onDie },
    );
  }
  if (isAt(CRASH_AFTER_MAIL)) {
    return fault(
      'Killed again, this time right after the mail was sent and before that was written down. The sealed key pair is in the journal: the next run mails the same key again.',
      { match: mailServer.sending, kind: 'die-after', onDie },
    );
  }
  if (isAt(ANSWER_LOST)) {
    return fault(
      'The mail server breaks down. It accepted this mail, but its answer was lost: nobody knows, so nothing is undone.',
      { match: mailServer.sending, kind: 'reset-after', times: ALWAYS },
    );
  }
  if (isAt(MAIL_LOST)) {
    return fault('This mail is really lost, and looks just the same from here.', {
      match: mailServer.sending,
      kind: 'reset-before',
      times: ALWAYS,
    });
  }
  if (isAt(THROTTLED)) {
    return fault(
      'AWS throttles every call that creates something: it is refused twice, and repeated later.',
      {
        match: isFirstTries(['ssm:PutParameter', 'iam:CreateAccessKey']),
        kind: 'throttle',
        times: ALWAYS,
      },
    );
  }
  return undefined;
}

/** Stops the mail server and starts it again, by the calendar. */
export function mailServerNews(
  day: number,
  hour: number,
  { mailServer }: DemoDeployment,
): string | undefined {
  if (hour !== 1) return undefined;
  if (day === OUTAGE.fromDay) {
    mailServer.stop();
    return 'From now on the mail server accepts nothing. A run that cannot deliver creates no keys; who is due keeps the old one.';
  }
  if (day === OUTAGE.toDay) {
    mailServer.start();
    return 'The mail server works again.';
  }
  return undefined;
}

/** Whether it is the first or second time that one of these calls is made about the same thing. */
function isFirstTries(actions: readonly string[]): (call: Call) => boolean {
  const tries = new Map<string, number>();
  return ({ service, action, resource }) => {
    if (!actions.includes(`${service}:${action}`)) return false;
    const id = [action, ...Object.values(resource)].join(' ');
    tries.set(id, (tries.get(id) ?? 0) + 1);
    return (tries.get(id) ?? 0) <= 2;
  };
}
