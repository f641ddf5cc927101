/**
 * A value that must never be seen by accident: a secret access key, a content key, a password.
 *
 * Printing, interpolating, serialising or inspecting it gives `[secret]`. The one way to the value
 * is `reveal()`, so that every place which needs it can be found by name.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  /** What `console.log` and `util.inspect` show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}
