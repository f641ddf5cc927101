/**
 * Where lives are played: the built bundles with one configuration. Each life gets an account of
 * its own at the same address, so that a function that nothing happens to can stay warm.
 */
import path from 'node:path';
import { createClock, type TurnableClock } from '../../../simulation/aws/clock.ts';
import {
  type LocalAccount,
  type LocalWorld,
  startLocalAccount,
} from '../../../simulation/aws/index.ts';
import { type LambdaHost, startLambda } from '../../../simulation/aws/lambda-host.ts';
import { startMailgun } from '../../../simulation/aws/mailgun.ts';
import { openDoor } from '../../../simulation/aws/server.ts';
import { startSmtp } from '../../../simulation/aws/smtp.ts';
import { type Configuration, type MailerName, settingsOf } from './configurations.ts';

export const TABLE = 'rotations';
export const FUNCTIONS = ['rotator', 'destructor'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/**
 * A request of the functions times out after ten seconds: a second here, which is long for an
 * answer from the same process.
 */
const SPEED = 10;

interface MailServer {
  readonly settings: Readonly<Record<string, string>>;
  /** The parameter in which the functions find the mail server's secret. */
  readonly secret?: { readonly name: string; readonly value: string };
  hangUp?(): void;
  close(): Promise<void>;
}

export interface Stage {
  readonly configuration: Configuration;
  readonly clock: TurnableClock;
  readonly hosts: Readonly<Record<FunctionName, LambdaHost>>;
  /** A second environment of the rotator, for runs that happen at the same time. */
  readonly secondRotator: LambdaHost;
  /** An empty account takes the place of the one before. */
  renew(): Promise<LocalAccount>;
  /** The mail server closes the connections that are open. */
  hangUp(): void;
  close(): Promise<void>;
}

export async function openStage(configuration: Configuration): Promise<Stage> {
  const clock = createClock(undefined, SPEED);
  const door = await openDoor();
  let account = await startLocalAccount({ clock, door });
  // The mail server outlives the accounts as well, and belongs to the one of the moment.
  const world: LocalWorld = {
    clock,
    get traffic() {
      return account.traffic;
    },
    get mails() {
      return account.mails;
    },
  };
  const mailServer = await MAIL_SERVERS[configuration.mailer](world);
  const env = {
    ...account.env,
    ...settingsOf(configuration),
    ...mailServer.settings,
    IAM_KEY_ROTATOR_TABLE: TABLE,
    MAIL_FROM: 'Key Rotator <keys@example.com>',
    // What the SDK thinks of this machine's Node is no part of a life.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  const host = (name: FunctionName) => startLambda({ entry: bundle(name), env, clock });
  const hosts = { rotator: host('rotator'), destructor: host('destructor') };
  const secondRotator = host('rotator');
  return {
    configuration,
    clock,
    hosts,
    secondRotator,
    renew: async () => {
      account = await startLocalAccount({ clock, door });
      await account.createTable(TABLE);
      const { secret } = mailServer;
      if (secret) account.hands.putParameter(secret.name, secret.value);
      return account;
    },
    hangUp: () => mailServer.hangUp?.(),
    close: async () => {
      await Promise.all([...Object.values(hosts), secondRotator].map((one) => one.close()));
      await mailServer.close();
      await door.close();
    },
  };
}

/** The bundle of a function; the current directory is the project's. */
export function bundle(name: FunctionName): string {
  return path.resolve('dist', name, 'index.mjs');
}

const MAIL_SERVERS: Readonly<Record<MailerName, (world: LocalWorld) => Promise<MailServer>>> = {
  ses: async () => ({ settings: {}, close: async () => {} }),

  smtp: async (world) => {
    const { host, port, knobs, caFile, hangUp, close } = await startSmtp(world);
    const secret = { name: '/mail/smtp-password', value: knobs.password };
    return {
      settings: {
        // Its name would be asked for at this machine's name server, which is no part of a life.
        SMTP_SERVER: host,
        SMTP_PORT: String(port),
        SMTP_PROTOCOL: 'tls',
        SMTP_USER: knobs.user,
        SMTP_PASSWORD_PARAMETER: secret.name,
        NODE_EXTRA_CA_CERTS: caFile,
      },
      secret,
      hangUp,
      close,
    };
  },

  mailgun: async (world) => {
    const { url, knobs, close } = await startMailgun(world);
    const secret = { name: '/mail/mailgun-key', value: knobs.apiKey };
    return {
      settings: {
        MAILGUN_API_URL: url,
        MAILGUN_DOMAIN: knobs.domain,
        MAILGUN_API_KEY_NAME: secret.name,
      },
      secret,
      close,
    };
  },
};
