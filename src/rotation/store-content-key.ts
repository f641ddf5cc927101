import { ownParameterNameOf } from '../domain/parameter-name.ts';
import { isOpen, type RotationRecord, type StartedRecord } from '../domain/record.ts';
import { describeError } from '../ports/errors.ts';
import type { Held } from './claimed-record.ts';
import type { Run } from './run-context.ts';

interface Stored {
  /** With the parameter's name that was found. */
  readonly held: Held<StartedRecord>;
  /** Why the rotation can't go on, if it can't. */
  readonly unstored?: string;
}

/**
 * Step 2 of a rotation (rotate.ts). Two users can share a parameter's name after one was renamed: the
 * content key of a rotation that is still open is never overwritten by another user's, which goes into
 * a parameter of its user's own. The record tells before anything stands there.
 */
export async function storeContentKey(
  held: Held<StartedRecord>,
  key: ReturnType<Run['sealer']['newContentKey']>,
  run: Run,
): Promise<Stored> {
  const { record } = held;
  const because = (why: string): Stored => ({
    held,
    unstored: `the content key could not be stored in ${record.parameterName}: ${why}`,
  });
  held.assertTimeLeft();
  try {
    if ((await putContentKey(record, key, run)) === 'stored') return { held };
  } catch (error) {
    // No key was created, so the rotation can be closed whatever became of the parameter.
    return because(describeError(error));
  }
  const parameterName = ownParameterNameOf(record.userName, record.userId);
  if (record.parameterName === parameterName) {
    return because("what stands there is not known to be this user's; delete the parameter");
  }
  const renamed = await held.advance<StartedRecord>({ ...record, parameterName });
  return storeContentKey(renamed, key, run);
}

/** @returns `taken` when what stands there may be another user's and in use */
async function putContentKey(
  { rotationId, userId, parameterName }: StartedRecord,
  key: ReturnType<Run['sealer']['newContentKey']>,
  run: Run,
): Promise<'stored' | 'taken'> {
  const content = { rotationId, userId, key };
  const answer = await run.parameters.put(parameterName, content);
  if (answer === 'stored') return answer;
  if (answer === 'undecryptable') return 'taken';
  let holder: RotationRecord | undefined;
  try {
    holder = await run.journal.read(answer.heldBy.userId);
  } catch {
    // Whether it is in use can't be told, such as from a record that was changed by hand.
    return 'taken';
  }
  // Not by the rotation's ID: the holder may go on under a new one, and store its content key next.
  if (isOpen(holder) && holder.parameterName === parameterName) return 'taken';
  const takenOver = await run.parameters.put(parameterName, content, { takeOver: true });
  return takenOver === 'stored' ? takenOver : 'taken';
}
