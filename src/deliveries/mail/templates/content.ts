/**
 * What a mail says, told once. The text and the HTML version are both rendered from this, so they
 * can never disagree. All strings are plain text: only the renderers know how to escape.
 */

/** A piece of running text. `code` is something to be read letter by letter, such as a key ID. */
export type Inline = string | { readonly code: string } | { readonly strong: string };

export interface Fact {
  readonly label: string;
  readonly value: readonly Inline[];
}

export type Block =
  | { readonly kind: 'paragraph'; readonly content: readonly Inline[] }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  /** Commands or a script, to be copied as they stand. */
  | { readonly kind: 'code'; readonly lines: readonly string[] }
  /** A sealed key pair between its marker lines. */
  | { readonly kind: 'token'; readonly lines: readonly string[] }
  | { readonly kind: 'steps'; readonly steps: readonly (readonly Block[])[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly Inline[])[] }
  /** Somebody else's words: they stand apart, so that nobody takes them for ours. */
  | { readonly kind: 'quotation'; readonly text: string }
  /** `deadline` says what to do until when; `caution` says when to stop. */
  | {
      readonly kind: 'notice';
      readonly tone: 'deadline' | 'done' | 'caution';
      readonly blocks: readonly Block[];
    };

export interface MailContent {
  readonly subject: string;
  /** The heading of the mail. */
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Who sends this, in small print. */
  readonly footer: string;
}

export const code = (text: string): Inline => ({ code: text });
export const strong = (text: string): Inline => ({ strong: text });
export const paragraph = (...content: Inline[]): Block => ({ kind: 'paragraph', content });
export const heading = (text: string): Block => ({ kind: 'heading', text });
export const commands = (...lines: string[]): Block => ({ kind: 'code', lines });
export const steps = (...each: Block[][]): Block => ({ kind: 'steps', steps: each });
