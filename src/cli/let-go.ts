/** Ctrl-C while the function works: the command lets go, and the function goes on. */
import type { Io } from './io.ts';

/**
 * Waits for work that goes on without this program.
 * @param work is told with the signal when nobody waits for it any more
 * @returns `interrupted` when a Ctrl-C came first
 */
export async function unlessInterrupted<T>(
  io: Pick<Io, 'onInterrupt'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | 'interrupted'> {
  const controller = new AbortController();
  const interrupted = new Promise<'interrupted'>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve('interrupted'), { once: true });
  });
  const release = io.onInterrupt(() => controller.abort());
  const working = work(controller.signal);
  // Whatever comes of it after a Ctrl-C, nobody waits for it.
  working.catch(() => {});
  try {
    return await Promise.race([working, interrupted]);
  } finally {
    release();
  }
}

/** What a person has to know who let go. */
export const LET_GO = 'Let go. The function goes on with it: look with ikr status.';
