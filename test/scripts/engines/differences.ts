/**
 * Where an engine differs from the local account, and the AWS documentation that decides: in every
 * case it agrees with the local account, or decides nothing that the product reads.
 *
 * What is named here must differ. When an engine comes to agree, the tests tell so, and the entry is
 * to be struck off.
 */

import { deniableCalls } from './support/calls.ts';

interface Difference {
  /** Tests of the contract (test/support/account/contract) that the engine fails. */
  readonly contract?: readonly string[];
  /** Calls answered side by side, each with what differs in the answer; the rest is compared. */
  readonly calls?: Readonly<Record<string, readonly string[] | typeof WHOLE>>;
  /** What the engine does. */
  readonly engine: string;
  /** What decides: the page of the AWS documentation, and what it says. */
  readonly decides: string;
}

/** The engine does not know the call, or does something else: nothing is left to compare. */
export const WHOLE = 'the whole answer';

const IAM = 'https://docs.aws.amazon.com/IAM/latest';
const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/api';
const SSM = 'https://docs.aws.amazon.com/systems-manager/latest/APIReference';
const SES = 'https://docs.aws.amazon.com/ses/latest';
const DYNAMODB = 'https://docs.aws.amazon.com/amazondynamodb/latest';

const MOTO: readonly Difference[] = [
  {
    contract: ['gives users unique IDs that begin with AIDA'],
    calls: {
      GetAccountAuthorizationDetails: ['UserDetailList.*.UserId'],
      ListUsers: ['Users.*.UserId'],
      GetUser: ['User.UserId'],
      'GetUser without tags': ['User.UserId'],
    },
    engine: 'moto makes up unique IDs of 20 small letters and digits',
    decides: `${IAM}/UserGuide/reference_identifiers.html: the unique ID of a user begins with AIDA`,
  },
  {
    calls: {
      GetAccountAuthorizationDetails: ['UserDetailList.*.UserPolicyList', 'UserDetailList.1.Tags'],
    },
    engine: 'moto shows an empty list of policies, and no empty list of tags',
    decides: `${IAM}/APIReference/API_UserDetail.html: neither list has to be there; the product reads no policies, and no tags where there is no list`,
  },
  {
    contract: ['dates users in whole seconds', 'dates keys in whole seconds'],
    engine: 'moto dates with milliseconds',
    decides: `${IAM}/APIReference/API_ListAccessKeys.html: the sample response has whole seconds`,
  },
  {
    contract: [
      'pages through all users, each once',
      'goes on paging after the last user shown was deleted',
      'pages through the tags of a user',
      'pages through the keys of a user',
    ],
    engine: 'moto ignores MaxItems, and in some lists Marker',
    decides: `${IAM}/APIReference/API_ListUsers.html: no more than MaxItems, and Marker tells where to go on; API_GetAccountAuthorizationDetails, API_ListUserTags and API_ListAccessKeys say the same`,
  },
  {
    calls: {
      ListAccessKeys: ['IsTruncated'],
      'ListAccessKeys of none': ['IsTruncated'],
      'ListAccessKeys after it': ['IsTruncated'],
      'ListAccessKeys with one less': ['IsTruncated'],
      ListAccountAliases: ['IsTruncated'],
    },
    engine: 'moto leaves IsTruncated out of lists that it does not page',
    decides: `${IAM}/APIReference/API_ListAccessKeys.html and API_ListAccountAliases.html: the sample responses have it, false`,
  },
  {
    contract: ['refuses a page size beyond 1000'],
    engine: 'moto takes any page size',
    decides: `${IAM}/APIReference/API_GetAccountAuthorizationDetails.html: MaxItems is 1 to 1000`,
  },
  {
    contract: [
      'tells tag keys of different case as one',
      'refuses tags with keys that differ in case alone',
    ],
    engine: 'moto tells tag keys by their case',
    decides: `${IAM}/UserGuide/id_tags.html: tag keys of users are not case-sensitive, but keep their case`,
  },
  {
    contract: [
      'refuses tags with a comma in a value',
      'refuses tags with an angle bracket',
      'refuses tags with a key of 129',
      'refuses tags with a value of 257',
    ],
    engine: 'moto does not check the tags of users',
    decides: `${IAM}/APIReference/API_Tag.html: patterns and lengths of key and value`,
  },
  {
    contract: ['refuses the fifty-first tag'],
    engine: 'moto takes any number of tags',
    decides: `${IAM}/UserGuide/reference_iam-quotas.html: 50 tags a user`,
  },
  {
    contract: ['refuses a user name that IAM does not allow'],
    engine: 'moto looks for a user of that name',
    decides: `${IAM}/APIReference/API_ListAccessKeys.html: UserName has the pattern [\\w+=,.@-]+`,
  },
  {
    calls: { 'UpdateAccessKey to no status': WHOLE },
    engine: 'moto takes any status',
    decides: `${IAM}/APIReference/API_UpdateAccessKey.html: Active, Inactive or Expired`,
  },
  {
    contract: ['denies to tell the last use of a key that does not exist'],
    calls: {
      'GetAccessKeyLastUsed of no key': WHOLE,
      'GetAccessKeyLastUsed of a deleted key': WHOLE,
    },
    engine: 'moto answers NoSuchEntity',
    decides: `${IAM}/APIReference/API_GetAccessKeyLastUsed.html lists no NoSuchEntity. The product takes either for what it is worth: only NoSuchEntity says that a key is gone. The local account has a knob for both`,
  },
  {
    contract: ['begins the credential report with the root user'],
    calls: { GetCredentialReport: ['Content.users.<root_account>'] },
    engine: 'moto reports no root user',
    decides: `${IAM}/UserGuide/id_credentials_getting-report.html: the account's root user has a row, <root_account>`,
  },
  {
    contract: ['says N/A in the credential report where there is nothing to tell'],
    calls: {
      GetCredentialReport: [
        'Content.users.*.password_last_used',
        'Content.users.*.password_last_changed',
        'Content.users.*.password_next_rotation',
        'Content.users.*.access_key_1_last_used_region',
        'Content.users.*.access_key_1_last_used_service',
        'Content.users.*.access_key_2_last_used_region',
        'Content.users.*.access_key_2_last_used_service',
      ],
    },
    engine:
      'moto reports not_supported where there is nothing to tell, and dates the password of who has none',
    decides: `${IAM}/UserGuide/id_credentials_getting-report.html: N/A for a user without a password, and for a key that was never used`,
  },
  {
    calls: { GetCredentialReport: ['GeneratedTime'] },
    engine: 'moto has made every report in February 2015',
    decides: `${IAM}/APIReference/API_GetCredentialReport.html: GeneratedTime is when the report was created`,
  },
  {
    calls: {
      'UpdateAccessKey of another': ['message'],
      'UpdateAccessKey of no key': ['message'],
      'DeleteAccessKey of another': ['message'],
      'DeleteAccessKey again': ['message'],
      'GetCredentialReport too early': ['message'],
      'GetParameter of none': ['message'],
      'DeleteParameter again': ['message'],
    },
    engine: 'moto uses other words; SSM has none where the local account has none',
    decides: `${IAM}/APIReference/CommonErrors.html and ${SSM}/CommonErrors.html: an error is its code and status, which agree; the product reads no message of these services`,
  },
  {
    contract: ['hides a SecureString without decryption'],
    engine: 'moto puts the value behind kms:<key>:, in clear',
    decides: `${SSM}/API_GetParameter.html: WithDecryption returns decrypted values; without it they are encrypted`,
  },
  {
    contract: [
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
    contract: ['tells that sending is enabled'],
    calls: { GetAccountSendingEnabled: WHOLE },
    engine: 'moto does not know the call and answers 500',
    decides: `${SES}/APIReference/API_GetAccountSendingEnabled.html: Enabled is true or false`,
  },
  {
    calls: { GetIdentityVerificationAttributes: ['VerificationAttributes.*.VerificationToken'] },
    engine: 'moto tells a verification token of a mail address',
    decides: `${SES}/APIReference/API_IdentityVerificationAttributes.html: it is null for mail addresses`,
  },
  {
    calls: { 'SendEmail from a stranger': ['message'] },
    engine: 'moto says “Email address not verified …”',
    decides: `${SES}/dg/troubleshoot-error-messages.html: “Email address is not verified. The following identities failed the check in region …”`,
  },
  {
    calls: { 'SendEmail to half an address': ['message'] },
    engine: 'moto says “Missing domain”',
    decides: `${SES}/APIReference/CommonErrors.html: an error is its code and status, which agree; of the message, the product reads only whether it names the sender`,
  },
  {
    contract: ['refuses a mail to fifty-one recipients'],
    calls: { 'SendEmail to fifty-one': ['name', 'message'] },
    engine: 'moto answers MessageRejected',
    decides: `${SES}/APIReference/API_SendEmail.html and CommonErrors.html: no more than 50 recipients; InvalidParameterValue is for values out of range. To the product, both mean that the mail is refused`,
  },
  {
    contract: [
      'tells the version behind an alias, and which one none means',
      'takes the alias as a part of the name, and ARNs',
      'answers with the error of a function that fails, as an answer',
      'answers with an error when a function returns more than 6 MB',
      'queues an asynchronous invocation, and answers with nothing',
      'refuses an event that is no JSON',
      'refuses a function that does not exist',
      'refuses an alias that does not exist',
    ],
    calls: {
      Invoke: ['ExecutedVersion'],
      'Invoke of none': WHOLE,
      'Invoke through an alias that is none': WHOLE,
    },
    engine: 'moto runs functions in Docker; without it, any name is answered with the event itself',
    decides: `${LAMBDA}/API_Invoke.html: the version is a member of the answer, an asynchronous invocation is answered with 202 and no payload, and the errors are listed with their status`,
  },
];

/** moto, where every call is denied. */
const DENYING_MOTO: readonly Difference[] = [
  {
    calls: Object.fromEntries(Object.keys(deniableCalls).map((call) => [call, ['message']])),
    engine: 'moto names the caller and the action, as IAM does',
    decides: `${IAM}/UserGuide/troubleshoot_access-denied.html: the words depend on which policy denies; the product reads none of them`,
  },
];

const DYNAMODB_LOCAL: readonly Difference[] = [
  {
    calls: {
      'PutItem without a key': ['message'],
      'PutItem into no table': ['message'],
      'GetItem from no table': ['message'],
      'BatchGetItem from no table': ['message'],
      'Query of no table': ['message'],
      'DeleteItem from no table': ['message'],
      'GetItem with half a key': ['message'],
    },
    engine: 'DynamoDB Local uses other words',
    decides: `${DYNAMODB}/developerguide/Programming.Errors.html: an error is its code and status, which agree; the words there are those of the local account`,
  },
  {
    calls: { 'DeleteItem again': ['ConsumedCapacity'] },
    engine: 'DynamoDB Local tells the consumed capacity unasked',
    decides: `${DYNAMODB}/APIReference/API_DeleteItem.html: ConsumedCapacity is returned only if it was asked for`,
  },
];

/** Tests of the contract that moto fails. */
export const DIFFERENT_BEHAVIOUR: ReadonlySet<string> = new Set(
  MOTO.flatMap(({ contract = [] }) => contract),
);

/** What differs in the answers of an engine, by call. */
export type DifferentAnswers = ReadonlyMap<string, readonly string[] | typeof WHOLE>;
export const MOTO_ANSWERS = answersOf(MOTO);
export const DENYING_MOTO_ANSWERS = answersOf(DENYING_MOTO);
export const DYNAMODB_LOCAL_ANSWERS = answersOf(DYNAMODB_LOCAL);

function answersOf(differences: readonly Difference[]): DifferentAnswers {
  const byCall = new Map<string, readonly string[] | typeof WHOLE>();
  for (const [call, members] of differences.flatMap(({ calls = {} }) => Object.entries(calls))) {
    const others = byCall.get(call) ?? [];
    if (members === WHOLE || others === WHOLE) byCall.set(call, WHOLE);
    else byCall.set(call, [...others, ...members]);
  }
  return byCall;
}
