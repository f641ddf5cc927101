/** The rotation of one user, as the product's table tells. */
import { keyOf, kindOf, userIdOf } from '../../../simulation/scenario/table-items.ts';
import type { Item } from '../../../src/aws/items.ts';
import { sentence, storedReason } from '../../../src/domain/reasons.ts';

/** How one rotation was closed. */
export interface Closing {
  readonly outcome: string;
  readonly reason: string;
}

export interface RotationView {
  /** The state of the record, or `none`. */
  readonly state: string;
  readonly timers: number;
  /** How every rotation was closed, in order. */
  readonly closings: readonly Closing[];
}

export function viewRotation(items: readonly Item[], userId: string): RotationView {
  const own = items.filter((item) => userIdOf(keyOf(item)) === userId);
  const of = (kind: ReturnType<typeof kindOf>) =>
    own.filter((item) => kindOf(keyOf(item)) === kind);
  const [record] = of('record');
  return {
    state: String(record?.state ?? 'none'),
    timers: of('timer').length,
    closings: of('history')
      .sort((a, b) => Number(a.closedAtMs) - Number(b.closedAtMs))
      .map(({ outcome = '', reason }) => {
        const stored = storedReason.safeParse(reason);
        return { outcome: String(outcome), reason: stored.success ? sentence(stored.data) : '' };
      }),
  };
}
