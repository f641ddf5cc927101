/**
 * The SSM parameter of a user's content key: `/ikr/secret/iam/<user name>`.
 *
 * IAM user names may hold `+ = , @`, parameter names only `a-zA-Z0-9_.-/`
 * (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html).
 * Those characters become `_x2B_` and the like; an underscore before an `x` becomes `_x5F_`, so
 * that every name has one encoding and every encoding one name.
 */
export const PARAMETER_PREFIX = '/ikr/secret/iam/';

const IAM_USER_NAME = /^[\w+=,.@-]{1,64}$/;

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

/** The user name a parameter name stands for; `undefined` when it is none of ours. */
export function userNameOf(parameterName: string): string | undefined {
  if (!parameterName.startsWith(PARAMETER_PREFIX)) return undefined;
  const userName = parameterName
    .slice(PARAMETER_PREFIX.length)
    .replace(/_x([0-9A-F]{2})_/g, (_match, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return IAM_USER_NAME.test(userName) && parameterNameOf(userName) === parameterName
    ? userName
    : undefined;
}
