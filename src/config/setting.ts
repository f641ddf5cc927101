/**
 * How a setting is declared and read: its parser, default and sentence of documentation stand
 * together, and all mistakes are reported at once.
 */
import * as z from 'zod/mini';
import { isAddress, parseSender } from '../domain/address.ts';
import { wholeNumber } from '../domain/limits.ts';

export interface Setting<T> {
  /** One sentence for docs/SETTINGS.md. */
  readonly doc: string;
  /** What a value may be, as the end of “allowed: …”. */
  readonly allowed: string;
  readonly schema: z.ZodMiniType<T, string>;
  /** Used when the variable is not set or empty. */
  readonly fallback?: string;
  readonly required?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: a table mixes settings of every type
export type SettingsTable = Readonly<Record<string, Setting<any>>>;

/** The values a table of settings gives: optional where there is neither a default nor a duty. */
export type SettingsOf<Table extends SettingsTable> = {
  readonly [Name in keyof Table]: Table[Name] extends { fallback: string } | { required: true }
    ? z.output<Table[Name]['schema']>
    : z.output<Table[Name]['schema']> | undefined;
};

/** Settings that cannot be used; the message lists every mistake. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings cannot be used:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads every setting of the table.
 * @returns the values, and a sentence for each mistake; a value with a mistake is missing.
 */
export function readSettings<Table extends SettingsTable>(
  table: Table,
  environment: Environment,
): { values: SettingsOf<Table>; problems: string[] } {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(table)) {
    // An empty variable is how Terraform and shells say “not set”.
    const raw = environment[name]?.trim() || setting.fallback;
    if (raw === undefined) {
      if (setting.required) problems.push(`${name} is not set; allowed: ${setting.allowed}`);
      continue;
    }
    const parsed = setting.schema.safeParse(raw);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(`${name} is ${JSON.stringify(raw)}; allowed: ${setting.allowed}`);
  }
  return { values: values as SettingsOf<Table>, problems };
}

/** Schemas that settings share. */
export const parse = {
  wholeNumber: (max = 999_999) =>
    z.pipe(
      z.string().check(z.refine((text) => wholeNumber(text, max) !== undefined)),
      z.transform(Number),
    ),
  boolean: z.pipe(
    z.enum(['true', 'false']),
    z.transform((text) => text === 'true'),
  ),
  text: z.string().check(z.regex(/^[^\p{Cc}]{1,1024}$/u)),
  oneOf: <const T extends [string, ...string[]]>(values: T) => z.enum(values),
  tableName: z.string().check(z.regex(/^[a-zA-Z0-9_.-]{3,255}$/)),
  domains: z.pipe(
    z.pipe(
      z.string(),
      z.transform((text) => text.split(',').map((domain) => domain.trim().toLowerCase())),
    ),
    z.array(z.string().check(z.refine((domain) => isAddress(`x@${domain}`)))),
  ),
  hostName: z.string().check(z.regex(/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$/)),
  address: z.string().check(z.refine(isAddress)),
  sender: z.pipe(
    z.string().check(z.refine((text) => parseSender(text) !== undefined)),
    z.transform((text) => parseSender(text) as NonNullable<ReturnType<typeof parseSender>>),
  ),
};
