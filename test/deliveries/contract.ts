/**
 * What the rotation relies on in every delivery (src/ports/delivery.ts). Not a test of its own: each
 * delivery's test file calls `describeDeliveryContract` with a bench for it.
 *
 * To add a delivery: write src/deliveries/<name>/, add its line to src/deliveries/index.ts and its
 * target to src/domain/target.ts, then write test/deliveries/<name>.test.ts:
 *
 *     describeDeliveryContract('secrets-manager', {
 *       answers: ['accepted', 'not-now', 'refused'],
 *       arrange: () => { … a fresh delivery of one run, and the service behind it … },
 *     });
 *
 * The bench makes the service behave in a certain way (`service`) and tells what the owner of the key
 * could use by now (`received`). Whatever is special to the delivery is tested beside that call. A
 * delivery that fails here would lose keys, create keys that nobody can use, or delete used ones.
 */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { VirtualClock } from '../../simulation/memory/clock.ts';
import { countingSealer } from '../../simulation/memory/sealer.ts';
import type { KeyPair } from '../../src/domain/identity.ts';
import type { UserPolicy } from '../../src/domain/policy.ts';
import { recordSchema } from '../../src/domain/record.ts';
import { Secret } from '../../src/domain/secret.ts';
import { type Target, targetSchema } from '../../src/domain/target.ts';
import { MINUTE_MS } from '../../src/domain/time.ts';
import type { Delivery, DeliveryAnswer } from '../../src/ports/delivery.ts';
import { deliveringRecord, scheduledRecord, startedRecord } from '../support/records.ts';

/**
 * How the service behind a delivery answers from now on. `loses`: the answer to an attempt is lost;
 * `throws`: its client throws; `unusable`: it says before the first attempt that it can't be used.
 */
export type ServiceBehavior = 'accepts' | 'not-now' | 'refuses' | 'loses' | 'throws' | 'unusable';

/** A fresh delivery, as one run has it, and the service behind it. */
export interface DeliveryBench {
  readonly delivery: Delivery;
  readonly clock: VirtualClock;
  service(behavior: ServiceBehavior): void;
  /** How often the service was asked whether it could be used. */
  verifications(): number;
  /** How many attempts reached the service. */
  attempts(): number;
  /** The pairs that their owner could use by now, oldest first. */
  received(open: (token: string) => Promise<KeyPair>): Promise<readonly KeyPair[]>;
  /** The account can no longer be named, or whatever else is needed before an attempt fails. */
  breakComposition(): void;
  readonly logs: readonly unknown[];
}

export interface DeliveryContract {
  /** The answers that this delivery can give; one whose attempts can be repeated has no `unknown`. */
  readonly answers: readonly DeliveryAnswer['kind'][];
  /** Whether the pair is useless without the content key of the rotation. */
  readonly needsContentKey: boolean;
  readonly arrange: () => DeliveryBench;
}

const POLICY: UserPolicy = {
  address: 'alice@example.com',
  instructions: 'Call the helpdesk.',
  rotateAfterDays: 80,
  deleteAfterDays: 7,
  requireNewKeyUsed: true,
  maxKeyAgeDays: 90,
};
const SECRET_ACCESS_KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const NEVER = Number.POSITIVE_INFINITY;

/** A key pair, its record, and what opens its sealed form. */
async function pairOf(target: Target) {
  const sealer = countingSealer();
  const contentKey = sealer.newContentKey();
  const pair: KeyPair = {
    accessKeyId: 'AKIANEW',
    secretAccessKey: new Secret(SECRET_ACCESS_KEY),
  };
  const base = deliveringRecord({ target });
  const sealed = await sealer.seal(pair, contentKey, { ...base, region: 'eu-central-1' });
  const record = { ...base, sealed };
  return { pair, record, open: (token: string) => sealer.unseal(token, contentKey) };
}

