/**
 * AWS calls, answered by the local account and by an engine that other people wrote: the two
 * answers must be the same, but for what nobody can foresee (IDs, dates, secrets).
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ContractHands, ContractTarget } from '../../support/account/contract.ts';
import { DIFFERENT_ANSWERS } from '../differences.ts';
import type { Calls, Side } from './calls.ts';
import { startLocal } from './targets.ts';

/** Makes every call on both sides, one after the other, and has a test for each. */
export function compareAnswers(
  calls: Calls,
  startEngine: () => Promise<ContractTarget>,
  prepare: (hands: ContractHands) => Promise<unknown>,
): void {
  const answers = new Map<string, { local: unknown; engine: unknown }>();
  const targets: ContractTarget[] = [];
  beforeAll(async () => {
    const begin = async (start: () => Promise<ContractTarget>): Promise<Side> => {
      const target = await start();
      targets.push(target);
      await prepare(target.hands);
      return { ...target.clients, keyId: '' };
    };
    const local = await begin(startLocal);
    const engine = await begin(startEngine);
    for (const [name, call] of Object.entries(calls)) {
      answers.set(name, { local: await outcome(call(local)), engine: await outcome(call(engine)) });
    }
  });
  afterAll(() => Promise.all(targets.map((target) => target.close())));

  for (const name of Object.keys(calls)) {
    // A difference that is gone fails here, and is to be struck off the list.
    (DIFFERENT_ANSWERS.has(name) ? it.failing : it)(name, () => {
      const { local, engine } = answers.get(name) ?? {};
      expect(local).toEqual(engine);
    });
  }
}

async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    const { $metadata, ...answer } = (await call) as { $metadata: { httpStatusCode: number } };
    return { status: $metadata.httpStatusCode, ...(foreseeable(answer) as object) };
  } catch (error) {
    const { name, message, $metadata } = error as Error & {
      $metadata?: { httpStatusCode?: number };
    };
    return { status: $metadata?.httpStatusCode, name, message: foreseeable(message) };
  }
}

/** Takes the place of what differs between any two accounts. */
function foreseeable(value: unknown): unknown {
  if (value instanceof Date) return '<date>';
  if (Array.isArray(value)) return value.map(foreseeable);
  if (typeof value === 'string') {
    return value
      .replace(/\b(AKIA|AIDA|AROA|ASIA)[A-Z0-9]{12,}/g, '<$1…>')
      .replace(/\b\d{12}\b/g, '<account>')
      .replace(/^[\w/+]{40}$/, '<secret>');
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, name === 'MessageId' ? '<message>' : foreseeable(member)]),
  );
}
