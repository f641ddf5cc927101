/** What the programs of this folder have in common: how they read their options, and end. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The command line can't be used; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * The values of the options.
 * @throws UsageError
 */
export function readValues<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS')) throw new UsageError(message, { cause: error });
    throw error;
  }
}

/**
 * The number that an option holds, limits included.
 * @throws UsageError
 */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(`--${name} is "${text}"; allowed: a whole number from ${min} to ${max}`);
}

/**
 * What an option looks for, in whichever case.
 * @throws UsageError
 */
export function pattern(name: string, text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    throw new UsageError(`--${name} is "${text}"; allowed: a regular expression`, { cause: error });
  }
}

/**
 * Runs a program.
 * @param read the options, or that help is wanted
 * @returns the exit code: 2 when the command line can't be used
 */
export async function runProgram<T>(
  usage: string,
  read: (args: readonly string[]) => T | 'help',
  act: (options: T) => Promise<number>,
): Promise<number> {
  try {
    const options = read(process.argv.slice(2));
    if (options !== 'help') return await act(options);
    process.stdout.write(usage);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}`);
    return 2;
  }
}
