/**
 * The password that a mailer logs in with.
 */
import type { MailerServices } from './plugin.ts';
import { messageOf, quote } from './words.ts';

/** Why a mailer cannot work yet, and what to do about it. */
export interface Problem {
  readonly problem: string;
}

/** Reads a password from its parameter; whoever could not read it has sent nothing. */
export async function readPassword(
  { readSecret }: Pick<MailerServices, 'readSecret'>,
  parameter: string,
): Promise<{ readonly password: string } | Problem> {
  try {
    const password = (await readSecret(parameter)).reveal();
    if (password) return { password };
    return { problem: `the parameter ${parameter} is empty` };
  } catch (error) {
    return { problem: `the parameter ${parameter} cannot be read: ${quote(messageOf(error))}` };
  }
}

/** A password in the forms in which it crosses the wire, for whoever must not show it. */
export function formsOf(user: string, password: string): string[] {
  const pairs = [`\0${user}\0${password}`, `${user}:${password}`];
  return [password, ...[password, ...pairs].map((text) => Buffer.from(text).toString('base64'))];
}
