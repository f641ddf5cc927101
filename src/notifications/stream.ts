import type { RunEvent } from '../domain/events.ts';
import { describeError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';
import type { EventStream, Subscriber } from '../ports/notifications.ts';

/**
 * The stream of what happens in one run. A subscriber that fails is logged; neither the others nor
 * what happens are affected.
 */
export function createEventStream(first: readonly Subscriber[], log: Log): EventStream {
  const subscribers = [...first];
  const notify = async (subscriber: Subscriber, event: RunEvent): Promise<void> => {
    try {
      await subscriber.notify(event);
    } catch (error) {
      log.warn('a subscriber failed', {
        subscriber: subscriber.name,
        event: event.type,
        error: describeError(error),
      });
    }
  };
  return {
    async emit(event) {
      await Promise.all(subscribers.map((subscriber) => notify(subscriber, event)));
    },
    subscribe: (subscriber) => void subscribers.push(subscriber),
  };
}
