import type { DeployedFunction } from '../../simulation/aws/lambda.ts';

/**
 * A function for tests of Lambda itself: it returns its event, fails with the message in `fail`, or
 * returns a text of `repeat` characters.
 */
export const echoFunction: DeployedFunction = {
  async invoke(event) {
    const { fail, repeat } = Object(event) as { fail?: string; repeat?: number };
    const about = { logs: [], durationMs: 0, cold: false };
    if (fail !== undefined) return { ...about, error: { name: 'Error', message: fail, stack: '' } };
    return { ...about, result: repeat === undefined ? event : 'x'.repeat(repeat) };
  },
};
