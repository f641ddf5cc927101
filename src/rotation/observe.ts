/** Looks at the facts that a plan asks for. */
import type { Look, Observed } from '../domain/plan/types.ts';
import type { OpenRecord } from '../domain/record.ts';
import type { Account } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';
import type { Delivery } from '../ports/delivery.ts';
import { describeError } from '../ports/errors.ts';
import { hasContentKey } from './content-key.ts';
import { findByKeys } from './find-by-keys.ts';
import type { Situation } from './situation.ts';

/** Looks at one fact. @returns the situation with that fact in it */
export type Observe = (situation: Situation, look: Look) => Promise<Situation>;

export function createObserve(
  account: Pick<Account, 'keys' | 'contentKeys' | 'describe'>,
  delivery: Delivery,
  clock: Clock,
): Observe {
  const obstacle = () => deliveryObstacle(account, delivery);

  return async (situation, look) => {
    const { record, observed } = situation;
    const more = (facts: Partial<Observed>): Situation => ({
      ...situation,
      observed: { ...observed, ...facts },
    });
    switch (look.at) {
      case 'keys':
        return observed.by === 'destructor'
          ? lookByKeys(situation, account, clock)
          : lookByName(situation, account, clock);
      case 'use': {
        const use = await account.keys.owner(look.keyId);
        return more({ uses: { ...observed.uses, [look.keyId]: use } });
      }
      case 'name':
        return more({
          isNameCurrent: (await account.keys.userId(situation.userName)) === situation.userId,
        });
      case 'obstacle':
        return more({ obstacle: (await obstacle()) ?? delivery.capacity().stopped ?? null });
      case 'content-key':
        return more({ hasContentKey: await hasContentKey(openRecord(record), account) });
      case 'retrievable': {
        const open = openRecord(record);
        if (!('sealed' in open)) throw new Error(`nothing was delivered yet (${open.state})`);
        const stored = () => hasContentKey(open, account);
        return more({ retrievable: await delivery.retrievable(open, stored) });
      }
    }
  };
}

/**
 * Why no new key can be delivered now; `undefined` when it can. Asked before a key is created, because
 * a run that cannot deliver creates nothing.
 */
export async function deliveryObstacle(
  account: Pick<Account, 'describe'>,
  delivery: Pick<Delivery, 'verify'>,
): Promise<string | undefined> {
  const verification = await delivery.verify();
  if (verification.kind !== 'accepted') return verification.reason;
  try {
    await account.describe();
    return undefined;
  } catch (error) {
    return `the mail could not name the AWS account: ${describeError(error)}`;
  }
}

function openRecord(record: Situation['record']): OpenRecord {
  if (!record || record.state === 'CLOSED') throw new Error('no rotation is open');
  return record;
}

/** The rotator knows the user's name of today. */
async function lookByName(
  situation: Situation,
  { keys: iam }: Pick<Account, 'keys'>,
  clock: Clock,
): Promise<Situation> {
  const { observed, userName } = situation;
  const listedAtMs = clock.nowMs();
  const keys = await iam.list(userName).catch((error: unknown) => {
    // What the delivery answered is not lost because a list fails.
    if (observed.done.answer) return undefined;
    throw error;
  });
  return { ...situation, observed: { ...observed, keys: keys ? { keys, listedAtMs } : 'no-user' } };
}

/** The destructor knows key IDs, which lead to the user, whatever its name is today. */
async function lookByKeys(
  situation: Situation,
  { keys: iam }: Pick<Account, 'keys'>,
  clock: Clock,
): Promise<Situation> {
  const record = openRecord(situation.record);
  if (!('newKeyId' in record)) throw new Error(`there is no new key yet (${record.state})`);
  const listedAtMs = clock.nowMs();
  const { userName, keys, uses } = await findByKeys(record, iam);
  return {
    ...situation,
    userName,
    record: { ...record, userName },
    observed: {
      ...situation.observed,
      keys: { keys, listedAtMs },
      uses: { ...situation.observed.uses, ...uses },
    },
  };
}
