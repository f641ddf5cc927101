/**
 * Errors as a person at a terminal reads them: what is wrong, and what to do about it.
 */
import { describeError } from '../ports/errors.ts';
import { shown } from './terminal.ts';

/** What the explanation may have to name. */
export interface Circumstances {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
}

interface Explanation {
  readonly names: RegExp;
  /** For errors that the name alone does not tell apart. */
  readonly message?: RegExp;
  readonly tell: (message: string, circumstances: Circumstances) => string;
}

const signIn = ({ profile }: Circumstances) =>
  profile === undefined
    ? 'Sign in again (with IAM Identity Center: aws sso login), or choose another profile with --profile NAME.'
    : `Sign in again (with IAM Identity Center: aws sso login --profile ${profile}), or choose another profile.`;

const here = ({ region }: Circumstances) => (region === undefined ? '' : ` in Region ${region}`);

/** The first that fits counts. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    names: /^(ExpiredToken(Exception)?|TokenProviderError|RequestExpired)$/,
    tell: (_, circumstances) => `Your AWS credentials have expired. ${signIn(circumstances)}`,
  },
  {
    names: /^CredentialsProviderError$/,
    message: /expired|SSO session|sso login/i,
    tell: (_, circumstances) =>
      `Your AWS session has expired or was never begun. ${signIn(circumstances)}`,
  },
  {
    names: /^CredentialsProviderError$/,
    tell: (_, { profile }) =>
      profile === undefined
        ? 'There are no AWS credentials. Choose a profile with --profile NAME or AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
        : `There is no AWS profile ${profile}, or no credentials come of it. See which there are: aws configure list-profiles`,
  },
  {
    names: /^(SignatureDoesNotMatch|InvalidSignatureException|RequestTimeTooSkewed)$/,
    message: /expired|not yet current|too skewed|difference between/i,
    tell: (message) => `The clock of this computer is wrong, so AWS refuses its calls: ${message}`,
  },
  {
    names:
      /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure|IncompleteSignature)$/,
    tell: (_, { profile }) =>
      `AWS refuses these credentials${profile === undefined ? '' : ` (profile ${profile})`}: the access key is inactive, deleted or mistyped, or it is of another partition. Choose other credentials with --profile NAME.`,
  },
  {
    names: /^AccessDenied(Exception)?$/,
    tell: (message) => `AWS does not allow this: ${message || 'access denied'}`,
  },
  {
    names: /^Error$/,
    message: /^Region is missing/,
    tell: () =>
      'Which AWS Region? Give --region NAME, or set AWS_REGION or a region in the profile.',
  },
  {
    names: /^Error$/,
    message: /^Region not accepted/,
    tell: (_, { region }) => `${region ?? 'This'} is no AWS Region: check --region and AWS_REGION.`,
  },
  {
    names: /./,
    message: /ENOTFOUND|EAI_AGAIN/,
    tell: (message, circumstances) =>
      `AWS can't be reached${here(circumstances)}: is the Region's name right, and the network up? (${message})`,
  },
  {
    names: /./,
    message: /ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|socket hang up/,
    tell: (message) => `AWS can't be reached: is the network up? (${message})`,
  },
  {
    names: /^TimeoutError$/,
    tell: (message) => `AWS does not answer: is the network up? (${message})`,
  },
  {
    names: /^(Throttling|ThrottlingException|TooManyRequestsException|ProvisionedThroughput)/,
    tell: () => 'AWS was asked too often. Wait a minute and try again.',
  },
];

/** Errors whose message was written for a person, the first three in lines of its own. */
const OWN = /^(Failure|UsageError)$/;
const OWN_LINE = /^SealError$/;

/** One or more lines that say what is wrong and what to do; never an object, never a secret. */
export function explain(error: unknown, circumstances: Circumstances): string {
  if (!(error instanceof Error)) return String(error);
  if (OWN.test(error.name)) return error.message;
  // A service, the network or a person's hand may have put anything into the others.
  return shown(explainOther(error, circumstances));
}

function explainOther(error: Error, circumstances: Circumstances): string {
  if (OWN_LINE.test(error.name)) return error.message;
  const message = textOf(error);
  const found = EXPLANATIONS.find(
    (one) => one.names.test(error.name) && (one.message?.test(message) ?? true),
  );
  return found ? found.tell(error.message, circumstances) : describeError(error);
}

/** What an error says of itself: for some network errors only the code and the parts do. */
function textOf(error: Error & { code?: unknown; errors?: unknown }): string {
  const parts = Array.isArray(error.errors) ? error.errors.map(String) : [];
  return [error.message, String(error.code ?? ''), ...parts].join(' ').trim();
}
