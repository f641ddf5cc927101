/**
 * A local account in which a test takes the program's place: over the wire, with the same calls, but free
 * to do what the program must never do.
 */

import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../../simulation/aws/index.ts';
import {
  AccountObserver,
  type AccountObserverOptions,
  type Checker,
} from '../../../simulation/invariants/index.ts';
import { recordKey, toWire } from '../../../simulation/scenario/table-items.ts';
import { wrapToken } from '../../../src/deliveries/mail/templates/token-block.ts';
import { contentKeyNameOf } from '../../../src/domain/content-key-name.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import { sealer } from '../../../src/sealing/sealer.ts';

export const TABLE = 'rotations';

export interface TestWorld {
  readonly account: LocalAccount;
  readonly observer: AccountObserver;
  readonly checker: Checker;
  readonly program: Program;
  /** The invariants that were found violated so far. */
  violated(): number[];
  close(): Promise<void>;
}

export interface User {
  readonly name: string;
  readonly userId: string;
  readonly address: string;
  readonly oldKeyId: string;
}

export interface NewKey {
  readonly id: string;
  readonly secret: string;
}

async function startTestWorld(options: Partial<AccountObserverOptions> = {}): Promise<TestWorld> {
  const account = await startLocalAccount();
  await account.createTable(TABLE);
  const observer = new AccountObserver({ account, table: TABLE, ...options });
  const { checker } = observer;
  const program = new Program(account);
  return {
    account,
    observer,
    checker,
    program,
    violated: () => [...new Set(checker.violations.map(({ invariant }) => invariant))].sort(),
    close: async () => {
      program.close();
      await account.close();
    },
  };
}

export function addUser(account: LocalAccount, name: string, keyAgeDays = 81): User {
  const address = `${name}@example.com`;
  const { userId } = account.userActions.createUser(name, { tags: { 'IKR:EMAIL': address } });
  const key = account.userActions.createKey(name, { ageMs: keyAgeDays * DAY_MS });
  return { name, userId, address, oldKeyId: key.accessKeyId };
}

/** What the program does, step by step. */
export class Program {
  readonly #account: LocalAccount;
  readonly #iam: IAMClient;
  readonly #ssm: SSMClient;

  constructor(account: LocalAccount) {
    const { endpoint, region } = account;
    const credentials = { accessKeyId: 'ASIAEXAMPLEEXAMPLE23', secretAccessKey: 'any' };
    this.#account = account;
    this.#iam = new IAMClient({ endpoint, region, credentials, maxAttempts: 1 });
    this.#ssm = new SSMClient({ endpoint, region, credentials });
  }

  async create({ name }: User): Promise<NewKey> {
    const { AccessKey } = await this.#iam.send(new CreateAccessKeyCommand({ UserName: name }));
    return { id: AccessKey?.AccessKeyId ?? '', secret: AccessKey?.SecretAccessKey ?? '' };
  }

  async delete({ name }: User, keyId: string): Promise<void> {
    await this.#iam.send(new DeleteAccessKeyCommand({ UserName: name, AccessKeyId: keyId }));
  }

  async setStatus({ name }: User, keyId: string, Status: 'Active' | 'Inactive'): Promise<void> {
    await this.#iam.send(
      new UpdateAccessKeyCommand({ UserName: name, AccessKeyId: keyId, Status }),
    );
  }

  /** Puts a content key into SSM and answers with it. */
  async putContentKey(user: User, rotationId = `rotation-of-${user.name}`): Promise<Secret> {
    const key = sealer.newContentKey();
    const parameter = {
      Name: parameterOf(user),
      Type: 'SecureString',
      Value: JSON.stringify({ kty: 'oct', k: key.reveal(), kid: rotationId, sub: user.userId }),
    } as const;
    const isThere = this.#account.userActions.parameterNames().includes(parameterOf(user));
    await this.#ssm.send(new PutParameterCommand({ ...parameter, Overwrite: isThere }));
    return key;
  }

  async removeContentKey(user: User): Promise<void> {
    await this.#ssm.send(new DeleteParameterCommand({ Name: parameterOf(user) }));
  }

  /** Seals a pair and mails it. */
  async mail(user: User, key: NewKey, contentKey: Secret, to = user.address): Promise<void> {
    const token = await sealer.seal(
      { accessKeyId: key.id, secretAccessKey: new Secret(key.secret) },
      contentKey,
      {
        rotationId: `rotation-of-${user.name}`,
        userArn: 'arn:aws:iam::111122223333:user/any',
        parameterName: parameterOf(user),
        region: 'us-east-1',
      },
    );
    this.mailText(to, `A new key.\n\n${wrapToken(token)}\n`);
  }

  mailText(to: string, text: string): void {
    this.#account.mails.push({
      via: 'ses',
      from: 'keys@example.com',
      to: [to],
      replyTo: [],
      subject: 'New access key',
      text,
      html: '',
      atMs: this.#account.clock.nowMs(),
    });
  }

  /** Writes the rotation record. */
  async record(user: User, state: string, more: Readonly<Record<string, string | number>> = {}) {
    const values = {
      rotationId: `rotation-of-${user.name}`,
      parameterName: parameterOf(user),
      oldKeyId: user.oldKeyId,
      leaseUntilMs: 0,
      state,
      ...more,
    };
    const key = recordKey(this.#account.accountId, user.userId);
    await this.#account.userActions.putItem(TABLE, toWire({ ...key, ...values }));
  }

  /** A rotation as it is once the new key was handed over, with the old key due in 7 days. */
  async deliver(user: User, more: Readonly<Record<string, string | number>> = {}): Promise<NewKey> {
    const contentKey = await this.putContentKey(user);
    const key = await this.create(user);
    await this.mail(user, key, contentKey);
    const deleteOnMs = this.#account.clock.nowMs() + 7 * DAY_MS;
    await this.record(user, 'SCHEDULED', { newKeyId: key.id, deleteOnMs, ...more });
    return key;
  }

  close(): void {
    this.#iam.destroy();
    this.#ssm.destroy();
  }
}

/** The name of a user's content key. */
export function parameterOf({ name, userId }: User): string {
  return contentKeyNameOf(name, userId);
}

/** Lets days go by, and looks after a run that did nothing in them. */
export async function idleRun({ account, observer }: TestWorld, days: number): Promise<void> {
  account.clock.advance(days * DAY_MS + MINUTE_MS);
  await observer.observe({ completedRunSinceMs: account.clock.nowMs() });
}

/** The world of one test. */
export interface TestContext {
  readonly world: TestWorld;
  readonly alice: User;
  /** Takes a step as the program or a person, and looks. */
  step(work: () => unknown): Promise<void>;
  /** Starts again with other options. */
  restart(options: Partial<AccountObserverOptions>): Promise<void>;
}

/** Gives each test a world with one user. */
export function setUp(): TestContext {
  let world: TestWorld;
  let alice: User;
  const begin = async (options: Partial<AccountObserverOptions> = {}) => {
    world = await startTestWorld(options);
    alice = addUser(world.account, 'alice');
    await world.observer.observe();
  };
  beforeEach(() => begin());
  afterEach(() => world.close());
  return {
    get world() {
      return world;
    },
    get alice() {
      return alice;
    },
    step: async (work) => {
      await work();
      await world.observer.observe();
    },
    restart: async (options) => {
      await world.close();
      await begin(options);
    },
  };
}
