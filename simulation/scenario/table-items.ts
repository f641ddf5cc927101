/** Where the product keeps what in the table: the only place of the simulation that tells. */
import type { AttributeValue } from 'aws-lambda';
import { type Item, type ItemKey, readRangeKey } from '../../src/aws/items.ts';
import type { Item as WireItem } from '../aws/index.ts';

export { recordKey, timerKey } from '../../src/aws/items.ts';

export type ItemKind = 'record' | 'timer' | 'history' | 'run' | 'other';

/** What an item is, by its key. */
export function kindOf({ account, item }: ItemKey): ItemKind {
  if (account.endsWith('/history')) return 'history';
  return item === 'run' ? 'run' : readRangeKey(item).kind;
}

/** The user whom an item is about; empty when it is about none. */
export function userIdOf(key: ItemKey): string {
  if (kindOf(key) === 'history') return key.item.split('/')[1] ?? '';
  const range = readRangeKey(key.item);
  return range.kind === 'other' ? '' : range.userId;
}

/** The old key whose timer this is. */
export function oldKeyIdOf({ item }: ItemKey): string {
  const range = readRangeKey(item);
  return range.kind === 'timer' ? range.oldKeyId : '';
}

export function keyOf(item: Item): ItemKey {
  return { account: String(item.account), item: String(item.item) };
}

/** The key of an item, from its attributes or from those of its key. */
export function wireKeyOf(item: object = {}): ItemKey {
  const { account, item: range } = item as Record<string, { readonly S?: string } | undefined>;
  return { account: account?.S ?? '', item: range?.S ?? '' };
}

/** What the item is that a call is about, if it is about one. */
export function calledKindOf(resource: Readonly<Record<string, string>>): ItemKind | undefined {
  return resource.item === undefined ? undefined : kindOf(calledKeyOf(resource));
}

/** The key of the item that a call is about. */
export function calledKeyOf(resource: Readonly<Record<string, string>>): ItemKey {
  return { account: resource.account ?? '', item: resource.item ?? '' };
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
