/**
 * Where an engine differs from the local account, and the AWS documentation that decides: in every
 * case it agrees with the local account, or decides nothing that the product reads.
 *
 * Each entry is a test that must fail. When an engine comes to agree, the test tells so, and the
 * entry is to be struck off.
 */
interface Difference {
  /** Names of the tests, in the contract or among the calls answered side by side. */
  readonly tests: readonly string[];
  /** What the engine does. */
  readonly engine: string;
  /** What decides: the page of the AWS documentation, and what it says. */
  readonly decides: string;
}

const IAM = 'https://docs.aws.amazon.com/IAM/latest';
const SSM = 'https://docs.aws.amazon.com/systems-manager/latest/APIReference';
const SES = 'https://docs.aws.amazon.com/ses/latest';
const DYNAMODB = 'https://docs.aws.amazon.com/amazondynamodb/latest/APIReference';

/** moto, in the contract of the local account. */
const BEHAVIOUR: readonly Difference[] = [
  {
    tests: ['describes a user with path, ID, ARN, date and tags', 'tells one user with tags'],
    engine: 'moto makes up unique IDs of 20 small letters and digits',
    decides: `${IAM}/UserGuide/reference_identifiers.html: the unique ID of a user begins with AIDA`,
  },
  {
    tests: ['dates users in whole seconds', 'lists keys without their secrets, in whole seconds'],
    engine: 'moto dates with milliseconds',
    decides: `${IAM}/APIReference/API_ListAccessKeys.html: the sample response has whole seconds`,
  },
  {
    tests: [
      'pages through all users, each once',
      'goes on paging after the last user shown was deleted',
      'pages through the tags of a user',
      'pages through the keys of a user',
    ],
    engine: 'moto ignores MaxItems, and in some lists Marker',
    decides: `${IAM}/APIReference/API_ListUsers.html: no more than MaxItems, and Marker tells where to go on; API_GetAccountAuthorizationDetails, API_ListUserTags and API_ListAccessKeys say the same`,
  },
  {
    tests: ['refuses a page size beyond 1000'],
    engine: 'moto takes any page size',
    decides: `${IAM}/APIReference/API_GetAccountAuthorizationDetails.html: MaxItems is 1 to 1000`,
  },
  {
    tests: [
      'tells tag keys of different case as one',
      'refuses tags with keys that differ in case alone',
    ],
    engine: 'moto tells tag keys by their case',
    decides: `${IAM}/UserGuide/id_tags.html: tag keys of users are not case-sensitive, but keep their case`,
  },
  {
    tests: [
      'refuses tags with a comma in a value',
      'refuses tags with an angle bracket',
      'refuses tags with a key of 129',
      'refuses tags with a value of 257',
    ],
    engine: 'moto does not check the tags of users',
    decides: `${IAM}/APIReference/API_Tag.html: patterns and lengths of key and value`,
  },
  {
    tests: ['refuses the fifty-first tag'],
    engine: 'moto takes any number of tags',
    decides: `${IAM}/UserGuide/reference_iam-quotas.html: 50 tags a user`,
  },
  {
    tests: ['makes a credential report with a row a user'],
    engine: 'moto reports no root user, and not_supported where there is nothing to tell',
    decides: `${IAM}/UserGuide/id_credentials_getting-report.html: the first row is <root_account>; where a key was never used, the field is N/A`,
  },
  {
    tests: [
      'denies to tell the last use of a key that does not exist',
      'GetAccessKeyLastUsed of no key',
    ],
    engine: 'moto answers NoSuchEntity',
    decides: `${IAM}/APIReference/API_GetAccessKeyLastUsed.html lists no NoSuchEntity. The product takes either for what it is worth: only NoSuchEntity says that a key is gone. The local account has a knob for both`,
  },
  {
    tests: ['refuses a user name that IAM does not allow'],
    engine: 'moto looks for a user of that name',
    decides: `${IAM}/APIReference/API_ListAccessKeys.html: UserName has the pattern [\\w+=,.@-]+`,
  },
  {
    tests: ['shows a SecureString only with decryption'],
    engine: 'moto puts the value behind kms:<key>:, in clear',
    decides: `${SSM}/API_GetParameter.html: WithDecryption returns decrypted values; without it they are encrypted`,
  },
  {
    tests: [
      'refuses 4,097 bytes',
      'refuses an @ in the name',
      'refuses a plus sign in the name',
      'refuses a path that does not begin with a slash',
      'refuses an empty path element',
      'refuses the sixteenth level of a path',
    ],
    engine: 'moto checks neither the length of a value nor most of what a name may be',
    decides: `${SSM}/API_PutParameter.html: 4 KB for a standard parameter; names of a-zA-Z0-9_.- and /, with a leading slash, at most 15 levels`,
  },
  {
    tests: ['refuses a comma in a tag'],
    engine: 'moto does not check the tags of parameters',
    decides: `${SSM}/API_Tag.html: patterns of key and value`,
  },
  {
    tests: ['tells that sending is enabled', 'GetAccountSendingEnabled'],
    engine: 'moto does not know the call and answers 500',
    decides: `${SES}/APIReference/API_GetAccountSendingEnabled.html: Enabled is true or false`,
  },
];

