/**
 * The product as it is deployed with one configuration: the built bundles. Each scenario gets an
 * account of its own at the same address, so that a function that nothing happens to can stay warm.
 */
import { createClock, type TurnableClock } from '../../../simulation/aws/clock.ts';
import { type LocalAccount, startLocalAccount } from '../../../simulation/aws/index.ts';
import { type LambdaHost, startLambda } from '../../../simulation/aws/lambda-host.ts';
import { openDoor } from '../../../simulation/aws/server.ts';
import { type MailWorld, startMailServer } from '../../../simulation/mail-servers.ts';
import { bundleOf, type FunctionName } from '../../../simulation/scenario/functions.ts';
import { type Configuration, settingsOf } from './configurations.ts';

export const TABLE = 'rotations';

/**
 * A request of the functions times out after ten seconds: a second here, which is long for an
 * answer from the same process.
 */
const SPEED = 10;

export interface Deployment {
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

export async function deploy(configuration: Configuration): Promise<Deployment> {
  const clock = createClock(undefined, SPEED);
  const door = await openDoor();
  let account = await startLocalAccount({ clock, door });
  // The mail server outlives the accounts as well, and belongs to the current one.
  const world: MailWorld = {
    clock,
    get traffic() {
      return account.traffic;
    },
    get mails() {
      return account.mails;
    },
    get ses() {
      return account.ses;
    },
  };
  const mailServer = await startMailServer(configuration.mailer, world);
  const env = {
    ...account.env,
    ...settingsOf(configuration),
    ...mailServer.settings,
    IAM_KEY_ROTATOR_TABLE: TABLE,
    MAIL_FROM: 'Key Rotator <keys@example.com>',
    // What the SDK says about this machine's Node is no warning of the product.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  const host = (name: FunctionName) => startLambda({ entry: bundleOf(name), env, clock });
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
      if (secret) account.userActions.putParameter(secret.name, secret.value);
      return account;
    },
    hangUp: () => mailServer.hangUp(),
    close: async () => {
      await Promise.all([...Object.values(hosts), secondRotator].map((one) => one.close()));
      await mailServer.close();
      await door.close();
    },
  };
}