/** Tests everything that the rotation relies on. */
export function describeDeliveryContract(name: string, contract: DeliveryContract): void {
  const { answers, arrange, needsContentKey } = contract;
  const itCan = (kind: DeliveryAnswer['kind']) => (answers.includes(kind) ? it : it.skip);

  describe(`the delivery ${name}`, () => {
    let bench: DeliveryBench;
    let delivery: Delivery;
    beforeEach(() => {
      bench = arrange();
      ({ delivery } = bench);
    });

    /** One attempt, with time enough. */
    async function attempt(untilMs = NEVER) {
      const { pair, record, open } = await pairOf(delivery.targetFor(POLICY));
      const answer = await delivery.deliver(pair, record, untilMs);
      const received = await bench.received(open);
      return { answer, received: received.map(plain) };
    }

    /** Several attempts in a row that deliver nothing. */
    async function exhaust() {
      bench.service('not-now');
      for (let tries = 0; tries < 5; tries++) await attempt(bench.clock.nowMs() + MINUTE_MS);
    }

    describe('verify', () => {
      const notUsable = {
        kind: expect.not.stringMatching(/^accepted$/),
        reason: expect.stringMatching(/\S/),
      };

      it('says that a pair could be handed over now, and hands none over', async () => {
        expect(await delivery.verify()).toMatchObject({ kind: 'accepted', reason: '' });
        expect(bench.attempts()).toBe(0);
      });

      it('says why none could be', async () => {
        bench.service('unusable');
        expect(await delivery.verify()).toMatchObject(notUsable);
      });

      it('never throws: a service that can not be asked is not usable', async () => {
        bench.service('throws');
        expect(await delivery.verify()).toMatchObject(notUsable);
      });

      it('asks once a run, however often it is called', async () => {
        await Promise.all([delivery.verify(), delivery.verify()]);
        await delivery.verify();
        expect(bench.verifications()).toBe(1);
      });
    });

    describe('capacity and probe', () => {
      it('have room at the start of a run', () => {
        expect(delivery.capacity().remaining).toBeGreaterThan(0);
        expect(delivery.capacity()).not.toHaveProperty('stopped');
        expect(delivery.probe()).toBe(false);
      });

      it('stop new rotations once nothing is delivered any more, and say why', async () => {
        await exhaust();
        expect(delivery.capacity().stopped).toMatch(/\S/);
      });

      it('let one more attempt show whether it works again', async () => {
        await exhaust();
        expect(delivery.probe()).toBe(true);
        expect(delivery.capacity().stopped).toBeUndefined();
        bench.service('accepts');
        expect((await attempt()).answer.kind).toBe('accepted');
        expect(delivery.capacity().stopped).toBeUndefined();
        expect(delivery.probe()).toBe(false);
      });

      itCan('refused')('are not affected by one target that refuses', async () => {
        bench.service('refuses');
        for (let tries = 0; tries < 5; tries++) await attempt();
        expect(delivery.capacity().stopped).toBeUndefined();
      });
    });

    describe('targetFor', () => {
      it('gives a target that the journal can keep', () => {
        const target = delivery.targetFor(POLICY);
        expect(targetSchema.parse(structuredClone(target))).toEqual(target);
        const record = scheduledRecord({ target });
        expect(recordSchema.parse(structuredClone(record))).toEqual(record);
      });

      it('gives the same target for the same tags in every run', () => {
        expect(arrange().delivery.targetFor(POLICY)).toEqual(delivery.targetFor(POLICY));
      });
    });

    describe('prepare', () => {
      it('finds nothing in the way, as often as it is asked, and hands nothing over', async () => {
        const target = delivery.targetFor(POLICY);
        const record = startedRecord({ target });
        expect(await delivery.prepare(target, record)).toBeUndefined();
        expect(await delivery.prepare(target, record)).toBeUndefined();
        expect(bench.attempts()).toBe(0);
      });
    });

    describe('deliver', () => {
      it('hands over exactly this pair when it says accepted', async () => {
        const { answer, received } = await attempt();
        expect(answer.kind).toBe('accepted');
        expect(received).toEqual([{ accessKeyId: 'AKIANEW', secretAccessKey: SECRET_ACCESS_KEY }]);
      });

      it('may be repeated with the same rotation ID: the owner still has this pair', async () => {
        await attempt();
        const { answer, received } = await attempt();
        expect(answer.kind).toBe('accepted');
        expect(received.length).toBeGreaterThan(0);
        for (const one of received) expect(one.secretAccessKey).toBe(SECRET_ACCESS_KEY);
      });

      it('has handed nothing over when it says not-now, and a later attempt does', async () => {
        bench.service('not-now');
        const first = await attempt();
        expect(first.answer).toMatchObject({
          kind: 'not-now',
          reason: expect.stringMatching(/\S/),
        });
        expect(first.received).toEqual([]);
        bench.service('accepts');
        expect((await attempt()).received).toHaveLength(1);
      });

      itCan('refused')('has handed nothing over when it says refused', async () => {
        bench.service('refuses');
        const { answer, received } = await attempt();
        expect(answer).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/\S/) });
        expect(received).toEqual([]);
      });

      itCan('unknown')('says unknown when the answer is lost', async () => {
        bench.service('loses');
        const { answer } = await attempt();
        expect(answer).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/\S/) });
      });

      it('never throws, and never takes an error for a refusal', async () => {
        bench.service('throws');
        const { answer } = await attempt();
        expect(['not-now', 'unknown']).toContain(answer.kind);
        expect(answer).toMatchObject({ reason: expect.stringMatching(/\S/) });
      });

      it('says not-now when what comes before the attempt fails', async () => {
        bench.breakComposition();
        const { answer, received } = await attempt();
        expect(answer.kind).toBe('not-now');
        expect(received).toEqual([]);
        expect(bench.attempts()).toBe(0);
      });

      it('begins no attempt in the last minute, and says not-now', async () => {
        const { answer, received } = await attempt(bench.clock.nowMs() + MINUTE_MS - 1);
        expect(answer.kind).toBe('not-now');
        expect(received).toEqual([]);
        expect(bench.attempts()).toBe(0);
      });

      it.each<ServiceBehavior>(['accepts', 'not-now', 'refuses', 'loses', 'throws'])(
        'tells no secret in its answer or in the log (the service %s)',
        async (behavior) => {
          bench.service(behavior);
          const { answer } = await attempt();
          expect(JSON.stringify([answer, bench.logs])).not.toContain(SECRET_ACCESS_KEY);
        },
      );
    });

    describe('retrievable', () => {
      const asked = (hasContentKey: boolean) => async () => hasContentKey;

      it('is a pair whose content key is there, or that needs none', async () => {
        await attempt();
        const { record } = await pairOf(delivery.targetFor(POLICY));
        expect(await delivery.retrievable(record, asked(true))).toBe(true);
        expect(await delivery.retrievable(record, asked(false))).toBe(!needsContentKey);
      });

      it('is not decided while nobody can tell: an error stays one', async () => {
        const { record } = await pairOf(delivery.targetFor(POLICY));
        const answer = delivery.retrievable(record, () => Promise.reject(new Error('throttled')));
        if (needsContentKey) await expect(answer).rejects.toThrow('throttled');
        else await expect(answer).resolves.toBe(true);
      });
    });

    it.each(['completed', 'failed', 'cancelled', 'undone', 'user-gone'] as const)(
      'settle may be repeated, whether the service works or not (%s)',
      async (outcome) => {
        await attempt();
        const { record } = await pairOf(delivery.targetFor(POLICY));
        await delivery.settle(record, outcome);
        await delivery.settle(record, outcome);
        await expect(arrange().delivery.settle(record, outcome)).resolves.toBeUndefined();
      },
    );
  });
}

function plain({ accessKeyId, secretAccessKey }: KeyPair) {
  return { accessKeyId, secretAccessKey: secretAccessKey.reveal() };
}
