import { describe, expect, it } from '@jest/globals';
import { type Ending, isOver, problemsOf } from '../../../scripts/proofs/scenarios/ending.ts';
import { viewRotation } from '../../../scripts/proofs/scenarios/rotation-view.ts';

/** A rotation that ended as it should. */
const GOOD: Ending = {
  oldKeyId: 'AKIAOLD',
  keys: [{ accessKeyId: 'AKIANEW', status: 'Active', isUsed: true }],
  rotation: {
    state: 'CLOSED',
    timers: 0,
    closings: [{ outcome: 'completed', reason: 'the new key is in use' }],
  },
  parameters: ['/mail/password'],
};
const [NEW_KEY] = GOOD.keys;
if (!NEW_KEY) throw new Error('there is no new key');
const rotation = (changes: Partial<Ending['rotation']>): Partial<Ending> => ({
  rotation: { ...GOOD.rotation, ...changes },
});

describe('the end of a scenario', () => {
  it('has no problems when the rotation ended as it should', () => {
    expect(problemsOf(GOOD)).toEqual([]);
    expect(isOver(GOOD)).toBe(true);
  });

  it.each<[what: string, change: Partial<Ending>, told: RegExp]>([
    ['a rotation that is open', rotation({ state: 'DELIVERING' }), /still DELIVERING/],
    [
      'a last rotation that failed',
      rotation({ closings: [{ outcome: 'failed', reason: 'so' }] }),
      /ended failed/,
    ],
    [
      'an end without a reason',
      rotation({ closings: [{ outcome: 'failed', reason: '' }, ...GOOD.rotation.closings] }),
      /no reason/,
    ],
    ['a timer', rotation({ timers: 1 }), /1 timers are left/],
    ['a content key', { parameters: ['/ikr/secret/iam/alice'] }, /a parameter is left/],
    ['another key', { keys: [NEW_KEY, { ...NEW_KEY, accessKeyId: 'AKIAMORE' }] }, /2 keys/],
    ['an inactive key', { keys: [{ ...NEW_KEY, status: 'Inactive' }] }, /no active key/],
    ['a key that nobody uses', { keys: [{ ...NEW_KEY, isUsed: false }] }, /does not use/],
    ['an old key', { oldKeyId: 'AKIANEW' }, /the old key is still there/],
  ])('has a problem with %s', (_, change, told) => {
    expect(problemsOf({ ...GOOD, ...change })).toEqual([expect.stringMatching(told)]);
  });

  it.each<[what: string, change: Partial<Ending>]>([
    ['the rotation is open', rotation({ state: 'SCHEDULED' })],
    ['a timer is left', rotation({ timers: 1 })],
    ['the old key is there', { oldKeyId: 'AKIANEW' }],
  ])('has not come while %s', (_, change) => {
    expect(isOver({ ...GOOD, ...change })).toBe(false);
  });
});

describe('the rotation as the table tells it', () => {
  it('is the record, the timers and the history of one user', () => {
    const closed = (order: number) => ({
      account: '111122223333/history',
      item: `${9 - order}/AIDA1/rotation-${order}`,
      closedAtMs: order,
      outcome: 'failed',
      reason: { code: `reason ${order}` },
    });
    const items = [
      closed(2),
      closed(1),
      { account: '111122223333', item: 'AIDA1/rotation', state: 'CLOSED' },
      { account: '111122223333', item: 'AIDA1/timer/AKIAOLD', delete_on: 1 },
      { account: '111122223333', item: 'AIDA2/rotation', state: 'STARTED' },
    ];
    expect(viewRotation(items, 'AIDA1')).toEqual({
      state: 'CLOSED',
      timers: 1,
      closings: [
        { outcome: 'failed', reason: 'reason 1' },
        { outcome: 'failed', reason: 'reason 2' },
      ],
    });
    expect(viewRotation([], 'AIDA1').state).toBe('none');
  });
});
