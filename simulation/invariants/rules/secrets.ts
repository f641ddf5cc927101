/** Invariant 5. */
import type { Findings, Rule } from './rule.ts';

export const secrets: Rule = {
  statement: 'No secret in a log, an error, a report, or in plaintext in the table',

  textWritten: ({ where, secrets: found }): Findings =>
    found.length === 0 ? [undefined] : found.map((secret) => `${secret} is in ${where}`),

  pairMailed({ key, to, addresses }, { mailDomain }): Findings {
    const isAllowed = mailDomain === undefined || to.endsWith(`@${mailDomain}`);
    return [
      addresses.some((address) => address?.toLowerCase() === to.toLowerCase())
        ? undefined
        : `${key.id} was mailed to ${to}, which is not in its user's tag`,
      isAllowed ? undefined : `${key.id} was mailed to ${to}, outside the allowed domain`,
    ];
  },
};
