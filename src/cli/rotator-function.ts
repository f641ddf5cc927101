/**
 * The rotator function, as commands see it: it carries them out, and this program shows what it
 * answers.
 */
import type * as z from 'zod/mini';
import { ALIASES, LOWEST_ALIAS } from '../rotation/commands/aliases.ts';
import { ANSWER_SCHEMA, type Answer, envelope } from '../rotation/commands/answers.ts';
import type { Command } from '../rotation/commands/requests.ts';
import { Failure } from './failure.ts';
import { type FunctionOptions, functionName } from './function-name.ts';
import { explainInvocation, functionFailure, isDenied, type Target } from './invocation-errors.ts';
import type { Io } from './io.ts';
import type { Services } from './services.ts';
import { createTerminal, shown } from './terminal.ts';
import { versionAdvice } from './versions.ts';

export interface AskOptions extends FunctionOptions {
  readonly json?: boolean;
  readonly debug?: boolean;
}

export interface RotatorFunction {
  /** Name or ARN without an alias. */
  readonly name: string;
  /**
   * Has a command carried out, once.
   * @param schema of its result
   * @throws Failure that says why there is no result
   */
  ask<T>(command: Command, schema: z.ZodMiniType<T>, signal?: AbortSignal): Promise<T>;
  /** Has a command queued; how it ends, `ask` must find out. */
  queue(command: Command): Promise<void>;
}

/** @throws UsageError when the options name no function */
export function rotatorFunction(
  options: AskOptions,
  io: Io,
  { invoke }: Pick<Services, 'invoke'>,
): RotatorFunction {
  const { name, region, alias: chosen } = functionName(options, io);
  const terminal = createTerminal(io);
  const targetOf = ({ action }: Command): Target => ({
    name,
    action,
    alias: chosen ?? LOWEST_ALIAS[action],
    region: region ?? io.env.AWS_REGION,
  });
  /** Through the lowest alias that suffices, or the next one that the caller may invoke. */
  const send = async (command: Command, isAsync: boolean, signal?: AbortSignal) => {
    const lowest = targetOf(command);
    const aliases = chosen ? [chosen] : ALIASES.slice(ALIASES.indexOf(lowest.alias));
    let denied: unknown;
    for (const alias of aliases) {
      const target = { ...lowest, alias };
      const invocation = { functionName: name, qualifier: alias, event: command };
      try {
        return { ...(await invoke({ ...invocation, isAsync, region, signal })), target };
      } catch (error) {
        if (!isDenied(error)) throw explainInvocation(error, target);
        denied ??= error;
      }
    }
    throw explainInvocation(denied, lowest);
  };

  return {
    name,
    async ask(command, schema, signal) {
      const invoked = await send(command, false, signal);
      const { version = '', requestId = '' } = invoked;
      if (options.debug) {
        terminal.note(
          `${name}:${invoked.target.alias}, version ${version}, request ID ${requestId}`,
        );
      }
      if (invoked.isError) throw functionFailure(invoked, invoked.target);
      const answer = readEnvelope(invoked.payload, name);
      if (answer.refusal) {
        if (options.json) terminal.json({ refusal: answer.refusal });
        throw refused(answer.refusal, answer.version, name);
      }
      const result = schema.safeParse(answer.result);
      if (!result.success) throw unreadable(name, answer.version);
      return result.data;
    },
    async queue(command) {
      await send(command, true);
    },
  };
}

/** @throws Failure when it is no answer of a rotator function, or of one that is too new or too old */
function readEnvelope(payload: string, name: string): Answer {
  const parsed = envelope.safeParse(parseJson(payload));
  if (!parsed.success) {
    throw new Failure(
      `The function ${name} does not answer as a rotator function does: check --function.`,
    );
  }
  if (parsed.data.schema !== ANSWER_SCHEMA) throw unreadable(name, parsed.data.version);
  return parsed.data;
}

function unreadable(name: string, functionVersion: string): Failure {
  const advice = versionAdvice(name, functionVersion);
  return new Failure(
    advice ?? `The answer of the function ${name} can't be read by this ikr of the same version.`,
  );
}

/** An older function knows fewer commands and fields. */
function refused(
  { code, message }: NonNullable<Answer['refusal']>,
  functionVersion: string,
  name: string,
): Failure {
  const advice = code === 'invalid-request' ? versionAdvice(name, functionVersion) : undefined;
  const allowed = code === 'alias-not-allowed' ? ' Choose it with --alias.' : '';
  return new Failure(`${shown(message)}${allowed}${advice === undefined ? '' : `\n${advice}`}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
