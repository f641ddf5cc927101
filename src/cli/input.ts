/** What a command reads: a file, or standard input. */
import { readFile, stat } from 'node:fs/promises';
import { Failure } from './failure.ts';
import type { Io } from './io.ts';

/** A mail or a file of users is far smaller; what is larger was given by mistake. */
const MAX_BYTES = 20_000_000;

/** @throws Failure that says why the file can't be read */
export async function readTextFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new Failure(`${path} is too large (${size} bytes).`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EACCES'
          ? 'it may not be read'
          : code === 'EISDIR'
            ? 'it is a directory'
            : message;
    throw new Failure(`Can't read ${path}: ${why}.`);
  }
}

/** Standard input up to its end. */
export async function readStandardInput({ stdin }: Io): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > MAX_BYTES) throw new Failure('Standard input is too large.');
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
