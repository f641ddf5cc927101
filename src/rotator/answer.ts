/** The envelope around the answer to a command. */
import { ANSWER_SCHEMA, type Answer } from '../rotation/commands/answers.ts';
import { Refusal } from '../rotation/commands/refusal.ts';
import { VERSION } from '../runtime/version.ts';

const ENVELOPE = { schema: ANSWER_SCHEMA, version: VERSION };

/** The answer to a command: its result, or why it was refused. Anything else is an error. */
export async function answerWith(work: () => Promise<unknown>): Promise<Answer> {
  try {
    return { ...ENVELOPE, result: await work() };
  } catch (error) {
    if (error instanceof Refusal) return refuse(error);
    throw error;
  }
}

/** The answer to a command that is not carried out. */
export function refuse({ code, message }: Refusal): Answer {
  return { ...ENVELOPE, refusal: { code, message } };
}
