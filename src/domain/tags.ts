/**
 * What the tags of an IAM user ask for. Tag values are untrusted input: a mistake is that one
 * user's problem and is told in words.
 */
import { isAddress } from './address.ts';
import type { Tag } from './identity.ts';
import { ALLOWED_DAYS, MAX_DAYS, wholeNumber } from './limits.ts';

/** The tags of a managed user, read and checked. */
export interface UserTags {
  readonly address: string;
  readonly rotateAfterDays?: number;
  readonly deleteAfterDays?: number;
  readonly deactivateAfterDays?: number;
  /** Help text for the mail, empty when there is none. */
  readonly instructions: string;
}

export type TagReading =
  | { readonly kind: 'unmanaged' }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }
  | { readonly kind: 'managed'; readonly tags: UserTags };

/** The names a tag may have, in upper case; instructions are numbered besides. */
export const EMAIL_TAG = 'IKR:EMAIL';
const DAY_TAGS = {
  'IKR:ROTATE_AFTER_DAYS': 'rotateAfterDays',
  'IKR:DELETE_AFTER_DAYS': 'deleteAfterDays',
  'IKR:DEACTIVATE_AFTER_DAYS': 'deactivateAfterDays',
} as const;
const INSTRUCTION_TAG = /^IKR:INSTRUCTION_(0|[1-9]\d{0,2})$/;

/** The names that mean something, the instructions by their first. */
export const KNOWN_TAGS = [EMAIL_TAG, ...Object.keys(DAY_TAGS), 'IKR:INSTRUCTION_0'];

/**
 * A tag key as names are compared: without regard to the case of ASCII letters, as IAM does. Unicode
 * has more letters whose capital is an I, K or S: in whose key one of them stands, that is another
 * tag, and no way around a policy on who may set `IKR:EMAIL`.
 */
export function tagName(key: string): string {
  return key.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** What is wrong with one `IKR:` tag, in words; `undefined` when nothing is or when it is not ours. */
export function tagProblem({ key, value }: Tag): string | undefined {
  const name = tagName(key);
  if (name === EMAIL_TAG) {
    return isAddress(value) ? undefined : `${name} is ${quote(value)}, which is no mail address`;
  }
  if (name in DAY_TAGS) {
    return wholeNumber(value, MAX_DAYS) === undefined
      ? `${name} is ${quote(value)}; allowed: ${ALLOWED_DAYS}`
      : undefined;
  }
  return undefined;
}

/** Whether a tag key in the `IKR:` namespace is one that means something. */
export function isKnownTag(key: string): boolean {
  const name = tagName(key);
  return name === EMAIL_TAG || name in DAY_TAGS || INSTRUCTION_TAG.test(name);
}

/** Reads the tags of a user; keys are compared without regard to case, as IAM does. */
export function readTags(tags: readonly Tag[]): TagReading {
  const address = tags.find(({ key }) => tagName(key) === EMAIL_TAG)?.value;
  if (address === undefined) return { kind: 'unmanaged' };

  const problems = tags.map(tagProblem).filter((problem) => problem !== undefined);
  if (problems.length > 0) return { kind: 'invalid', problems };

  const days: { -readonly [Key in (typeof DAY_TAGS)[keyof typeof DAY_TAGS]]?: number } = {};
  for (const { key, value } of tags) {
    const name = tagName(key);
    if (isDayTag(name)) days[DAY_TAGS[name]] = Number(value);
  }
  return { kind: 'managed', tags: { address, ...days, instructions: instructionsOf(tags) } };
}

function isDayTag(name: string): name is keyof typeof DAY_TAGS {
  return name in DAY_TAGS;
}

/** The numbered instruction tags, joined by one space in numeric order: 10 comes after 9. */
function instructionsOf(tags: readonly Tag[]): string {
  return tags
    .flatMap(({ key, value }) => {
      const number = INSTRUCTION_TAG.exec(tagName(key))?.[1];
      return number === undefined ? [] : [{ number: Number(number), value }];
    })
    .sort((a, b) => a.number - b.number)
    .map(({ value }) => value)
    .join(' ');
}

/** A hostile value in a message: quoted, one line, and not longer than a message should be. */
function quote(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
