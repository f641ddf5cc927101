import { PassThrough } from 'node:stream';
import type { Output } from '../../../src/cli/io.ts';

/**
 * Keeps what a command writes.
 * @param columns the width of a terminal; none when it goes into a file
 */
export function collect(columns: number | undefined): { stream: Output; text(): string } {
  const chunks: string[] = [];
  const stream = new PassThrough({
    transform(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return {
    stream: Object.assign(stream, columns === undefined ? {} : { isTTY: true, columns }),
    text: () => chunks.join(''),
  };
}
