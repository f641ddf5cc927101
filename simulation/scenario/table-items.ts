/** Where the product keeps what in the table: the only place of the simulation that tells. */
import type { AttributeValue } from 'aws-lambda';
import { HISTORY_PREFIX, type Item, RECORD_KEY } from '../../src/aws/items.ts';
import type { Item as WireItem } from '../aws/index.ts';
import type { ItemKey } from '../memory/table.ts';

export { recordKey } from '../../src/aws/items.ts';

export type ItemKind = 'record' | 'timer' | 'history';

export function timerKey(userId: string, oldKeyId: string): ItemKey {
  return { user: userId, ak: oldKeyId };
}

/** What an item is, by its range key. */
export function kindOf({ ak }: Pick<ItemKey, 'ak'>): ItemKind {
  if (ak === RECORD_KEY) return 'record';
  return ak.startsWith(HISTORY_PREFIX) ? 'history' : 'timer';
}

/** The user whom an item is about. */
export function userIdOf({ user }: Pick<ItemKey, 'user'>): string {
  return user;
}

/** The old key whose timer this is. */
export function oldKeyIdOf({ ak }: Pick<ItemKey, 'ak'>): string {
  return ak;
}

export function keyOf(item: Item): ItemKey {
  return { user: String(item.user), ak: String(item.ak) };
}

/** The key of an item, from its attributes or from those of its key. */
export function wireKeyOf(item: object = {}): ItemKey {
  const { user, ak } = item as Record<string, { readonly S?: string } | undefined>;
  return { user: user?.S ?? '', ak: ak?.S ?? '' };
}

/** What the item is that a call is about, if it is about one. */
export function calledKindOf(resource: Readonly<Record<string, string>>): ItemKind | undefined {
  return resource.ak === undefined ? undefined : kindOf({ ak: resource.ak });
}

/** The key of the item that a call is about. */
export function calledKeyOf(resource: Readonly<Record<string, string>>): ItemKey {
  return { user: resource.user ?? '', ak: resource.ak ?? '' };
}

/** An item with the plain values that its attribute values stand for. */
export function toPlain(item: WireItem): Item {
  const entries = Object.entries(item).map(([name, value]) => [name, plain(value)]);
  return Object.fromEntries(entries) as Item;
}

export function toWire(item: Item): WireItem {
  const entries = Object.entries(item).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, typed(value)]));
}

function plain(value: AttributeValue): unknown {
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(plain);
  if (value.M !== undefined) return toPlain(value.M);
  return value.S;
}

function typed(value: unknown): AttributeValue {
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(typed) };
  if (typeof value === 'object' && value !== null) return { M: toWire(value as Item) };
  return { S: String(value) };
}
