/**
 * The SSM parameter of a user's content key: `/ikr/secret/iam/<user name>/<user ID>`.
 *
 * The ID is what a policy allows a user to read (`${aws:userid}`), so a namesake has another parameter;
 * the name is for people. IAM user names may hold `+ = , @`, parameter names only `a-zA-Z0-9_.-/`
 * (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html).
 * Those characters become `_x2B_` and the like; an underscore before an `x` becomes `_x5F_`, so
 * that every name has one encoding and every encoding one name.
 */
export const CONTENT_KEY_PREFIX = '/ikr/secret/iam/';

const IAM_USER_NAME = /^[\w+=,.@-]{1,64}$/;
const IAM_USER_ID = /^\w{1,128}$/;

/**
 * The parameter name of a user.
 * @throws RangeError when the texts are no IAM user name and ID, and so might leave the prefix
 */
export function contentKeyNameOf(userName: string, userId: string): string {
  if (!IAM_USER_NAME.test(userName)) {
    throw new RangeError(`${JSON.stringify(userName)} is no IAM user name`);
  }
  if (!IAM_USER_ID.test(userId)) {
    throw new RangeError(`${JSON.stringify(userId)} is no IAM user ID`);
  }
  const encoded = userName.replace(
    /[+=,@]|_(?=x)/g,
    (char) => `_x${char.charCodeAt(0).toString(16).toUpperCase()}_`,
  );
  return `${CONTENT_KEY_PREFIX}${encoded}/${userId}`;
}

/** The user name that a parameter name was made from; `undefined` when it is none of ours. */
export function userNameOf(parameterName: string): string | undefined {
  if (!parameterName.startsWith(CONTENT_KEY_PREFIX)) return undefined;
  const [encoded = '', userId = '', ...others] = parameterName
    .slice(CONTENT_KEY_PREFIX.length)
    .split('/');
  if (others.length > 0 || !IAM_USER_ID.test(userId)) return undefined;
  const userName = encoded.replace(/_x([0-9A-F]{2})_/g, (_match, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  if (!IAM_USER_NAME.test(userName)) return undefined;
  return contentKeyNameOf(userName, userId) === parameterName ? userName : undefined;
}

/** Whether a parameter name is that of this user, under whatever name. */
export function isContentKeyName(
  parameterName: string,
  { userId }: { readonly userId: string },
): boolean {
  return userNameOf(parameterName) !== undefined && parameterName.split('/').at(-1) === userId;
}
