import type { ReportOutcome, UserEvent } from '../../domain/events.ts';
import type { Action, ActionName } from '../../domain/plan/types.ts';
import type { Reason } from '../../domain/reasons.ts';
import type { Account } from '../../ports/account.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery } from '../../ports/delivery.ts';
import type { Journal } from '../../ports/journal.ts';
import type { EventStream } from '../../ports/notifications.ts';
import type { Sealer } from '../../ports/sealer.ts';
import type { RecordWriter } from '../record-writer.ts';
import type { Situation } from '../situation.ts';

/** What steps are made from; each group of steps takes its part of it. */
export interface StepPorts {
  readonly account: Account;
  readonly journal: Journal;
  readonly writer: RecordWriter;
  readonly delivery: Delivery;
  readonly sealer: Sealer;
  readonly events: EventStream;
  readonly clock: Clock;
  /** When the function is stopped from outside. */
  readonly deadlineAtMs: number;
}

/** The last word on a user in this run; the engine adds whose it is. */
export type LastWord = Pick<UserEvent, 'reason' | 'dueAtMs' | 'notice'> & {
  readonly type: ReportOutcome;
};

export interface StepResult {
  /** What is recorded and known after the step. */
  readonly situation: Situation;
  /** Missing when the plan goes on. */
  readonly last?: LastWord;
}

export type ActionOf<Name extends ActionName> = Extract<Action, { readonly do: Name }>;

/** One action. It writes what it did before anything depends on it. */
export type Step<Name extends ActionName> = (
  action: ActionOf<Name>,
  situation: Situation,
  reason: Reason,
) => Promise<StepResult>;
