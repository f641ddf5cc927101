/** What holds of the plan for any record and any observation, even of hand-written ones. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isOnlyActive } from '../../../src/domain/keys.ts';
import { plan } from '../../../src/domain/plan/index.ts';
import type { Action, ActionName, Observed, Plan } from '../../../src/domain/plan/types.ts';
import { REASON_CODES, sentence } from '../../../src/domain/reasons.ts';
import { isOpen } from '../../../src/domain/record.ts';
import { type AnySituation, lookedAt, situation } from './arbitraries.ts';

/** There is no more than this to look at: keys, three uses, name, obstacle, content key, retrievable. */
const MOST_LOOKS = 8;

type Decision = Exclude<Plan, { kind: 'look' }>;

/** Looks at whatever the plan asks for, until it decides. */
function decide(of: AnySituation): { decision: Decision; observed: Observed; looks: string[] } {
  let { observed } = of;
  const looks: string[] = [];
  for (;;) {
    const next = plan(of.record, observed, of.policy, of.nowMs);
    if (next.kind !== 'look') return { decision: next, observed, looks };
    const what = 'keyId' in next.look ? `use of ${next.look.keyId}` : next.look.at;
    if (looks.includes(what)) throw new Error(`asked twice for the ${what}`);
    looks.push(what);
    observed = lookedAt(observed, next.look, of);
  }
}

/** The key that an action takes away. */
function takenKey(action: Action): string | undefined {
  switch (action.do) {
    case 'delete-orphan':
      return action.keyId;
    case 'delete':
    case 'deactivate':
      return action.record.oldKeyId;
    case 'delete-new-key':
    case 'deactivate-new-key':
      return action.record.newKeyId;
    default:
      return undefined;
  }
}

const isAct = (decision: Decision): decision is Extract<Decision, { kind: 'act' }> =>
  decision.kind === 'act';

describe('the plan, whatever is recorded and observed,', () => {
  it('decides after finitely many looks, none of them twice', () => {
    fc.assert(
      fc.property(situation, (of) => {
        expect(decide(of).looks.length).toBeLessThanOrEqual(MOST_LOOKS);
      }),
      { numRuns: 10_000 },
    );
  });

  it("never takes away a user's only active key, or one that it has not just listed", () => {
    fc.assert(
      fc.property(situation, (of) => {
        const { decision, observed } = decide(of);
        if (!isAct(decision)) return;
        const keyId = takenKey(decision.action);
        if (keyId === undefined) return;
        const { keys } = observed;
        if (!keys || keys === 'no-user') throw new Error('the keys were not listed');
        expect(isOnlyActive(keys.keys, keyId)).toBe(false);
      }),
      { numRuns: 10_000 },
    );
  });

  it('deletes an old key only where another key that IAM knows is active', () => {
    fc.assert(
      fc.property(situation, (of) => {
        const { decision, observed } = decide(of);
        if (!isAct(decision) || decision.action.do !== 'delete') return;
        const { record } = decision.action;
        const listed = observed.keys && observed.keys !== 'no-user' ? observed.keys.keys : [];
        const newKey = listed.find(({ accessKeyId }) => accessKeyId === record.newKeyId);
        expect(newKey?.status).toBe('Active');
        const use = observed.uses[record.newKeyId];
        const isUsed = use?.kind === 'found' && use.lastUsedAtMs !== undefined;
        if (record.requireNewKeyUsed) expect(isUsed).toBe(true);
        else expect(isUsed || observed.retrievable === true).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });

  it('acts on no record that another run may hold, and begins none while one is open', () => {
    fc.assert(
      fc.property(situation, (of) => {
        const { decision } = decide(of);
        if (!isAct(decision)) return;
        const { action } = decision;
        if (action.do === 'begin') expect(isOpen(of.record)).toBe(false);
        if ('record' in action) expect(action.record).toBe(of.record);
      }),
      { numRuns: 10_000 },
    );
  });

  it('has the destructor create and deliver nothing', () => {
    const forbidden: readonly ActionName[] = ['restart', 'begin-attempt', 'schedule', 'withdraw'];
    fc.assert(
      fc.property(situation, (of) => {
        if (of.observed.by !== 'destructor' || !isOpen(of.record)) return;
        if (Object.keys(of.observed.done).length > 0) return;
        const { decision } = decide(of);
        if (isAct(decision)) expect(forbidden).not.toContain(decision.action.do);
      }),
      { numRuns: 10_000 },
    );
  });

  it('says why, in a code that has a sentence', () => {
    fc.assert(
      fc.property(situation, (of) => {
        const { reason } = decide(of).decision;
        expect(REASON_CODES as readonly string[]).toContain(reason.code);
        expect(sentence(reason)).not.toMatch(/undefined|NaN/);
      }),
      { numRuns: 10_000 },
    );
  });

  it('depends on nothing but what it is given', () => {
    fc.assert(
      fc.property(situation, (of) => {
        const before = structuredClone(of);
        expect(decide(of)).toEqual(decide(structuredClone(of)));
        expect(of).toEqual(before);
      }),
      { numRuns: 2000 },
    );
  });
});
