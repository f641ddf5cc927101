/** Request parameters, as deep as the protocol nests them. */
export type Param = string | number | boolean | null | Param[] | Params;
export interface Params {
  [name: string]: Param | undefined;
}

/** A text parameter. */
export function text(params: Params, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' ? value : undefined;
}

/** A list parameter, of either protocol: the Query protocol numbers its members from 1. */
export function list(params: Params, name: string): Param[] {
  const value = params[name];
  if (Array.isArray(value)) return value;
  if (value === null || typeof value !== 'object') return [];
  const entries = Object.entries(value).sort(([a], [b]) => Number(a) - Number(b));
  return entries.flatMap(([, member]) => (member === undefined ? [] : [member]));
}

/** A structure parameter; empty if absent. */
export function structure(params: Params, name: string): Params {
  const value = params[name];
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

/** A list of `{ Key, Value }`, as all services write tags. */
export function tagList(params: Params): { key: string; value: string }[] {
  return list(params, 'Tags').map((tag) => {
    const fields = tag as Params;
    return { key: text(fields, 'Key') ?? '', value: text(fields, 'Value') ?? '' };
  });
}
