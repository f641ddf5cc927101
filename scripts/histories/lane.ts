/** A process that plays histories, so that several can be played at the same time. */
import { inspect } from 'node:util';
import type { Searched } from '../../test/histories/search.ts';
import { search } from '../../test/histories/search.ts';

/** So many histories, beginning with that seed. */
export interface Order {
  readonly histories: number;
  readonly seed: number;
}

export type Answer = { readonly searched: Searched } | { readonly failed: string };

// Errors that are thrown by the thousand are looked at by their message only.
Error.stackTraceLimit = 0;

async function obey({ histories, seed }: Order): Promise<Answer> {
  try {
    return { searched: await search(histories, seed) };
  } catch (error) {
    return { failed: inspect(error) };
  }
}

process.on('message', (order: Order) => {
  void obey(order).then((answer) => process.send?.(answer));
});
