/** How a scenario must end: the rotation is completed, and nothing is left of it. */
import type { RotationView } from './rotation-view.ts';

/** What is there in the end. */
export interface Ending {
  readonly rotation: RotationView;
  readonly oldKeyId: string;
  /** The user's keys. */
  readonly keys: readonly {
    readonly accessKeyId: string;
    readonly status: 'Active' | 'Inactive';
    readonly isUsed: boolean;
  }[];
  /** The names of all parameters. */
  readonly parameters: readonly string[];
}

/** What must not be; nothing if all is well. */
export function problemsOf({ rotation, oldKeyId, keys, parameters }: Ending): string[] {
  const { state, timers, closings } = rotation;
  const left = parameters.filter((name) => name.startsWith('/ikr/'));
  const problems: [boolean, string][] = [
    [state !== 'CLOSED', `the rotation is still ${state}`],
    [
      state === 'CLOSED' && closings.at(-1)?.outcome !== 'completed',
      `the last rotation ended ${closings.at(-1)?.outcome}`,
    ],
    [closings.some(({ reason }) => reason === ''), 'no reason is given for an end'],
    [keys.some(({ accessKeyId }) => accessKeyId === oldKeyId), 'the old key is still there'],
    [keys.length !== 1, `the user has ${keys.length} keys`],
    [!keys.some(({ status }) => status === 'Active'), 'the user has no active key'],
    [keys[0]?.isUsed !== true, 'the owner does not use the new key'],
    [timers > 0, `${timers} timers are left`],
    [left.length > 0, `a parameter is left: ${left.join(', ')}`],
  ];
  return problems.flatMap(([isWrong, what]) => (isWrong ? [what] : []));
}

/** Whether nothing is left to do. */
export function isOver({ rotation, oldKeyId, keys }: Ending): boolean {
  const hasOldKey = keys.some(({ accessKeyId }) => accessKeyId === oldKeyId);
  return rotation.state === 'CLOSED' && !hasOldKey && rotation.timers === 0;
}
