/** Steps that one table can describe: test/rotation/steps.test.ts enters each on its own. */
import { expect } from '@jest/globals';
import {
  cancelled,
  deactivated,
  delivering,
  inUse,
  type Scene,
  scheduled,
  started,
  withdrawing,
} from '../../simulation/memory/states.ts';
import type { ReportOutcome } from '../../src/domain/events.ts';
import type { ActionName, Observed } from '../../src/domain/plan/types.ts';

/** A step, a rotation that it is entered in, and what it leaves. */
export interface Entry {
  readonly what: string;
  readonly scene: () => Promise<Scene>;
  readonly action: { readonly do: ActionName; readonly [more: string]: unknown };
  readonly facts?: Partial<Observed>;
  readonly effects: readonly string[];
  /** What stands in the journal afterwards. */
  readonly leaves: object;
  /** What is told, where the step is the last one of a run. */
  readonly last?: ReportOutcome;
}

const accepted = { done: { answer: { kind: 'accepted' } } } as const;
const refused = { done: { answer: { kind: 'refused', reason: 'no' } } } as const;
/** The effects of the end of a rotation whose timer is known. */
export const CLOSING = ['remove content key', 'write history', 'write CLOSED', 'remove timer'];

export const ENTRIES: readonly Entry[] = [
  {
    what: 'starts an interrupted rotation again under another ID',
    scene: started,
    action: { do: 'restart' },
    effects: ['write STARTED'],
    leaves: { state: 'STARTED', rotationId: expect.not.stringMatching(/^rotation-1$/) },
  },
  {
    what: 'stores a content key and leaves the record as it is',
    scene: started,
    action: { do: 'prepare' },
    effects: ['put content key'],
    leaves: { state: 'STARTED' },
  },
  {
    what: 'counts the attempt before it is made',
    scene: delivering,
    action: { do: 'begin-attempt' },
    effects: ['write DELIVERING'],
    leaves: { state: 'DELIVERING', attempts: 2, failedAttempts: 0 },
  },
  {
    what: 'hands over the pair from the journal, and writes nothing yet',
    scene: delivering,
    action: { do: 'deliver' },
    effects: ['send mail'],
    leaves: { state: 'DELIVERING', attempts: 1 },
  },
  {
    what: 'counts an attempt that delivered nothing',
    scene: delivering,
    action: { do: 'record-failed-attempt', outcome: 'postponed' },
    effects: ['write DELIVERING'],
    leaves: { state: 'DELIVERING', failedAttempts: 1, leaseUntilMs: 0 },
    last: 'postponed',
  },
  {
    what: 'waits a day after a refusal of the only active key',
    scene: delivering,
    action: { do: 'back-off' },
    facts: refused,
    effects: ['write DELIVERING'],
    leaves: { state: 'DELIVERING', failures: 1, failedAttempts: 1, leaseUntilMs: 0 },
    last: 'failed',
  },
  {
    what: 'activates the new key again',
    scene: async () => {
      const scene = await delivering();
      scene.world.iam.setStatus(scene.newKeyId, 'Inactive');
      return scene;
    },
    action: { do: 'reactivate-new-key' },
    effects: ['activate key'],
    leaves: { state: 'DELIVERING' },
  },
  {
    what: 'sets the timer first, then says so',
    scene: delivering,
    action: { do: 'schedule' },
    facts: accepted,
    effects: ['put timer', 'write SCHEDULED'],
    leaves: { state: 'SCHEDULED', leaseUntilMs: 0 },
    last: 'rotated',
  },
  {
    what: 'says that the product deactivates the key, does it, and says when',
    scene: delivering,
    action: { do: 'deactivate-new-key' },
    effects: ['write DELIVERING', 'deactivate key', 'write DELIVERING'],
    leaves: {
      state: 'DELIVERING',
      givenUpAtMs: expect.any(Number),
      newKeyDeactivatedAtMs: expect.any(Number),
      leaseUntilMs: 0,
    },
    last: 'failed',
  },
  {
    what: 'drops the sealed pair before the key is deleted',
    scene: delivering,
    action: { do: 'withdraw' },
    facts: refused,
    effects: ['write WITHDRAWING'],
    leaves: { state: 'WITHDRAWING', reason: { code: 'due' } },
  },
  {
    what: 'deletes the new key and nothing else',
    scene: withdrawing,
    action: { do: 'delete-new-key' },
    effects: ['delete key'],
    leaves: { state: 'WITHDRAWING' },
  },
  {
    what: 'follows the address of today, and keeps the form of this pair',
    scene: scheduled,
    action: { do: 'update-target' },
    facts: { targetToday: { kind: 'mail', address: 'new@example.com', form: 'plaintext' } },
    effects: ['write SCHEDULED'],
    leaves: { state: 'SCHEDULED', target: { address: 'new@example.com', form: 'sealed' } },
  },
  {
    what: 'remembers the keys beside what the record says',
    scene: scheduled,
    action: { do: 'remember' },
    facts: { reportRow: [] },
    effects: ['remember keys'],
    leaves: { state: 'SCHEDULED', keySnapshot: { keys: [{}, {}] } },
  },
  {
    what: 'sets the timer for tomorrow, and says that the owner was told',
    scene: scheduled,
    action: { do: 'remind' },
    effects: ['put timer', 'write SCHEDULED'],
    leaves: { state: 'SCHEDULED', remindedAtMs: expect.any(Number), leaseUntilMs: 0 },
    last: 'reminded',
  },
  {
    what: 'deactivates the old key, says so, and sets the timer to its deletion',
    scene: inUse,
    action: { do: 'deactivate', why: 'stage', deleteOnMs: 2_000_000_000_000 },
    effects: ['deactivate key', 'write DEACTIVATED', 'put timer'],
    leaves: { state: 'DEACTIVATED', deleteOnMs: 2_000_000_000_000, leaseUntilMs: 0 },
    last: 'deactivated',
  },
  {
    what: 'deletes the old key; the next write says so',
    scene: inUse,
    action: { do: 'delete' },
    effects: ['delete key'],
    leaves: { state: 'SCHEDULED' },
  },
  {
    what: 'deletes a deactivated old key as well',
    scene: deactivated,
    action: { do: 'delete' },
    effects: ['delete key'],
    leaves: { state: 'DEACTIVATED' },
  },
  {
    what: 'says since when the old key is gone',
    scene: scheduled,
    action: { do: 'await-first-use' },
    effects: ['put timer', 'write SCHEDULED'],
    leaves: { state: 'SCHEDULED', oldKeyGoneAtMs: expect.any(Number), leaseUntilMs: 0 },
    last: 'waiting',
  },
  ...[delivering, scheduled, deactivated].map(
    (scene): Entry => ({
      what: `writes a veto, whatever was scheduled (${scene.name})`,
      scene,
      action: { do: 'cancel' },
      effects: ['write CANCELLED'],
      leaves: {
        state: 'CANCELLED',
        sealed: expect.stringMatching(/^eyJ/),
        reason: { code: 'due' },
      },
      last: 'cancelled',
    }),
  ),
  ...[started, delivering, withdrawing, scheduled, deactivated, cancelled].map(
    (scene): Entry => ({
      what: `ends a rotation in any state (${scene.name})`,
      scene,
      action: { do: 'close', outcome: 'undone' },
      effects: CLOSING.slice(0, 3),
      leaves: { state: 'CLOSED', outcome: 'undone', reason: { code: 'due' }, retryNotBeforeMs: 0 },
      last: 'closed',
    }),
  ),
];
