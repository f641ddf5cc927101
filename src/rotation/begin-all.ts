/** Rotations for whoever is due, as far as limits and delivery allow. */
import type { LimitFunction } from 'p-limit';
import { type Reason, reason, sentence } from '../domain/reasons.ts';
import type { Account } from '../ports/account.ts';
import type { Delivery } from '../ports/delivery.ts';
import { Conflict } from '../ports/errors.ts';
import type { Decided, Engine, LastEvent } from './engine.ts';
import type { Guard } from './guard.ts';
import { deliveryObstacle } from './observe.ts';
import type { ActionOf } from './steps/types.ts';

export interface Due extends Decided {
  readonly begin: ActionOf<'begin'>;
  /** Since when its rotation could have begun. */
  readonly sinceMs: number;
}

interface BeginRun {
  readonly engine: Engine;
  readonly account: Account;
  readonly delivery: Delivery;
  readonly maxRotationsPerRun?: number;
  readonly guard: Guard;
  readonly limit: LimitFunction;
}

/**
 * Begins rotations, longest waiting first.
 * @param due in that order
 * @returns what is in the way of all of them, in words
 */
export async function beginAll(
  due: readonly Due[],
  run: BeginRun,
  dryRun: boolean,
): Promise<string[]> {
  const { engine, guard, delivery } = run;
  if (due.length === 0) return [];
  const tell = (one: Due, type: 'postponed' | 'left', why: Reason) =>
    guard.tell({ ...withoutAction(engine.preview(one)), type, reason: why });
  if (dryRun) {
    await Promise.all(due.map((one) => guard.tell(engine.preview(one))));
    return [];
  }
  // A run that cannot deliver creates nothing.
  const obstacle = await deliveryObstacle(run.account, delivery);
  if (obstacle !== undefined) {
    const why = reason('no-delivery', { why: obstacle });
    await Promise.all(due.map((one) => tell(one, 'postponed', why)));
    return [sentence(why)];
  }

  // Whose rotation can't even begin takes nobody else's place: the next in line gets it.
  let begun = 0;
  let wave = delivery.probe() ? 1 : Number.POSITIVE_INFINITY;
  for (let waiting = due; waiting.length > 0; wave = Number.POSITIVE_INFINITY) {
    const allowed = (run.maxRotationsPerRun ?? Number.POSITIVE_INFINITY) - begun;
    const room = Math.min(allowed, delivery.capacity().remaining, wave);
    if (room <= 0) {
      const why = reason(allowed <= 0 ? 'max-rotations' : 'quota-spent');
      await Promise.all(waiting.map((one) => tell(one, 'left', why)));
      return [];
    }
    const done = await Promise.all(waiting.slice(0, room).map((one) => beginOne(one, run)));
    waiting = waiting.slice(room);
    begun += done.filter(Boolean).length;
  }
  return [];
}

/** @returns whether it took a place: a key may have been created */
async function beginOne(one: Due, { engine, guard, delivery, limit }: BeginRun): Promise<boolean> {
  let isRefused = false;
  const event = await limit(() => {
    const { stopped } = delivery.capacity();
    return guard(
      one.situation,
      async () => {
        try {
          return await engine.execute(one);
        } catch (error) {
          isRefused = error instanceof Conflict;
          throw error;
        }
      },
      stopped === undefined ? undefined : reason('delivery-stopped', { why: stopped }),
    );
  });
  return event !== undefined && mayHaveKey(event) && !isRefused;
}

function mayHaveKey({ type, newKeyId }: LastEvent): boolean {
  return newKeyId !== undefined || type === 'failed';
}

function withoutAction({ action, ...event }: LastEvent): LastEvent {
  return event;
}
