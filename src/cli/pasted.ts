/** The one sealed key pair in what a person pasted, or a word on why there is not one. */
import { BEGIN_TOKEN, END_TOKEN, findTokens } from '../deliveries/mail/templates/token-block.ts';
import { readHeader } from '../sealing/seal.ts';
import { Failure } from './failure.ts';

/** @throws Failure when there is none, only a piece of one, or more than one */
export function theOneToken(pasted: string): string {
  const [token, ...others] = findTokens(pasted);
  if (token === undefined) throw new Failure(whyNone(pasted));
  if (others.length === 0) return token;
  const list = [token, ...others].map((one) => `- ${describe(one)}`);
  throw new Failure(
    [`There are ${list.length} sealed key pairs in it. Give one of them:`, ...list].join('\n'),
  );
}

function whyNone(pasted: string): string {
  if (pasted.trim() === '') return 'Nothing was given. Paste the mail with the new key.';
  const begins = pasted.includes(BEGIN_TOKEN);
  const ends = pasted.includes(END_TOKEN);
  if (begins !== ends) {
    return `A piece of the sealed key pair is missing: there is no ${begins ? 'END' : 'BEGIN'} line. Copy it again, all of it from BEGIN to END.`;
  }
  if (begins || /eyJ[\w-]{20,}/.test(pasted)) {
    return 'A piece of the sealed key pair is missing. Copy it again, all of it from BEGIN to END.';
  }
  return `There is no sealed key pair in it. In the mail it stands between these lines:\n${BEGIN_TOKEN}\n${END_TOKEN}\n(A mail that shows the secret access key itself is not sealed: use that key.)`;
}

function describe(token: string): string {
  try {
    const { userArn, rotationId } = readHeader(token);
    return `${userArn}, rotation ${rotationId}`;
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}
