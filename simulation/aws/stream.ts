import { randomBytes } from 'node:crypto';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import type { TurnableClock } from './clock.ts';

export type Item = Record<string, AttributeValue>;

/** A change of an item; whoever it was that made it, the TTL service signs. */
export interface Change {
  table: string;
  keys: Item;
  oldImage?: Item | undefined;
  newImage?: Item | undefined;
  byTimeToLive?: boolean;
}

/** The table's stream with old and new images, as the event source mapping hands it to a Lambda. */
export class Stream {
  #records: DynamoDBRecord[] = [];
  #sequence = 0;
  readonly #watchers: ((record: DynamoDBRecord) => void)[] = [];
  readonly #clock: TurnableClock;
  readonly #region: string;
  readonly #accountId: string;

  constructor(clock: TurnableClock, region: string, accountId: string) {
    this.#clock = clock;
    this.#region = region;
    this.#accountId = accountId;
  }

  /** How many records wait. */
  get length(): number {
    return this.#records.length;
  }

  /**
   * Takes all records off the stream, oldest first. With a filter, those that don't match are
   * lost, as with the filter of an event source mapping.
   */
  take(filter: (record: DynamoDBRecord) => boolean = () => true): DynamoDBRecord[] {
    const taken = this.#records.filter(filter);
    this.#records = [];
    return taken;
  }

  /** Shows every record from now on, whether or not somebody takes it. */
  watch(watcher: (record: DynamoDBRecord) => void): void {
    this.#watchers.push(watcher);
  }

  record({ table, keys, oldImage, newImage, byTimeToLive }: Change): void {
    this.#sequence += 1;
    const nowMs = this.#clock.nowMs();
    const arn = `arn:aws:dynamodb:${this.#region}:${this.#accountId}:table/${table}`;
    const images = [keys, oldImage, newImage].filter((image) => image !== undefined);
    const record: DynamoDBRecord = {
      eventID: randomBytes(16).toString('hex'),
      eventName: oldImage ? (newImage ? 'MODIFY' : 'REMOVE') : 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: this.#region,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(nowMs / 1000),
        Keys: keys,
        ...(newImage && { NewImage: newImage }),
        ...(oldImage && { OldImage: oldImage }),
        SequenceNumber: String(100_000_000_000_000_000_000n + BigInt(this.#sequence)),
        SizeBytes: images.reduce((size, image) => size + JSON.stringify(image).length, 0),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      ...(byTimeToLive && {
        userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      }),
      eventSourceARN: `${arn}/stream/2026-01-01T00:00:00.000`,
    };
    this.#records.push(record);
    for (const watcher of this.#watchers) watcher(record);
  }
}
