import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item } from './stream.ts';

/** An item in the form of the wire. */
export function marshallItem(item: Readonly<Record<string, unknown>>): Item {
  return marshall(item, { removeUndefinedValues: true }) as Item;
}
