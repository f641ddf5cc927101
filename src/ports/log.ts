export type LogFields = Readonly<Record<string, unknown>>;

/** Structured facts for operators. A field never holds an object that may hold a secret. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
