/** What goes wrong between the command line and the function, as a person reads it. */
import type { Invoked } from '../aws/lambda-invoke.ts';
import type { Action, Alias } from '../rotation/commands/aliases.ts';
import { Failure } from './failure.ts';
import { shown } from './terminal.ts';

/** What was invoked, for what. */
export interface Target {
  readonly name: string;
  readonly alias: Alias;
  readonly action: Action;
  readonly region?: string | undefined;
}

/** Actions that change nothing: they can simply be repeated. */
const READING: readonly Action[] = ['status', 'history'];

/** How the connection may end before the request was sent. */
const NOT_SENT =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|did not establish a connection/;
/** How it may end afterwards. */
const LOST =
  /ECONNRESET|EPIPE|ECONNABORTED|ETIMEDOUT|socket hang up|TimeoutError|ServiceException|InternalFailure|InternalServerError/;

/** Whether the caller may not invoke the alias, so that nothing was begun. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && /^AccessDenied/.test(error.name);
}

/**
 * An error of the invocation in words, if it is one that only commands through the function meet.
 * @returns the error itself otherwise
 */
export function explainInvocation(error: unknown, target: Target): unknown {
  if (!(error instanceof Error)) return error;
  const { name, alias, region } = target;
  const where = region === undefined ? '' : ` in Region ${region}`;
  if (isDenied(error)) {
    return new Failure(
      `You may not invoke the alias ${alias} of the function ${name}. Ask your AWS administrators for lambda:InvokeFunction on it. If they gave you another alias, name it with --alias. (${shown(error.message)})`,
      { cause: error },
    );
  }
  if (error.name === 'ResourceNotFoundException') {
    return new Failure(
      `There is no function ${name} with an alias ${alias}${where}: check --function, --region and --profile. A function that was deployed before there were commands has no aliases. (${shown(error.message)})`,
      { cause: error },
    );
  }
  if (error.name === 'TooManyRequestsException') {
    return new Failure(
      `The function ${name} can't be invoked now: Lambda limits how often or how many at a time. Nothing was begun. Wait a minute and try again. (${shown(error.message)})`,
      { cause: error },
    );
  }
  const code = 'code' in error ? String(error.code) : '';
  const told = `${error.name} ${code} ${error.message}`;
  if (NOT_SENT.test(told) || !LOST.test(told)) return error;
  return new Failure(`The connection to the function ${name} was lost. ${afterLoss(target)}`, {
    cause: error,
  });
}

/** What to do when nobody knows what the function did. */
function afterLoss({ action }: Target): string {
  return READING.includes(action)
    ? 'Try again.'
    : 'The function may have begun, and then goes on by itself: look with ikr status before you try again.';
}

/** An error that the function ended with. */
export function functionFailure({ payload, requestId }: Invoked, target: Target): Failure {
  const { errorType, errorMessage } = readError(payload);
  const { name, action } = target;
  const log = requestId === undefined ? '' : ` Its log tells more (request ID ${requestId}).`;
  if (errorType === 'Sandbox.Timedout' || /Task timed out after/.test(errorMessage)) {
    return new Failure(
      `The function ${name} was stopped at its time-out. ${afterStop(action)}${log}`,
    );
  }
  if (errorType === 'Function.ResponseSizeTooLarge') {
    return new Failure(
      `The answer of the function ${name} is larger than the 6 MB that Lambda carries. Ask for fewer users with --user, or look into the function's log.${log}`,
    );
  }
  if (/^Runtime\./.test(errorType)) {
    return new Failure(
      `The function ${name} ended before it answered (${shown(errorType)}: ${shown(errorMessage)}). ${afterStop(action)}${log}`,
    );
  }
  // The list of what is wrong with settings has lines of its own.
  const lines = errorType === 'SettingsError' ? errorMessage.split('\n') : [errorMessage];
  const type = /^(Settings)?Error$/.test(errorType) ? '' : `${shown(errorType)}: `;
  const message = `${type}${lines.map(shown).join('\n')}`;
  return new Failure(`The function ${name} failed: ${message}${log && `\n${log.trim()}`}`);
}

function afterStop(action: Action): string {
  return READING.includes(action)
    ? 'Try again.'
    : 'What it had begun, the next run of the rotator goes on with: look with ikr status.';
}

function readError(payload: string): { errorType: string; errorMessage: string } {
  try {
    const { errorType = 'Error', errorMessage = '' } = Object(JSON.parse(payload));
    return { errorType: String(errorType), errorMessage: String(errorMessage) };
  } catch {
    return { errorType: 'Error', errorMessage: payload };
  }
}