/** moto, answering the same calls side by side with the local account. */
const MOTO_ANSWERS: readonly Difference[] = [
  {
    tests: ['GetAccountAuthorizationDetails', 'ListUsers', 'GetUser'],
    engine: 'moto makes up unique IDs of 20 small letters and digits, and shows empty policy lists',
    decides: `${IAM}/UserGuide/reference_identifiers.html; ${IAM}/APIReference/API_UserDetail.html: UserPolicyList need not be there`,
  },
  {
    tests: ['ListAccessKeys', 'ListAccountAliases'],
    engine: 'moto leaves IsTruncated out of lists that it does not page',
    decides: `${IAM}/APIReference/API_ListAccessKeys.html and API_ListAccountAliases: the sample responses have it, false`,
  },
  {
    tests: ['UpdateAccessKey to no status'],
    engine: 'moto takes any status',
    decides: `${IAM}/APIReference/API_UpdateAccessKey.html: Active, Inactive or Expired`,
  },
  {
    tests: ['GetCallerIdentity'],
    engine: 'moto takes an unknown caller for its own user, the local account for a role session',
    decides: `https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: for an assumed role the ARN and ID of its session`,
  },
  {
    tests: ['GetIdentityVerificationAttributes'],
    engine: 'moto tells a verification token of a mail address',
    decides: `${SES}/APIReference/API_IdentityVerificationAttributes.html: it is null for mail addresses`,
  },
  {
    tests: ['SendEmail from a stranger'],
    engine: 'moto says “Email address not verified …”',
    decides: `${SES}/dg/troubleshoot-error-messages.html: “Email address is not verified. The following identities failed the check in region …”`,
  },
  {
    tests: [
      'UpdateAccessKey of no key',
      'DeleteAccessKey again',
      'GetCredentialReport too early',
      'GetParameter of none',
      'AddTagsToResource of none',
      'DeleteParameter again',
    ],
    engine: 'moto uses other words; SSM has none where the local account has none',
    decides: `${IAM}/APIReference/CommonErrors.html and ${SSM}/CommonErrors.html: an error is its code and status, which agree; the product reads no message of these services`,
  },
];

/** DynamoDB Local, answering the same calls side by side with the local account. */
const TABLE_ANSWERS: readonly Difference[] = [
  {
    tests: ['PutItem without a key', 'PutItem into no table', 'GetItem with half a key'],
    engine: 'DynamoDB Local uses other words',
    decides:
      'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html: an error is its code and status, which agree; the words there are those of the local account',
  },
  {
    tests: ['DeleteItem again'],
    engine: 'DynamoDB Local tells the consumed capacity unasked',
    decides: `${DYNAMODB}/API_DeleteItem.html: ConsumedCapacity is returned only if it was asked for`,
  },
];

const testsOf = (differences: readonly Difference[]) =>
  new Set(differences.flatMap(({ tests }) => tests));

export const DIFFERENT_BEHAVIOUR: ReadonlySet<string> = testsOf(BEHAVIOUR);
export const DIFFERENT_ANSWERS: ReadonlySet<string> = testsOf([
  ...BEHAVIOUR,
  ...MOTO_ANSWERS,
  ...TABLE_ANSWERS,
]);
