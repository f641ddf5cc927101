/** The mail servers that the product can be deployed with, behind one interface. */
import type { LocalWorld } from './aws/index.ts';
import { startMailgun } from './aws/mailgun.ts';
import type { SesKnobs } from './aws/ses.ts';
import { startSmtp } from './aws/smtp.ts';

export const MAIL_CLIENTS = ['ses', 'smtp', 'mailgun'] as const;
export type MailClient = (typeof MAIL_CLIENTS)[number];

export interface MailServer {
  /** The call by which a mail is handed over: faults strike there. */
  readonly sending: { readonly service: string; readonly action: string };
  /** Settings of the functions. */
  readonly settings: Readonly<Record<string, string>>;
  /** The parameter in which the functions find the mail server's secret. */
  readonly secret?: { readonly name: string; readonly value: string };
  /** From now on no mail can be sent; nobody is told beforehand. */
  stop(): void;
  start(): void;
  /** Refuses an address for good. */
  refuse(address: string): void;
  /** Closes the connections that are open. */
  hangUp(): void;
  close(): Promise<void>;
}

/** An account, or what takes its place, with SES in it. */
export interface MailWorld extends LocalWorld {
  readonly ses: { readonly knobs: SesKnobs };
}

/** Starts the mail server that a mail client needs; SES is in the account already. */
export function startMailServer(client: MailClient, world: MailWorld): Promise<MailServer> {
  return STARTS[client](world);
}

const none = () => {};

const STARTS: Readonly<Record<MailClient, (world: MailWorld) => Promise<MailServer>>> = {
  ses: async (world) => ({
    sending: { service: 'ses', action: 'SendEmail' },
    settings: {},
    stop: () => {
      world.ses.knobs.sendingPaused = true;
    },
    start: () => {
      world.ses.knobs.sendingPaused = false;
    },
    refuse: (address) => void world.ses.knobs.rejected.add(address),
    hangUp: none,
    close: async () => {},
  }),

  smtp: async (world) => {
    const { host, port, knobs, caFile, hangUp, close } = await startSmtp(world);
    const secret = { name: '/mail/smtp-password', value: knobs.password };
    let outage: { remove(): void } | undefined;
    return {
      sending: { service: 'smtp', action: 'DATA' },
      settings: {
        SMTP_SERVER: host,
        SMTP_PORT: String(port),
        SMTP_PROTOCOL: 'tls',
        SMTP_USER: knobs.user,
        SMTP_PASSWORD_PARAMETER: secret.name,
        NODE_EXTRA_CA_CERTS: caFile,
      },
      secret,
      stop: () => {
        outage = world.traffic.faults.add({
          match: { service: 'smtp', action: 'CONNECT' },
          kind: 'reset-before',
          times: Number.POSITIVE_INFINITY,
        });
      },
      start: () => outage?.remove(),
      refuse: (address) => void knobs.refused.add(address),
      hangUp,
      close,
    };
  },

  mailgun: async (world) => {
    const { url, knobs, close } = await startMailgun(world);
    const secret = { name: '/mail/mailgun-key', value: knobs.apiKey };
    return {
      sending: { service: 'mailgun', action: 'SendMessage' },
      settings: {
        MAILGUN_API_URL: url,
        MAILGUN_DOMAIN: knobs.domain,
        MAILGUN_API_KEY_NAME: secret.name,
      },
      secret,
      stop: () => {
        knobs.state = 'disabled';
      },
      start: () => {
        knobs.state = 'active';
      },
      refuse: (address) => void knobs.refused.add(address),
      hangUp: none,
      close,
    };
  },
};
