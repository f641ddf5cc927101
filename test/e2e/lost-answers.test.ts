/**
 * A service that never answers. The functions run on a fast clock, and all of them at the same time:
 * what takes them ten seconds takes two here, which is more than any other call needs.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClock } from '../../simulation/aws/clock.ts';
import { startPipeline } from '../../simulation/pipeline.ts';
import { HOUR_MS } from '../../src/domain/time.ts';

const SPEED = 5;
const LOST = [
  ['iam', 'GetAccountAuthorizationDetails'],
  ['iam', 'CreateAccessKey'],
  ['ssm', 'PutParameter'],
  ['dynamodb', 'Query'],
  ['ses', 'SendEmail'],
] as const;

/** A run in which the answer of a call is lost. */
async function loseAnswer([service, action]: (typeof LOST)[number]) {
  const pipeline = await startPipeline({ clock: createClock(undefined, SPEED) });
  const { oldKeyId } = pipeline.addUser('alice');
  const { faults } = pipeline.account;
  const fault = faults.add({ match: { service, action }, kind: 'timeout-after' });
  const answer = await pipeline.tryRotate();
  return { service, action, pipeline, oldKeyId, fault, answer };
}

let runs: Awaited<ReturnType<typeof loseAnswer>>[];
beforeAll(async () => {
  runs = await Promise.all(LOST.map(loseAnswer));
});
afterAll(() => Promise.all(runs.map(({ pipeline }) => pipeline.close())));

describe('a call that is never answered', () => {
  it.each(LOST)(
    'is given up after a while, and holds no run up until its end: %s %s',
    async (service, action) => {
      const run = runs.find((one) => one.service === service && one.action === action);
      if (!run) throw new Error('there was no such run');
      const { pipeline, oldKeyId, fault, answer } = run;
      expect(fault.fired).toBe(1);
      expect(answer.error?.name).not.toBe('Sandbox.Timedout');

      pipeline.account.clock.advance(6 * HOUR_MS);
      await pipeline.tryRotate();
      expect(await pipeline.record('alice')).toMatchObject({ state: 'SCHEDULED', oldKeyId });
      expect(pipeline.account.userActions.keys('alice')).toHaveLength(2);
    },
  );
});
