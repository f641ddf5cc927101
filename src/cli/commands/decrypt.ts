/** `ikr decrypt`: opens a mailed key pair. Only the key pair goes to standard output. */
import type { CallerIdentity } from '../../aws/caller-identity.ts';
import { userNameOf } from '../../domain/content-key-name.ts';
import type { Secret } from '../../domain/secret.ts';
import type { StoredContentKey } from '../../ports/account.ts';
import type { SealedHeader } from '../../ports/sealer.ts';
import { readHeader, SealError, unseal } from '../../sealing/seal.ts';
import { readContentKey } from '../content-key.ts';
import { Failure, UsageError } from '../failure.ts';
import { readStandardInput, readTextFile } from '../input.ts';
import { EXIT, type Io } from '../io.ts';
import { formatKeyPair, type KeyPairFormat } from '../key-pair-format.ts';
import { theOneToken } from '../pasted.ts';
import type { Services } from '../services.ts';
import { createTerminal, type Terminal } from '../terminal.ts';

export interface DecryptOptions {
  readonly token?: string;
  /** `-` for standard input. */
  readonly file?: string;
  /** The content key itself, as a JWK or base64url, or `@` and the name of a file with it. */
  readonly key?: string;
  readonly format: KeyPairFormat;
  readonly profileName: string;
  readonly region?: string;
}

/** What a Region looks like: it becomes part of a host name that credentials are sent to. */
const REGION = /^[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}$/;

export async function decrypt(
  options: DecryptOptions,
  io: Io,
  services: Services,
): Promise<number> {
  const terminal = createTerminal(io);
  const given = options.key === undefined ? undefined : await readContentKey(options.key);
  const token = theOneToken(await readMail(options, io, terminal));
  const header = readHeader(token);

  const contentKey = given ?? (await fetchContentKey(header, options, services, terminal));
  if (contentKey.rotationId !== undefined && contentKey.rotationId !== header.rotationId) {
    throw new Failure(
      given
        ? `The key that was given is of another rotation (${contentKey.rotationId}) than the mail (${header.rotationId}).`
        : 'This mail is out of date: a newer rotation has begun since, with a mail of its own. Open the newest mail. If there is none, ask your AWS administrators to run: ikr resend',
    );
  }
  const pair = await open(token, contentKey.key, contentKey.rotationId !== undefined);
  terminal.note(`New key pair of ${header.userArn}:`);
  terminal.raw(formatKeyPair(pair, options.format, options.profileName));
  return EXIT.ok;
}

async function readMail(
  { token, file }: DecryptOptions,
  io: Io,
  terminal: Terminal,
): Promise<string> {
  if (token !== undefined) {
    if (file !== undefined)
      throw new UsageError('Choose one: the sealed key pair itself or --file.');
    return token;
  }
  if (file !== undefined && file !== '-') return readTextFile(file);
  if (io.stdin.isTTY) {
    const end = process.platform === 'win32' ? 'Ctrl+Z and Enter' : 'Ctrl+D';
    terminal.noteProse(
      `Paste the mail, or only the sealed key pair in it. Then press Enter, then ${end}.`,
    );
  }
  const text = await readStandardInput(io);
  if (io.stdin.isTTY) terminal.note('');
  return text;
}

async function open(token: string, key: Secret, isOfThisRotation: boolean) {
  try {
    return await unseal(token, key);
  } catch (error) {
    if (!(error instanceof SealError) || !isOfThisRotation) throw error;
    throw new Failure(
      'The sealed key pair was cut or changed on its way: its content key is the right one and does not open it. Copy it again, all of it from BEGIN to END; or ask your AWS administrators to run: ikr resend',
    );
  }
}

/** The content key from SSM, or a word on why there is none for this person. */
async function fetchContentKey(
  header: SealedHeader,
  options: DecryptOptions,
  services: Services,
  terminal: Terminal,
): Promise<StoredContentKey> {
  const { parameterName, userArn } = header;
  const region = options.region ?? header.region;
  // What the header says is not proven before the pair is open: it must not send us anywhere else.
  if (userNameOf(parameterName) === undefined || !REGION.test(region)) {
    throw new Failure(
      `This is no mail of this program: its content key would be the parameter ${parameterName} in Region ${region}. Tell your AWS administrators.`,
    );
  }
  const [caller, stored] = await Promise.allSettled([
    services.caller(region),
    services.contentKeys(region).get(parameterName),
  ]);
  const me = caller.status === 'fulfilled' ? caller.value : undefined;
  const stranger = me && whoIsWrong(me, userArn);
  if (stored.status === 'rejected') {
    if (!isDenied(stored.reason)) throw stored.reason;
    throw new Failure(stranger ?? deniedToOwner(header, me, region));
  }
  if (!stored.value) {
    const other = me && accountOf(userArn) !== me.accountId ? stranger : undefined;
    throw new Failure(
      other ??
        `The content key of this mail is gone: there is none in ${parameterName} in Region ${region}. It is deleted when a rotation is over, once the new key was used or the old one replaced. If you do not have the new key, ask your AWS administrators to run: ikr rotate --user ${userNameOf(parameterName)} --force`,
    );
  }
  if (stranger !== undefined) terminal.noteProse(`Note: ${stranger.split('\n')[0]}`);
  return stored.value;
}

/** Whose mail it is, if it is another user's than the caller's. */
function whoIsWrong(me: CallerIdentity, userArn: string): string | undefined {
  if (me.arn === userArn) return undefined;
  const what =
    me.accountId === accountOf(userArn)
      ? ''
      : ` (another AWS account: ${accountOf(userArn)}, not ${me.accountId})`;
  return `This mail is for ${userArn}${what}; you are ${me.arn}.\nUse the credentials that the mail is for: ikr decrypt --profile NAME`;
}

function deniedToOwner(
  { parameterName, userArn }: SealedHeader,
  me: CallerIdentity | undefined,
  region: string,
): string {
  const whose = me
    ? `although you are ${me.arn}, for whom the mail is`
    : `and not say who you are; the mail is for ${userArn}`;
  return `AWS does not let you read the parameter ${parameterName} in Region ${region}, ${whose}. Ask your AWS administrators for ssm:GetParameter on it, and for kms:Decrypt if they encrypt it with a key of their own.`;
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && /^AccessDenied/.test(error.name);
}
