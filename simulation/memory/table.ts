import type { Item, ItemKey } from '../../src/aws/items.ts';
import { SECOND_MS } from '../../src/domain/time.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** A record of the table's stream, as Lambda hands it over. */
export interface StreamRecord {
  readonly eventName: 'REMOVE';
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: string };
  readonly dynamodb: {
    readonly Keys: AttributeMap;
    readonly OldImage: AttributeMap;
    readonly SequenceNumber: string;
  };
}

/** An attribute value on the wire. */
type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly Attribute[] }
  | { readonly M: AttributeMap };
interface AttributeMap {
  readonly [name: string]: Attribute;
}

/**
 * The DynamoDB table: its items, their expiry, and the stream of removals. Writes and changes put
 * nothing on the stream: the event source mapping filters them out.
 */
export class MemoryTable {
  readonly #clock: Clock;
  readonly #items = new Map<string, Item>();
  /** All that was ever written, for reads that lag. */
  readonly #log: { readonly atMs: number; readonly id: string; readonly item?: Item }[] = [];
  #stream: StreamRecord[] = [];
  #sequence = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: ItemKey): Item | undefined {
    return this.#items.get(idOf(key));
  }

  put(item: Item): void {
    const entries = Object.entries(item).filter(([, value]) => value !== undefined);
    const clean: Item = structuredClone(Object.fromEntries(entries));
    this.#items.set(idOf(item as unknown as ItemKey), clean);
    this.#note(idOf(item as unknown as ItemKey), clean);
  }

  /** Removes an item, by whoever's call: the stream does not tell this program from a person. */
  remove(key: ItemKey): void {
    const item = this.#items.get(idOf(key));
    if (item) this.#remove(item, false);
  }

  /** The TTL service at work: removes what expired that long ago, at least. */
  expire(lateMs = 0): void {
    for (const item of this.#items.values()) {
      const expiresAt = item.delete_on;
      if (typeof expiresAt === 'number' && expiresAt * SECOND_MS + lateMs <= this.#clock.nowMs()) {
        this.#remove(item, true);
      }
    }
  }

  /** Every item, as it was that long ago. */
  items(lagMs = 0): Item[] {
    if (lagMs === 0) return [...this.#items.values()];
    const asOfMs = this.#clock.nowMs() - lagMs;
    const then = new Map<string, Item>();
    for (const { atMs, id, item } of this.#log) {
      if (atMs > asOfMs) break;
      if (item) then.set(id, item);
      else then.delete(id);
    }
    return [...then.values()];
  }

  /** What waits in the stream, oldest first. */
  get stream(): readonly StreamRecord[] {
    return [...this.#stream];
  }

  /** Takes the first records off the stream, once they were handled. */
  shift(count: number): void {
    this.#stream = this.#stream.slice(count);
  }

  snapshot(): unknown {
    return structuredClone({ items: [...this.#items], stream: this.#stream });
  }

  #remove(item: Item, byTimeToLive: boolean): void {
    const key = item as unknown as ItemKey;
    this.#items.delete(idOf(key));
    this.#note(idOf(key));
    this.#sequence += 1;
    this.#stream.push({
      eventName: 'REMOVE',
      ...(byTimeToLive && {
        userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      }),
      dynamodb: {
        Keys: marshal({ account: key.account, item: key.item }),
        OldImage: marshal(item),
        SequenceNumber: String(this.#sequence).padStart(21, '0'),
      },
    });
  }

  #note(id: string, item?: Item): void {
    this.#log.push({ atMs: this.#clock.nowMs(), id, ...(item && { item }) });
  }
}

function idOf({ account, item }: ItemKey): string {
  return `${account} ${item}`;
}

function marshal(item: Item): AttributeMap {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attribute(value)]));
}

/** Whatever somebody can write by hand as well. */
function attribute(value: unknown): Attribute {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' || typeof value === 'bigint') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(attribute) };
  if (typeof value === 'object') return { M: marshal(value as Item) };
  throw new TypeError(`no item holds a ${typeof value}`);
}
