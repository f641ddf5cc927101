/** What goes wrong, and when. All of it is set by the calendar, so that every demo is the same. */
import type { Call, FaultRule } from '../../simulation/aws/index.ts';
import {
  ANSWER_LOST,
  CRASH_AFTER_MAIL,
  CRASH_BEFORE_MAIL,
  MAIL_LOST,
  OUTAGE,
  THROTTLED,
} from './cast.ts';
import type { World } from './world.ts';

export interface Trouble {
  /** What a person should know about it; told once. */
  readonly note: string;
  /** Takes the trouble away, once the run is over. */
  readonly end: () => void;
}

const ALWAYS = Number.POSITIVE_INFINITY;

/**
 * Prepares what goes wrong in the rotator's run of this day and hour, if anything does.
 * @param names who is in the account: nobody crashes for a user who isn't
 */
export function troubleIn(
  day: number,
  hour: number,
  world: World,
  names: ReadonlySet<string>,
): Trouble | undefined {
  const isAt = (moment: { name: string; day: number; hour: number }) =>
    moment.day === day && moment.hour === hour && names.has(moment.name);
  const { account, mailServer, rotators } = world;
  const fault = (note: string, rule: FaultRule): Trouble => {
    const { remove } = account.faults.add(rule);
    return { note, end: remove };
  };
  const onDie = () => rotators[0].kill();

  if (isAt(CRASH_BEFORE_MAIL)) {
    return fault(
      'The Lambda function is killed right after IAM has made the new key: nobody knows its secret any more. The next run finds the key by what the journal says, deletes it and makes another.',
      { match: { service: 'iam', action: 'CreateAccessKey' }, kind: 'die-after', onDie },
    );
  }
  if (isAt(CRASH_AFTER_MAIL)) {
    return fault(
      'Killed again, this time right after the mail went out and before that was written down. The sealed key pair is in the journal: the next run mails the same key again.',
      { match: mailServer.sending, kind: 'die-after', onDie },
    );
  }
  if (isAt(ANSWER_LOST)) {
    return fault(
      'The mail server breaks down. It took this mail, but its answer was lost: nobody knows, so nothing is undone.',
      { match: mailServer.sending, kind: 'reset-after', times: ALWAYS },
    );
  }
  if (isAt(MAIL_LOST)) {
    return fault('This mail is lost for real, and looks just the same from here.', {
      match: mailServer.sending,
      kind: 'reset-before',
      times: ALWAYS,
    });
  }
  if (isAt(THROTTLED)) {
    return fault(
      'AWS throttles all that makes something: such calls are refused twice, and made again later.',
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
  { mailServer }: World,
): string | undefined {
  if (hour !== 1) return undefined;
  if (day === OUTAGE.fromDay) {
    mailServer.stop();
    return 'From now on the mail server takes nothing. A run that cannot deliver makes no keys; who is due keeps the old one.';
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
