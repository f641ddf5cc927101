/** Delivery by mail: the sealed pair, or the pair in plaintext, to the address in the user's tag. */
import { parse, type SettingsOf, type SettingsTable } from '../../config/setting.ts';
import type { Target } from '../../domain/target.ts';
import { type MailerName, mailers } from '../../mailers/index.ts';
import type { Delivery } from '../../ports/delivery.ts';
import { describeError } from '../../ports/errors.ts';
import type { DeliveryPlugin } from '../plugin.ts';
import { composeNewKeyMail } from './compose.ts';

export const settings = {
  MAIL_FROM: {
    doc: 'Sender of the mails, as an address or as Name <address>.',
    allowed: 'user@example.com or Name <user@example.com>',
    schema: parse.sender,
    required: true,
  },
  MAIL_CLIENT: {
    doc: 'What sends the mails.',
    allowed: Object.keys(mailers).join(', '),
    schema: parse.oneOf(Object.keys(mailers) as [MailerName, ...MailerName[]]),
    fallback: 'ses',
  },
  ENCRYPT_KEY_PAIR: {
    doc: 'Mail the key pair sealed; with false it is mailed in plaintext.',
    allowed: 'true or false',
    schema: parse.boolean,
    fallback: 'true',
  },
} as const satisfies SettingsTable;

export type MailSettings = SettingsOf<typeof settings>;
type MailTarget = Extract<Target, { kind: 'mail' }>;

export const mail = {
  settings,
  create({ ENCRYPT_KEY_PAIR }, { mailer, account, clock }): Delivery<MailTarget> {
    const form = ENCRYPT_KEY_PAIR ? 'sealed' : 'plaintext';
    return {
      verify: () => mailer.verify(),
      capacity() {
        const { remaining, stopped } = mailer;
        return { remaining, ...(stopped !== undefined && { stopped }) };
      },
      probe: () => mailer.giveAnotherChance(),
      targetFor: ({ address }) => ({ kind: 'mail', address, form }),
      // An address is not known to be wrong before a mail was sent to it.
      prepare: async () => undefined,

      async deliver(pair, about, untilMs) {
        let composed: ReturnType<typeof composeNewKeyMail>;
        try {
          const where = { account: await account.describe(), region: account.region };
          composed = composeNewKeyMail(about, pair, where, clock.nowMs());
        } catch (error) {
          // Nothing has left this function yet.
          return { kind: 'not-now', reason: describeError(error) };
        }
        return mailer.send(composed, untilMs);
      },

      retrievable: async ({ target }, hasContentKey) =>
        target.form === 'plaintext' || hasContentKey(),
      settle: async () => undefined,
    };
  },
} satisfies DeliveryPlugin<typeof settings>;
