/**
 * A service that never answers. The functions run on a fast clock: what takes them ten seconds
 * takes half a second here.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createClock } from '../../simulation/aws/clock.ts';
import { type Pipeline, startPipeline } from '../../simulation/pipeline.ts';
import { HOUR_MS } from '../../src/domain/time.ts';

const SPEED = 20;

let pipeline: Pipeline;
afterEach(() => pipeline.close());

describe('a call that is never answered', () => {
  it.each([
    ['iam', 'GetAccountAuthorizationDetails'],
    ['iam', 'CreateAccessKey'],
    ['ssm', 'PutParameter'],
    ['dynamodb', 'Query'],
    ['ses', 'SendEmail'],
  ])(
    'is given up after a while, and holds no run up until its end: %s %s',
    async (service, action) => {
      pipeline = await startPipeline({ clock: createClock(undefined, SPEED) });
      const { account } = pipeline;
      const { oldKeyId } = pipeline.addUser('alice');
      const fault = account.faults.add({ match: { service, action }, kind: 'timeout-after' });
      const answer = await pipeline.tryRotate();
      expect(fault.fired).toBe(1);
      expect(answer.error?.name).not.toBe('Sandbox.Timedout');

      account.clock.advance(6 * HOUR_MS);
      await pipeline.tryRotate();
      expect(await pipeline.record('alice')).toMatchObject({ state: 'SCHEDULED', oldKeyId });
      expect(account.userActions.keys('alice')).toHaveLength(2);
    },
  );
});
