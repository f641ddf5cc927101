/**
 * The faults of an invocation, on the wire. Where the wire is not the port, it is the nearest
 * thing: a call that fails is answered with an error 500 as often as the SDK asks, or, after its
 * effect, loses its answer once; one that hears nothing for minutes before its effect is lost, and
 * the SDK asks again; one that is throttled is so once.
 */
import type { Call, FaultKind, LocalAccount } from '../../../../simulation/aws/index.ts';
import type { CallName } from '../../../../simulation/memory/calls.ts';
import type { MailOutcome } from '../../../../simulation/scenario/faults.ts';
import type { Command, InvocationPlan, PlannedFault } from '../model/history.ts';
import type { Tally } from '../model/tally.ts';

/** The SDK makes up to eight attempts. */
const ATTEMPTS = 8;

export interface FaultOptions {
  readonly account: LocalAccount;
  readonly plan: InvocationPlan;
  /** What becomes of mails of which the plan says nothing. */
  readonly mailOutcome: MailOutcome;
  readonly seen: Tally;
  /** The name of a call of this run among the ports; `undefined` for calls of others. */
  readonly nameOf: (call: Call) => CallName | undefined;
  readonly kill: () => Promise<void>;
  readonly pause: (minutes: number, meanwhile: readonly Command[]) => Promise<void>;
}

/** Lets the faults of an invocation wait for their calls. */
export function armFaults(options: FaultOptions): { lift(): void } {
  const { account, plan } = options;
  const rules = [
    ...plan.faults.flatMap((fault) => armFault(fault, options)),
    ...armMails(options),
  ].map((rule) => account.faults.add(rule));
  return { lift: () => rules.forEach((rule) => void rule.remove()) };
}

type Rule = Parameters<LocalAccount['faults']['add']>[0];

function armFault(fault: PlannedFault, options: FaultOptions): Rule[] {
  const { at, nth, phase, kind, minutes, meanwhile } = fault;
  const { nameOf, seen, kill, pause } = options;
  const isMail = at === 'mailer.send';
  let count = 0;
  let service: string | undefined;
  const strikes = (times: number) => (call: Call) => {
    if (nameOf(call) !== at) return false;
    count += 1;
    const isStruck = count > nth && count <= nth + times;
    if (count === nth + 1) seen.add(`fault: ${kind} at ${at}`);
    return isStruck;
  };
  const rule = (how: FaultKind, match: Rule['match'], onDie?: Rule['onDie']): Rule[] => [
    { kind: how, match, times: Number.POSITIVE_INFINITY, ...(onDie && { onDie }) },
  ];
  switch (kind) {
    case 'die':
      return rule(`die-${phase}`, strikes(1), kill);
    case 'error':
      if (phase === 'after') return rule('reset-after', strikes(1));
      return isMail ? rule('reset-before', strikes(1)) : rule('error500', strikes(ATTEMPTS));
    case 'throttle':
      return phase === 'before' ? rule('throttle', strikes(1)) : [];
    case 'deny': {
      const begins = strikes(1);
      return rule('deny', (call) => {
        if (nameOf(call) === undefined) return false;
        const hasBegun = service !== undefined;
        if (begins(call)) service = call.service;
        return phase === 'before' || hasBegun ? call.service === service : false;
      });
    }
    case 'pause':
      // What it heard before it paused, it does not hear any more.
      return rule(`die-${phase}`, strikes(1), () => pause(minutes, meanwhile));
  }
}

const ANSWERS: Readonly<Record<Exclude<MailOutcome, 'accepted'>, Pick<Rule, 'kind' | 'code'>>> = {
  'not-now': { kind: 'throttle' },
  'quota-spent': { kind: 'throttle' },
  refused: { kind: 'deny', code: 'MessageRejected' },
  lost: { kind: 'reset-before' },
  'arrived-unknown': { kind: 'reset-after' },
};

/** What becomes of the first mails, and then of the others. */
function armMails({ plan, mailOutcome, nameOf, seen }: FaultOptions): Rule[] {
  let outcome: MailOutcome = 'accepted';
  let count = 0;
  // The first rule counts; every rule sees every call.
  const counting: Rule = {
    kind: 'reset-before',
    match: (call) => {
      if (nameOf(call) !== 'mailer.send') return false;
      outcome = plan.mails[count] ?? mailOutcome;
      count += 1;
      seen.add(`mail: ${outcome}`);
      return false;
    },
  };
  const rules = Object.entries(ANSWERS).map(([name, { kind, code }]) => ({
    kind,
    ...(code !== undefined && { code }),
    times: Number.POSITIVE_INFINITY,
    match: (call: Call) => nameOf(call) === 'mailer.send' && outcome === name,
  }));
  return [counting, ...rules];
}

/** Denies an action from now on. @returns takes it back */
export function denyAlways({ faults }: LocalAccount, denied: string): { remove(): void } {
  return faults.add({
    match: ({ action }) => action === denied,
    kind: 'deny',
    times: Number.POSITIVE_INFINITY,
  });
}
