/**
 * The engine: observes, plans, executes one action, writes, and plans again, until there is nothing
 * to do now. What is to be done is decided by `plan` alone (domain/plan).
 */
import type { ReportOutcome, UserEvent } from '../domain/events.ts';
import { oldestActiveMs } from '../domain/keys.ts';
import { plan } from '../domain/plan/index.ts';
import { knownKeys } from '../domain/plan/snapshot.ts';
import type { Action, ActionName, Plan } from '../domain/plan/types.ts';
import type { Reason } from '../domain/reasons.ts';
import { isOpen } from '../domain/record.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Observe } from './observe.ts';
import type { RecordWriter } from './record-writer.ts';
import { keyIdsOf, progressed, type Situation } from './situation.ts';
import type { Steps } from './steps/index.ts';
import type { LastWord, Step } from './steps/types.ts';
import { timerAt } from './timer.ts';

/** What is to be done, as far as it can be told without doing anything. */
export type Decision = Exclude<Plan, { readonly kind: 'look' }>;

/** A situation in which nothing more needs to be looked at, and what is to be done. */
export interface Decided {
  readonly situation: Situation;
  readonly decision: Decision;
}

export type LastEvent = UserEvent & { readonly type: ReportOutcome };

export interface Engine {
  /** Looks at what decides, and plans. Changes nothing. */
  decide(situation: Situation): Promise<Decided>;
  /** The same, but beyond what a run only writes down for the next one: that is nothing to a user. */
  announce(situation: Situation): Promise<Decided>;
  /**
   * Does what was decided, and what follows from it.
   * @returns the last word on the user in this run
   * @throws Conflict when another run holds the record or went on with it
   */
  execute(decided: Decided): Promise<LastEvent>;
  /** What a run would say of the user that may change nothing. */
  preview(decided: Decided): LastEvent;
}

export interface EngineParts {
  readonly observe: Observe;
  readonly steps: Steps;
  readonly writer: RecordWriter;
  readonly journal: Pick<Journal, 'putTimer'>;
  readonly clock: Clock;
}

/** Actions that are one conditional write, or touch no record: nobody needs to be kept off. */
const WITHOUT_LEASE: readonly ActionName[] = [
  'begin',
  'remember',
  'update-target',
  'set-timer',
  'remove-timer',
  'cancel',
];

export function createEngine({ observe, steps, writer, journal, clock }: EngineParts): Engine {
  const decide = async (found: Situation): Promise<Decided> => {
    let situation = found;
    for (;;) {
      const { record, observed, policy } = situation;
      const next = plan(record, observed, policy, clock.nowMs());
      if (next.kind !== 'look') return { situation, decision: next };
      situation = await observe(situation, next.look);
    }
  };

  const announce = async (found: Situation): Promise<Decided> => {
    const decided = await decide(found);
    const { situation, decision } = decided;
    if (decision.kind !== 'act' || decision.action.do !== 'remember') return decided;
    return decide({
      ...situation,
      observed: progressed(situation.observed, { remembered: true }),
    });
  };

  const execute = async (decided: Decided): Promise<LastEvent> => {
    let { situation, decision } = decided;
    try {
      for (;;) {
        if (decision.kind === 'wait') return await rest(situation, decision);
        if (needsLease(situation, decision.action)) {
          situation = await claim(situation);
        } else {
          const { action, reason } = decision;
          const done = await step(action, situation, reason);
          situation = done.situation;
          if (done.last) return lastEvent(situation, done.last);
        }
        ({ situation, decision } = await decide(situation));
      }
    } catch (error) {
      await letGo(situation);
      throw error;
    }
  };

  /** Nothing more is to be done now: the timer is set, and the record let go. */
  const rest = async (
    situation: Situation,
    { outcome, reason, untilMs, timerAtMs }: Extract<Decision, { kind: 'wait' }>,
  ): Promise<LastEvent> => {
    const { record, observed } = situation;
    if (isOpen(record)) {
      const { claimed = false } = observed.done;
      if (timerAtMs !== undefined) {
        // Without a claim the rotation may be over by now, and the timer that stands there the next one's.
        await journal.putTimer(timerAt(record, timerAtMs), { givesWay: !claimed });
      }
      if (claimed) await writer.release(record, record);
    }
    const times = untilMs !== undefined && { dueAtMs: untilMs };
    return lastEvent(situation, { type: outcome, reason, ...times });
  };

  const claim = async (situation: Situation): Promise<Situation> => {
    if (!isOpen(situation.record)) throw new Error('no rotation is open');
    const record = await writer.claim(situation.record);
    return { ...situation, record, observed: progressed(situation.observed, { claimed: true }) };
  };

  const step = (action: Action, situation: Situation, reason: Reason) =>
    // The compiler can't see that the step is the one of this very action.
    (steps[action.do] as Step<ActionName>)(action, situation, reason);

  /** Every step after the delivery can be repeated, so the next try need not wait for the lease. */
  const letGo = async ({ record, observed }: Situation): Promise<void> => {
    if (!observed.done.claimed || !isOpen(record) || !('deliveredAtMs' in record)) return;
    await writer.release(record, record).catch(() => undefined);
  };

  const preview = ({ situation, decision }: Decided): LastEvent => {
    if (decision.kind === 'wait') {
      const { outcome, reason, untilMs } = decision;
      const times = untilMs !== undefined && { dueAtMs: untilMs };
      return lastEvent(situation, { type: outcome, reason, ...times });
    }
    const { action, reason } = decision;
    const begins = action.do === 'begin';
    return {
      ...lastEvent(situation, { type: begins ? 'would-rotate' : 'would-resume', reason }),
      action: action.do,
      ...(begins && { oldKeyId: action.oldKey.accessKeyId, dueAtMs: action.dueAtMs }),
    };
  };

  return { decide, announce, execute, preview };
}

function needsLease({ observed }: Situation, { do: name }: Action): boolean {
  return !observed.done.claimed && !WITHOUT_LEASE.includes(name);
}

/** What a step says, with whose it is and the keys that it is about. */
function lastEvent(situation: Situation, last: LastWord): LastEvent {
  const { userId, userName, record, observed } = situation;
  const keys = knownKeys(record, observed);
  const keyCreatedAtMs = keys && keys !== 'no-user' ? oldestActiveMs(keys) : undefined;
  const [onlyKey] = keys && keys !== 'no-user' ? keys : [];
  const keyIds = isOpen(record) ? keyIdsOf(record) : onlyKey && { oldKeyId: onlyKey.accessKeyId };
  return {
    ...last,
    user: { userId, userName },
    ...(record && last.type !== 'skipped' ? keyIdsOf(record) : keyIds),
    ...(keyCreatedAtMs !== undefined && { keyCreatedAtMs }),
  };
}
