/** Which function a command invokes, and through which alias. */
import { ALIASES, type Alias } from '../rotation/commands/aliases.ts';
import { UsageError } from './failure.ts';
import type { Io } from './io.ts';

export interface FunctionOptions {
  /** Name or ARN of the rotator function, with or without an alias. */
  readonly function?: string;
  readonly alias?: Alias;
  readonly region?: string;
  /** What the commands took before they invoked the function. */
  readonly table?: string;
}

export interface FunctionName {
  /** Name or ARN without an alias, as Lambda takes it. */
  readonly name: string;
  /** The alias that was asked for. */
  readonly alias?: Alias | undefined;
  /** The ARN's Region. */
  readonly region?: string | undefined;
}

/** As the Terraform module names it unless it is told otherwise. */
const DEFAULT_NAME = 'ikr-rotator';

/** `name`, `account:function:name` or an ARN, each with or without `:alias`. */
const FORM =
  /^(?<name>(?:(?:arn:aws[a-z-]*:lambda:(?<region>[a-z0-9-]+):)?\d{12}:function:)?[\w-]{1,140})(?::(?<alias>[\w$-]+))?$/;

/**
 * Reads the options that name the function.
 * @throws UsageError that says what is wrong
 */
export function functionName(options: FunctionOptions, { env }: Pick<Io, 'env'>): FunctionName {
  if (options.table !== undefined) {
    throw new UsageError(
      'There is no --table any more: people have no access to the table. The rotator function carries the command out; give its name or ARN with --function.',
    );
  }
  const given = options.function ?? (env.IAM_KEY_ROTATOR_FUNCTION || DEFAULT_NAME);
  const { name, region, alias: qualifier } = FORM.exec(given)?.groups ?? {};
  if (name === undefined) {
    throw new UsageError(`${JSON.stringify(given)} is no name or ARN of a Lambda function.`);
  }
  if (region !== undefined && options.region !== undefined && region !== options.region) {
    throw new UsageError(`--region is ${options.region}, but the function's ARN says ${region}.`);
  }
  return { name, region, alias: aliasOf(qualifier, options.alias) };
}

function aliasOf(qualifier: string | undefined, asked: Alias | undefined): Alias | undefined {
  if (qualifier === undefined) return asked;
  const alias = ALIASES.find((known) => known === qualifier);
  if (!alias) {
    throw new UsageError(
      `Commands go through an alias of the function (${ALIASES.join(', ')}), not through ${qualifier}.`,
    );
  }
  if (asked !== undefined && asked !== alias) {
    throw new UsageError(`--alias is ${asked}, but the function's name says ${alias}.`);
  }
  return alias;
}
