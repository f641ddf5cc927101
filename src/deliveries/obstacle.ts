import { describeError } from '../ports/errors.ts';
import type { Run } from '../rotation/run-context.ts';

/**
 * Why no mail with a new key can be sent now; `undefined` when it can. Asked before a key is
 * created, because a run that cannot deliver creates nothing.
 */
export async function mailObstacle(
  run: Pick<Run, 'account' | 'postman'>,
): Promise<string | undefined> {
  const verification = await run.postman.verify();
  if (verification.kind !== 'accepted') return verification.reason;
  try {
    await run.account();
    return undefined;
  } catch (error) {
    return `the mail could not name the AWS account: ${describeError(error)}`;
  }
}
