/**
 * The calls that no design could do without, to hold the figures against.
 *
 * For everybody: a page a thousand users (IAM's largest), the credential report (asked for and
 * fetched), and one look at what is open. For a due user: the ID of the old key (the report does
 * not tell it), a new key, its content key, one durable write of the sealed pair before the mail,
 * the mail, and the timer. For an old key: whether its successor is in use, its deletion, that of
 * the content key, one write that the rotation is over, and the mail.
 */
const USERS_A_PAGE = 1000;
const FOR_EVERYBODY = 3;
const A_DUE_USER = 6;
const AN_OLD_KEY = 5;
/** Of a due user's calls: list and create. */
const IAM_A_DUE_USER = 2;

export function callsOfRun(users: number, due: number): number {
  return Math.ceil(users / USERS_A_PAGE) + FOR_EVERYBODY + due * A_DUE_USER;
}

export function callsOfExpiries(count: number): number {
  return count * AN_OLD_KEY;
}

/** The shortest time in which those calls fit through the services' rates. */
export function wallMsOfRun(
  users: number,
  due: number,
  { iamPerSecond, sesPerSecond }: { iamPerSecond?: number; sesPerSecond?: number },
): number {
  const iam = iamPerSecond
    ? (Math.ceil(users / USERS_A_PAGE) + 2 + due * IAM_A_DUE_USER) / iamPerSecond
    : 0;
  const ses = sesPerSecond ? due / sesPerSecond : 0;
  return Math.round(Math.max(iam, ses) * 1000);
}
