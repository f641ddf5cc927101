/**
 * The owner of an access key. Opens the mail as a real owner does: with the token in it, the
 * content key in SSM and the own old key, over the wire. What the account thinks of the key pair
 * decides whether it worked.
 */
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { LocalAccount, ReceivedMail } from '../../simulation/aws/index.ts';
import { readContentKey } from '../../simulation/scenario/content-key.ts';
import type { UserAction } from '../../simulation/scenario/user-actions.ts';
import { findTokens } from '../../src/deliveries/mail/templates/token-block.ts';
import type { KeyPair } from '../../src/domain/identity.ts';
import { Secret } from '../../src/domain/secret.ts';
import { readHeader, unseal } from '../../src/sealing/seal.ts';
import type { DemoUser, PlannedAction } from './users.ts';

export interface KeyMail {
  readonly mail: ReceivedMail;
  readonly day: number;
  opened: boolean;
}

export class Person {
  readonly user: DemoUser;
  readonly userId: string;
  /** The IAM user's name, which may change. */
  name: string;
  readonly addresses: Set<string>;
  hasLeft = false;
  /** The mails that hold a key, oldest first. */
  readonly #keyMails: KeyMail[] = [];
  #deactivatedOnDay: number | undefined;
  readonly #account: LocalAccount;
  /** The key pairs this person has, oldest first. */
  readonly #pairs: KeyPair[] = [];
  readonly #done = new Set<PlannedAction>();

  constructor(user: DemoUser, account: LocalAccount) {
    this.user = user;
    this.name = user.name;
    this.#account = account;
    const address =
      user.tags?.['IKR:EMAIL'] ??
      `${user.name
        .replace(/[^a-z0-9-]+/g, ' ')
        .trim()
        .replaceAll(' ', '.')}@example.com`;
    this.addresses = new Set([address]);
    const tags = { ...(!user.untagged && { 'IKR:EMAIL': address }), ...user.tags };
    this.userId = account.userActions.createUser(user.name, { tags }).userId;
    for (const { ageDays, status } of user.keys) {
      const { accessKeyId, secretAccessKey } = account.userActions.createKey(user.name, {
        ageMs: ageDays * 86_400_000,
        ...(status && { status }),
      });
      this.#pairs.push({ accessKeyId, secretAccessKey: new Secret(secretAccessKey) });
    }
  }

  /** Takes a mail with a key, if it is for this person. */
  receive(mail: ReceivedMail, day: number): void {
    if (!mail.to.some((address) => this.addresses.has(address))) return;
    this.#keyMails.push({ mail, day, opened: false });
  }

  noteDeactivation(day: number): void {
    this.#deactivatedOnDay = day;
  }

  /** What this person does on a day. */
  actionsOn(day: number): PlannedAction[] {
    const first = this.#keyMails[0]?.day;
    const actions = (this.user.actions ?? []).filter((planned) => {
      const { when } = planned;
      const due =
        'day' in when
          ? when.day
          : 'afterMail' in when
            ? (first ?? Number.NaN) + when.afterMail
            : (this.#deactivatedOnDay ?? Number.NaN) + when.afterDeactivation;
      return day >= due && !this.#done.has(planned) && !this.hasLeft;
    });
    for (const planned of actions) this.#done.add(planned);
    return actions;
  }

  /** Takes note of what this person has done, or what was done to the IAM user. */
  note(action: UserAction): void {
    if (action.do === 'delete user') this.hasLeft = true;
    if (action.do === 'rename user') this.name = action.to;
    const address = action.do === 'set tags' ? action.tags['IKR:EMAIL'] : undefined;
    if (address !== undefined) this.addresses.add(address);
  }

  /** The mail that this person opens today. */
  mailToOpen(day: number): KeyMail | undefined {
    const { opensAfterDays } = this.user;
    if (opensAfterDays === undefined || this.hasLeft) return undefined;
    const latest = this.#keyMails.at(-1);
    return latest && !latest.opened && day >= latest.day + opensAfterDays ? latest : undefined;
  }

  /**
   * Opens a mail and uses the key in it.
   * @returns how it was opened
   * @throws Error that says why it could not be opened, or why the key is not the right one
   */
  async open(keyMail: KeyMail): Promise<'with the old key' | 'with help' | 'again'> {
    keyMail.opened = true;
    const [token] = findTokens(keyMail.mail.text);
    if (token === undefined) throw new Error('there is no sealed key pair in the mail');
    const { parameterName, rotationId } = readHeader(token);

    const own = this.#pairs.findLast((pair) => this.#works(pair));
    const value = own
      ? await this.#readParameter(parameterName, own)
      : this.#account.userActions.parameter(parameterName);
    const { kid, k } = readContentKey(value) ?? {};
    if (kid !== rotationId || k === undefined) {
      throw new Error('the content key in SSM is gone or belongs to another rotation');
    }
    const pair = await unseal(token, new Secret(k));
    const known = this.#pairs.some(({ accessKeyId }) => accessKeyId === pair.accessKeyId);
    if (!this.#works(pair)) throw new Error('the key pair in the mail does not work');
    await this.#signWith(pair);
    if (known) return 'again';
    this.#pairs.push(pair);
    return own ? 'with the old key' : 'with help';
  }

  /** The day's work, done with the newest key that works. */
  work(): void {
    if (this.hasLeft) return;
    const pair = this.#pairs.findLast((candidate) => this.#works(candidate));
    if (pair) this.#account.userActions.useKey(pair.accessKeyId);
  }

  #works({ accessKeyId, secretAccessKey }: KeyPair): boolean {
    return this.#account.userActions.keyWorks(accessKeyId, secretAccessKey.reveal());
  }

  async #readParameter(name: string, pair: KeyPair): Promise<string | undefined> {
    const ssm = new SSMClient(this.#config(pair));
    try {
      const command = new GetParameterCommand({ Name: name, WithDecryption: true });
      return (await ssm.send(command)).Parameter?.Value;
    } catch (error) {
      if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
      throw error;
    } finally {
      ssm.destroy();
    }
  }

  /** `aws sts get-caller-identity`, as the mail advises: AWS checks the signature. */
  async #signWith(pair: KeyPair): Promise<void> {
    const sts = new STSClient(this.#config(pair));
    try {
      const { UserId } = await sts.send(new GetCallerIdentityCommand({}));
      if (UserId !== this.userId) throw new Error("the key in the mail is another user's");
    } finally {
      sts.destroy();
    }
  }

  #config({ accessKeyId, secretAccessKey }: KeyPair) {
    return {
      endpoint: this.#account.endpoint,
      region: this.#account.region,
      credentials: { accessKeyId, secretAccessKey: secretAccessKey.reveal() },
    };
  }
}
