/** Situations for tests of the plan, and plans in a form that is easily compared. */
import type { AccessKey } from '../../../src/domain/identity.ts';
import type { Observed, Plan, PlanPolicy } from '../../../src/domain/plan/types.ts';
import { sentence } from '../../../src/domain/reasons.ts';

export const MANAGED: PlanPolicy = {
  reading: {
    kind: 'managed',
    policy: {
      address: 'alice@example.com',
      instructions: '',
      rotateAfterDays: 80,
      deleteAfterDays: 7,
      requireNewKeyUsed: true,
      maxKeyAgeDays: 90,
    },
  },
  force: false,
};

/** What the rotator knows once it has listed the keys of a user, without a report. */
export function nowListed(keys: readonly AccessKey[], listedAtMs: number): Observed {
  return {
    by: 'rotator',
    user: 'listed',
    timer: 'none',
    keys: { keys, listedAtMs },
    uses: {},
    done: {},
  };
}

/** The plan flat: what is to be done (`wait`, `look`, or an action), and everything about it. */
export function decision(plan: Plan): {
  readonly what: string;
  readonly code?: string;
  readonly [more: string]: unknown;
} {
  if (plan.kind === 'look') return { what: 'look', ...plan.look };
  const why = { code: plan.reason.code, sentence: sentence(plan.reason) };
  if (plan.kind === 'wait') return { ...plan, what: 'wait', ...why };
  const { do: what, ...action } = plan.action;
  return { ...action, what, ...why };
}
