import { ServiceError } from './wire.ts';

export interface Tag {
  key: string;
  value: string;
}

const TAGS_PER_USER = 50;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Names of IAM users: 64 characters when created, 128 where one is looked up. */
export function checkUserName(name: string, max = 128): void {
  if (name === '' || name.length > max) {
    throw invalid('userName', name, `Member must have length less than or equal to ${max}`);
  }
  if (!/^[\w+=,.@-]+$/.test(name)) {
    const allowed = 'alphanumeric characters and/or the following: +=,.@_-';
    const message = `The specified value for userName is invalid. It must contain only ${allowed}`;
    throw new ServiceError('ValidationError', message);
  }
}

/** A path begins and ends with a slash. */
export function checkPath(path: string): void {
  if (path.length > 512 || !/^\/([\x21-\x7e]+\/)?$/.test(path)) {
    const message = 'The specified value for path is invalid. It must begin and end with /';
    throw new ServiceError('ValidationError', message);
  }
}

export function checkAccessKeyId(id: string): void {
  if (id.length < 16 || id.length > 128 || !/^\w+$/.test(id)) {
    throw invalid('accessKeyId', id, 'Member must satisfy regular expression pattern: [\\w]+');
  }
}

export function checkStatus(status: string): 'Active' | 'Inactive' {
  if (status === 'Active' || status === 'Inactive') return status;
  const allowed = 'Member must satisfy enum value set: [Active, Inactive]';
  throw invalid('status', status, allowed);
}

/** Checks tags that are to be added to those a user has, by lower-cased key. */
export function checkTags(present: ReadonlyMap<string, Tag>, added: readonly Tag[]): void {
  for (const [index, { key, value }] of added.entries()) {
    const at = `tags.${index + 1}.member`;
    if (key === '') throw invalid(`${at}.key`, key, minimum(1));
    if (key.length > 128) throw invalid(`${at}.key`, key, maximum(128));
    if (value.length > 256) throw invalid(`${at}.value`, value, maximum(256));
    if (!TAG_TEXT.test(key)) throw invalid(`${at}.key`, key, pattern('+'));
    if (!TAG_TEXT.test(value)) throw invalid(`${at}.value`, value, pattern('*'));
  }
  if (added.length > TAGS_PER_USER) throw invalid('tags', '[…]', maximum(TAGS_PER_USER));
  const keys = added.map(({ key }) => key.toLowerCase());
  if (new Set(keys).size < keys.length) {
    const message = 'Duplicate tag keys found. Please note that Tag keys are case insensitive.';
    throw new ServiceError('InvalidInput', message);
  }
  if (new Set([...present.keys(), ...keys]).size > TAGS_PER_USER) {
    const message = `The number of tags has reached the maximum limit.`;
    throw new ServiceError('LimitExceeded', message, 409);
  }
}

const minimum = (length: number) => `Member must have length greater than or equal to ${length}`;
const maximum = (length: number) => `Member must have length less than or equal to ${length}`;
const pattern = (repeat: string) =>
  `Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]${repeat}`;

/** The error of IAM's model validation. */
export function invalid(name: string, value: string, constraint: string): ServiceError {
  const problem = `Value '${value}' at '${name}' failed to satisfy constraint: ${constraint}`;
  return new ServiceError('ValidationError', `1 validation error detected: ${problem}`);
}
