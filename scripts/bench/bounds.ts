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

/**
 * Calls of which each needs the answer to the one before: the pages, and for a due user the ID of
 * the old key, the new key, the write, the mail and the timer. (The content key can be put meanwhile.)
 */
const ONE_AFTER_ANOTHER = 5;

/**
 * The shortest time in which those calls fit through the services' rates, or, if that is longer, in
 * which those that wait for one another are answered, everybody's at the same time.
 */
export function wallMsOfRun({
  users,
  due,
  latencyMs,
  iamPerSecond,
  sesPerSecond,
}: {
  readonly users: number;
  readonly due: number;
  readonly latencyMs: number;
  readonly iamPerSecond: number | null;
  readonly sesPerSecond: number | null;
}): number {
  const pages = Math.ceil(users / USERS_A_PAGE);
  const chain = ((pages + (due > 0 ? ONE_AFTER_ANOTHER : 0)) * latencyMs) / 1000;
  const iam = iamPerSecond ? (pages + 2 + due * IAM_A_DUE_USER) / iamPerSecond : 0;
  const ses = sesPerSecond ? due / sesPerSecond : 0;
  return Math.round(Math.max(chain, iam, ses) * 1000);
}
