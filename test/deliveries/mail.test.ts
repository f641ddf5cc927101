import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../../simulation/memory/clock.ts';
import {
  ACCEPTED,
  LOST,
  MemoryMail,
  NOT_NOW,
  REFUSED,
  type ScriptedAnswer,
} from '../../simulation/memory/mail.ts';
import { mail } from '../../src/deliveries/mail/index.ts';
import { findTokens } from '../../src/deliveries/mail/templates/token-block.ts';
import type { KeyPair } from '../../src/domain/identity.ts';
import { Secret } from '../../src/domain/secret.ts';
import { PacedMailer } from '../../src/mailers/paced-mailer.ts';
import type { LogFields } from '../../src/ports/log.ts';
import { cancelledRecord, deactivatedRecord, deliveringRecord } from '../support/records.ts';
import { type DeliveryBench, describeDeliveryContract, type ServiceBehavior } from './contract.ts';

const ANSWERS: Readonly<Partial<Record<ServiceBehavior, ScriptedAnswer>>> = {
  accepts: ACCEPTED,
  'not-now': NOT_NOW,
  refuses: REFUSED,
  loses: LOST,
};

/** The delivery by mail of one run, on a mail server in memory. */
function arrange(encryptKeyPair: boolean) {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const server = new MemoryMail(clock);
  const logs: unknown[] = [];
  const note = (message: string, fields?: LogFields) => void logs.push([message, fields]);
  const log = { debug: note, info: note, warn: note, error: note };
  let verifications = 0;
  let attempts = 0;
  let isThrowing = false;
  let isNamed = true;
  const mailer = new PacedMailer(
    server.port(async (name, phase) => {
      if (phase !== 'before') return;
      if (name === 'mailer.verify') verifications += 1;
      if (name === 'mailer.send') attempts += 1;
      if (isThrowing) throw new Error('the network is out of reach');
    }),
    clock,
    log,
  );
  const account = {
    id: '123456789012',
    region: 'eu-central-1',
    describe: async () => {
      if (!isNamed) throw new Error('access denied');
      return { accountId: '123456789012', alias: 'example-prod' };
    },
  };
  const settings = {
    ENCRYPT_KEY_PAIR: encryptKeyPair,
    MAIL_CLIENT: 'ses',
    MAIL_FROM: { address: 'keys@example.com' },
  } as const;

  const bench: DeliveryBench = {
    delivery: mail.create(settings, { account, mailer, clock }),
    clock,
    logs,
    service(behavior) {
      isThrowing = behavior === 'throws';
      server.answer = ANSWERS[behavior] ?? ACCEPTED;
      if (behavior === 'unusable') {
        server.verification = { kind: 'refused', reason: 'the sender is unknown', warnings: [] };
      }
    },
    verifications: () => verifications,
    attempts: () => attempts,
    breakComposition() {
      isNamed = false;
    },
    async received(open) {
      const pairs: KeyPair[] = [];
      for (const { text } of server.mailbox) {
        for (const token of findTokens(text)) pairs.push(await open(token));
        const found = /aws_access_key_id = (\S+)\s+aws_secret_access_key = (\S+)/.exec(text);
        const [, accessKeyId, secretAccessKey] = found ?? [];
        if (accessKeyId && secretAccessKey) {
          pairs.push({ accessKeyId, secretAccessKey: new Secret(secretAccessKey) });
        }
      }
      return pairs;
    },
  };
  return { ...bench, server };
}

const answers = ['accepted', 'not-now', 'refused', 'unknown'] as const;
describeDeliveryContract('mail, sealed', {
  answers,
  needsContentKey: true,
  arrange: () => arrange(true),
});
describeDeliveryContract('mail, plaintext', {
  answers,
  needsContentKey: false,
  arrange: () => arrange(false),
});

const PAIR: KeyPair = { accessKeyId: 'AKIANEW', secretAccessKey: new Secret('the secret') };

describe('the mail with a new key', () => {
  it.each([
    ['sealed', true],
    ['plaintext', false],
  ] as const)('has the form of its record (%s), whatever the setting is', async (form, setting) => {
    const { delivery, server } = arrange(!setting);
    const target = { kind: 'mail', address: 'alice@example.com', form } as const;
    const sealed = 'eyJ0.the.sealed.key.pair';
    await delivery.deliver(PAIR, deliveringRecord({ target, sealed }), Number.POSITIVE_INFINITY);
    const [sent] = server.mailbox;
    expect(sent?.text.includes('the secret')).toBe(form === 'plaintext');
    expect(sent?.to).toBe('alice@example.com');
  });

  it.each([
    ['the first attempt', deliveringRecord({ attempts: 1 }), false],
    ['a later attempt', deliveringRecord({ attempts: 2 }), true],
    ['a pair that was delivered before', deactivatedRecord(), true],
    ['a pair of a cancelled rotation', cancelledRecord(), true],
  ])('says whether the same key was sent before (%s)', async (_, record, isRepeated) => {
    const { delivery, server } = arrange(true);
    await delivery.deliver(PAIR, record, Number.POSITIVE_INFINITY);
    const text = server.mailbox[0]?.text ?? '';
    expect(/sent you this same key before/.test(text)).toBe(isRepeated);
  });

  it.each([
    ['sealed', true],
    ['plaintext', false],
  ] as const)('is lost with the content key by how it was sent (%s)', async (form, isLost) => {
    const { delivery } = arrange(!isLost);
    const target = { kind: 'mail', address: 'alice@example.com', form } as const;
    const isRetrievable = await delivery.retrievable(
      deliveringRecord({ target }),
      async () => false,
    );
    expect(isRetrievable).toBe(!isLost);
  });

  it('counts down what the quota leaves', async () => {
    const { delivery, server } = arrange(true);
    server.verification = { kind: 'accepted', reason: '', remaining: 1, warnings: [] };
    await delivery.verify();
    expect(delivery.capacity()).toEqual({ remaining: 1 });
    await delivery.deliver(PAIR, deliveringRecord(), Number.POSITIVE_INFINITY);
    expect(delivery.capacity()).toMatchObject({ remaining: 0, stopped: expect.any(String) });
  });
});
