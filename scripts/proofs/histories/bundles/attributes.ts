/** DynamoDB's attribute values, and the plain values that they stand for. */
import type { AttributeValue } from 'aws-lambda';
import type { Item as WireItem } from '../../../../simulation/aws/index.ts';
import type { Item } from '../../../../src/aws/items.ts';

export function toPlain(item: WireItem): Item {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, plain(value)]),
  ) as unknown as Item;
}

export function toWire(item: Item): WireItem {
  const entries = Object.entries(item).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, typed(value)]));
}

function plain(value: AttributeValue): unknown {
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(plain);
  return value.S;
}

function typed(value: unknown): AttributeValue {
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(typed) };
  return { S: String(value) };
}
