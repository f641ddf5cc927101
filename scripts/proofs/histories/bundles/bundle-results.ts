/** How an invocation of a built function ended. */
import type { Invocation } from '../../../../simulation/aws/lambda-host.ts';
import type { Ended } from '../model/system.ts';

export function endOf<T>(outcome: Invocation<T>): Ended<T> {
  if (outcome.died) return { kind: 'killed' };
  if (!outcome.error) return { kind: 'answered', answer: outcome.result };
  const { name, message } = outcome.error;
  if (message.startsWith('All due work failed')) return { kind: 'refused', error: message };
  return { kind: 'failed', error: `${name}: ${message}` };
}
