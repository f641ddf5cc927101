/**
 * The file of `ikr tag`: `{ "alice": { "IKR:EMAIL": "alice@example.com" } }`. It is checked as a
 * whole, so that nobody is tagged from a file with a mistake in it.
 */

import type { Tag } from '../domain/identity.ts';
import { isKnownTag, KNOWN_TAGS, readTags, tagName, tagProblem } from '../domain/tags.ts';
import { membersOf, placeOf } from './json-members.ts';
import { count, nearest } from './words.ts';

export interface WantedUser {
  readonly userName: string;
  readonly tags: readonly Tag[];
}

export interface Mistake {
  readonly line?: number;
  readonly user?: string;
  readonly tag?: string;
  readonly problem: string;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html and its data type Tag */
const LIMITS = { tagsPerUser: 50, key: 128, value: 256, userName: 64 } as const;
const USER_NAME = /^[\w+=,.@-]+$/;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const CHARACTERS = 'letters, digits, blanks and _ . : / = + - @';

/** Reads and checks the file. Users with mistakes are among the mistakes only. */
export function readUsersFile(text: string): { users: WantedUser[]; mistakes: Mistake[] } {
  const json = text.replace(/^\ufeff/, '');
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (error) {
    return { users: [], mistakes: [syntaxMistake(json, error)] };
  }
  if (!isObject(content)) {
    const problem = 'must be an object, as { "alice": { "IKR:EMAIL": "alice@example.com" } }';
    return { users: [], mistakes: [{ line: 1, problem: `the file ${problem}` }] };
  }
  if (Object.keys(content).length === 0) {
    return { users: [], mistakes: [{ line: 1, problem: 'the file names no user' }] };
  }

  const places = placesIn(json);
  const mistakes = [...places.duplicates];
  const users: WantedUser[] = [];
  for (const [userName, tags] of Object.entries(content)) {
    const found = userMistakes(userName, tags);
    mistakes.push(
      ...found.map((mistake) => ({
        ...place(places.lines.get(pathKey(userName, mistake.tag))),
        user: userName,
        ...mistake,
      })),
    );
    if (found.length === 0) users.push({ userName, tags: toTags(tags as TagsObject) });
  }
  return { users, mistakes: mistakes.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

function syntaxMistake(json: string, error: unknown): Mistake {
  const message = error instanceof Error ? error.message : String(error);
  const offset = / at position (\d+)/.exec(message)?.[1];
  const at = offset === undefined ? undefined : placeOf(json, Number(offset));
  const words = message.replace(/ in JSON at position.*$/, '');
  return {
    ...place(at?.line),
    problem: `the file is no JSON: ${words}${at ? ` (column ${at.column})` : ''}`,
  };
}

/** The line of each user and tag, and those that come twice. */
function placesIn(json: string): { lines: Map<string, number>; duplicates: Mistake[] } {
  const lines = new Map<string, number>();
  const first = new Map<string, { name: string; line: number }>();
  const duplicates: Mistake[] = [];
  // Two users may stand in one line.
  let nthUser = 0;
  for (const { path, line } of membersOf(json)) {
    const [user = '', tag] = path;
    if (path.length > 2) continue;
    if (tag === undefined) nthUser += 1;
    lines.set(pathKey(user, tag), line);
    // IAM tells no case apart, neither in user names nor in tag keys.
    const name = tag ?? user;
    const key = tag === undefined ? user.toLowerCase() : JSON.stringify([nthUser, tagName(tag)]);
    const earlier = first.get(key);
    if (!earlier) {
      first.set(key, { name, line });
      continue;
    }
    const what = tag === undefined ? 'the user' : 'the tag';
    duplicates.push({
      line,
      user,
      ...(tag !== undefined && { tag }),
      problem:
        earlier.name === name
          ? `${what} is in the file twice, the first time in line ${earlier.line}`
          : `${what} is in line ${earlier.line} already, as ${earlier.name}; IAM tells no case apart`,
    });
  }
  return { lines, duplicates };
}

function userMistakes(userName: string, tags: unknown): Omit<Mistake, 'line' | 'user'>[] {
  const mistakes: Omit<Mistake, 'line' | 'user'>[] = [];
  if (!USER_NAME.test(userName) || userName.length > LIMITS.userName) {
    mistakes.push({
      problem: `this is no IAM user name: 1 to ${LIMITS.userName} letters, digits and + = , . @ _ -`,
    });
  }
  if (!isObject(tags)) {
    return [...mistakes, { problem: 'the tags must be an object, as { "IKR:EMAIL": "…" }' }];
  }
  const entries = Object.entries(tags);
  if (entries.length === 0) mistakes.push({ problem: 'there are no tags for this user' });
  if (entries.length > LIMITS.tagsPerUser) {
    mistakes.push({
      problem: `${entries.length} tags are too many: IAM takes ${LIMITS.tagsPerUser} a user`,
    });
  }
  const found = entries.flatMap(([tag, value]) =>
    tagMistakes(tag, value).map((problem) => ({ tag, problem })),
  );
  if (mistakes.length + found.length > 0) return [...mistakes, ...found];
  return contradiction(toTags(tags));
}

function tagMistakes(key: string, value: unknown): string[] {
  if (typeof value !== 'string') {
    const hint = typeof value === 'number' ? `: write "${value}"` : '';
    return [`the value must be a text in double quotes${hint}`];
  }
  if (key === '') return ['a tag needs a name'];
  // First of all: looking for the name that was meant takes long for a long one.
  if (key.length > LIMITS.key) {
    return [`the name has ${key.length} characters; IAM takes ${LIMITS.key}`];
  }
  const unknown = unknownName(key);
  if (unknown !== undefined) return [unknown];
  const own = tagProblem({ key, value })?.replace(/^\S+ /, 'the value ');
  if (own !== undefined) return [own];

  if (value.length > LIMITS.value) {
    return [
      `the value has ${value.length} characters; IAM takes ${LIMITS.value}${/^IKR:INSTRUCTION_/i.test(key) ? ': go on in the next IKR:INSTRUCTION_ tag' : ''}`,
    ];
  }
  const problems: string[] = [];
  if (/^aws:/i.test(key)) problems.push('names that begin with aws: belong to AWS');
  if (!TAG_TEXT.test(key)) problems.push(`the name may hold ${CHARACTERS}`);
  const strange = [...new Set(value.match(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu) ?? [])];
  if (strange.length > 0) {
    problems.push(
      `the value holds ${strange.map((one) => JSON.stringify(one)).join(' ')}; IAM takes ${CHARACTERS}`,
    );
  }
  return problems;
}

/** A name of ours that means nothing, or one that is nearly ours. */
function unknownName(key: string): string | undefined {
  if (isKnownTag(key)) return undefined;
  const name = tagName(key);
  if (/^IKR:INSTRUCTION/.test(name)) {
    return 'instructions are numbered: IKR:INSTRUCTION_0, IKR:INSTRUCTION_1, … up to 999';
  }
  const ours = name.startsWith('IKR:');
  const meant = nearest(name, KNOWN_TAGS, ours ? 6 : 2);
  if (!ours && meant === undefined) return undefined;
  return `there is no tag of this name; ${meant === undefined ? `there are ${KNOWN_TAGS.join(', ')}` : `did you mean ${meant}?`}`;
}

/** Deactivation is a stage before the deletion. */
export function contradiction(tags: readonly Tag[]): Omit<Mistake, 'line' | 'user'>[] {
  const reading = readTags([...tags, { key: 'IKR:EMAIL', value: 'any@example.com' }].reverse());
  if (reading.kind !== 'managed') return [];
  const { deactivateAfterDays: deactivate, deleteAfterDays: remove } = reading.tags;
  if (deactivate === undefined || remove === undefined || deactivate < remove) return [];
  return [
    {
      tag: 'IKR:DEACTIVATE_AFTER_DAYS',
      problem: `${count(deactivate, 'day')} must be less than the ${count(remove, 'day')} of IKR:DELETE_AFTER_DAYS`,
    },
  ];
}

type TagsObject = Readonly<Record<string, unknown>>;

function toTags(tags: TagsObject): Tag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value: String(value) }));
}

function isObject(value: unknown): value is TagsObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pathKey(user: string, tag: string | undefined): string {
  return JSON.stringify(tag === undefined ? [user] : [user, tag]);
}

function place(line: number | undefined): { line?: number } {
  return line === undefined ? {} : { line };
}
