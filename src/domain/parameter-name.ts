/**
 * The SSM parameter of a user's content key: `/ikr/secret/iam/<user name>`.
 *
 * IAM user names may hold `+ = , @`, parameter names only `a-zA-Z0-9_.-/`
 * (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html).
 * Those characters become `_x2B_` and the like; an underscore before an `x` becomes `_x5F_`, so
 * that every name has one encoding and every encoding one name.
 *
 * Where another user's rotation has the name, because that user was called so before, the user's ID
 * follows after `_x2F_`: a slash, which no user name holds.
 */
export const PARAMETER_PREFIX = '/ikr/secret/iam/';

const IAM_USER_NAME = /^[\w+=,.@-]{1,64}$/;
const IAM_USER_ID = /^[A-Z0-9]{1,128}$/;
const BEFORE_ID = '_x2F_';

/**
 * The parameter name of a user.
 * @throws RangeError when the text is no IAM user name, and so might leave the prefix
 */
export function parameterNameOf(userName: string): string {
  if (!IAM_USER_NAME.test(userName)) {
    throw new RangeError(`${JSON.stringify(userName)} is no IAM user name`);
  }
  const encoded = userName.replace(
    /[+=,@]|_(?=x)/g,
    (char) => `_x${char.charCodeAt(0).toString(16).toUpperCase()}_`,
  );
  return PARAMETER_PREFIX + encoded;
}

/**
 * A parameter name that no other user ever has.
 * @throws RangeError when the texts are no IAM user name and ID
 */
export function ownParameterNameOf(userName: string, userId: string): string {
  if (!IAM_USER_ID.test(userId))
    throw new RangeError(`${JSON.stringify(userId)} is no IAM user ID`);
  return parameterNameOf(userName) + BEFORE_ID + userId;
}

/** The user name a parameter name stands for; `undefined` when it is none of ours. */
export function userNameOf(parameterName: string): string | undefined {
  if (!parameterName.startsWith(PARAMETER_PREFIX)) return undefined;
  const [userName = '', userId, ...others] = parameterName
    .slice(PARAMETER_PREFIX.length)
    .replace(/_x([0-9A-F]{2})_/g, (_match, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .split('/');
  if (!IAM_USER_NAME.test(userName) || others.length > 0) return undefined;
  if (userId !== undefined && !IAM_USER_ID.test(userId)) return undefined;
  const name =
    userId === undefined ? parameterNameOf(userName) : ownParameterNameOf(userName, userId);
  return name === parameterName ? userName : undefined;
}
