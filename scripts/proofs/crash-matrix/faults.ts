/** What can go wrong at a call, and how the local account is told to let it. */

import type { Call, FaultKind, LocalAccount } from '../../../simulation/aws/index.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import { type CallPoint, labelOf } from './call-point.ts';

interface Fault {
  /** Heads a column of the table. */
  readonly title: string;
  readonly kind: FaultKind;
  /** From that call on, every call of that action suffers for a day. */
  readonly forADay?: boolean;
  /** Only where a mail is handed over: the error that refuses this mail for good. */
  readonly codes?: Readonly<Record<string, string>>;
}

/** `…-before` the call has an effect, and `…-after` it. */
const FAULTS = {
  'die-before': { title: 'dies before', kind: 'die-before' },
  'die-after': { title: 'dies after', kind: 'die-after' },
  timeout: { title: 'no answer', kind: 'timeout-after' },
  reset: { title: 'reset', kind: 'reset-after' },
  throttle: { title: 'throttled', kind: 'throttle' },
  'throttle-day': { title: 'throttled a day', kind: 'throttle', forADay: true },
  error500: { title: '500', kind: 'error500' },
  'error500-after': { title: '500 after', kind: 'error500-after' },
  'deny-day': { title: 'denied a day', kind: 'deny', forADay: true },
  'mail-refused': {
    title: 'mail refused',
    kind: 'deny',
    codes: {
      'ses:SendEmail': 'MessageRejected',
      'smtp:RCPT': '550',
      'smtp:DATA': '554',
      'mailgun:SendMessage': '400',
    },
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

export function titleOf(fault: FaultName): string {
  return FAULTS[fault].title;
}

/**
 * Faults that slow the functions down beyond the scenario in which they happen: a client that was
 * throttled calls at a pace from then on, and a function that died has to be started again.
 */
const LASTING: readonly FaultKind[] = ['throttle', 'die-before', 'die-after'];

/** By how much a fault slows the functions down afterwards; 0 for not at all. */
export function slowdownOf(fault: FaultName): number {
  return LASTING.indexOf(FAULTS[fault].kind) + 1;
}

/** The faults that a call can suffer. */
export function faultsOf({ service, action }: Pick<CallPoint, 'service' | 'action'>): FaultName[] {
  return FAULT_NAMES.filter((name) => {
    const { codes }: Fault = FAULTS[name];
    return !codes || codes[`${service}:${action}`] !== undefined;
  });
}

/** A fault in wait for its call. */
export interface ArmedFault {
  /** When it struck, on the account's clock; `undefined` as long as it did not. */
  readonly struckAtMs: number | undefined;
}

/**
 * Arms a fault for a call of the invocation that begins now.
 * @param kill ends the function that makes the call
 */
export function arm(
  name: FaultName,
  { service, action, label, nth }: Pick<CallPoint, 'service' | 'action' | 'label' | 'nth'>,
  account: LocalAccount,
  kill: () => Promise<void>,
): ArmedFault {
  const { kind, forADay = false, codes }: Fault = FAULTS[name];
  const { clock } = account;
  const armed: { struckAtMs: number | undefined } = { struckAtMs: undefined };
  let seen = 0;
  const match = (call: Call): boolean => {
    if (call.service !== service || call.action !== action) return false;
    if (armed.struckAtMs !== undefined) return forADay && clock.nowMs() < armed.struckAtMs + DAY_MS;
    if (labelOf(call) === label) seen += 1;
    if (seen < nth) return false;
    armed.struckAtMs = clock.nowMs();
    return true;
  };
  const code = codes?.[`${service}:${action}`];
  account.faults.add({
    match,
    kind,
    times: Number.POSITIVE_INFINITY,
    onDie: kill,
    ...(code !== undefined && { code }),
  });
  return armed;
}
