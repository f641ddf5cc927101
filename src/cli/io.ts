/**
 * What a command sees of the process, so that a test can be the process.
 */
export interface Io {
  readonly stdin: AsyncIterable<string | Uint8Array> & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  /** The SDK reads the process's own environment, so outside tests this must be it. */
  readonly env: NodeJS.ProcessEnv;
  /**
   * Hands the next Ctrl-C to the handler instead of ending the program.
   * @returns takes the handler back
   */
  readonly onInterrupt: (handler: () => void) => () => void;
}

/** The stream that a text goes to, and what is known of the terminal behind it. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

/** The exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;
