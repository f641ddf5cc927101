/**
 * AWS calls, answered by the local account and by an engine that other people wrote: the two
 * answers must be the same, but for what nobody can foresee (IDs, dates, secrets).
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { HOUR_MS } from '../../../../src/domain/time.ts';
import type { ContractTarget, ContractUserActions } from '../../../simulation/contract.ts';
import { type DifferentAnswers, WHOLE } from '../differences.ts';
import type { Calls, Side } from './calls.ts';
import { expectSame } from './same.ts';
import { startLocal } from './targets.ts';

/** The access keys of one side, in the order in which it told of them. */
type Ids = Map<string, string>;
type Start = () => Promise<ContractTarget>;

/** Makes every call on both sides, one after the other, and has a test for each. */
export function compareAnswers(
  calls: Calls,
  differences: DifferentAnswers,
  start: { local?: Start; engine: Start },
  prepare: (userActions: ContractUserActions) => Promise<unknown> = async () => {},
): void {
  const answers = new Map<string, { local: unknown; engine: unknown }>();
  const targets: ContractTarget[] = [];
  beforeAll(async () => {
    const begin = async (startTarget: Start): Promise<{ side: Side; ids: Ids }> => {
      const target = await startTarget();
      targets.push(target);
      await prepare(target.userActions);
      return { side: { ...target.clients, keyId: '' }, ids: new Map() };
    };
    const local = await begin(start.local ?? startLocal);
    const engine = await begin(start.engine);
    for (const [name, call] of Object.entries(calls)) {
      answers.set(name, {
        local: await outcome(call(local.side), local.ids),
        engine: await outcome(call(engine.side), engine.ids),
      });
    }
  });
  afterAll(() => Promise.all(targets.map((target) => target.close())));

  for (const name of Object.keys(calls)) {
    const members = differences.get(name);
    // A difference that is gone fails here, and is to be struck off the list.
    (members === WHOLE ? it.failing : it)(name, () => {
      const { local, engine } = answers.get(name) ?? {};
      expectSame(local, engine, members === WHOLE ? [] : members);
    });
  }
  it('makes every call that is listed as different', () =>
    expect(Object.keys(calls)).toEqual(expect.arrayContaining([...differences.keys()])));
}

async function outcome(call: Promise<unknown>, ids: Ids): Promise<unknown> {
  try {
    const { $metadata, ...answer } = (await call) as { $metadata: { httpStatusCode: number } };
    return { status: $metadata.httpStatusCode, ...(foreseeable(answer, ids) as object) };
  } catch (error) {
    const { name, message, $metadata } = error as Error & {
      $metadata?: { httpStatusCode?: number };
    };
    return { status: $metadata?.httpStatusCode, name, message: foreseeable(message, ids) };
  }
}

/** Takes the place of what differs between any two accounts. */
function foreseeable(value: unknown, ids: Ids): unknown {
  if (value instanceof Date) return moment(value);
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return table(Buffer.from(buffer, byteOffset, byteLength).toString(), ids);
  }
  if (Array.isArray(value)) return value.map((member) => foreseeable(member, ids));
  if (typeof value === 'string') {
    return value
      .replace(/\bAKIA[A-Z0-9]{12,}/g, (id) => nth(id, ids))
      .replace(/\b(AIDA|AROA|ASIA)[A-Z0-9]{12,}/g, '<$1…>')
      .replace(/\b\d{12}\b/g, '<account>')
      .replace(/^[\w/+]{40}$/, '<secret>')
      .replace(/^[\d-]{10}T[\d:]{8}(?=\+00:00$)/, (time) => moment(new Date(`${time}Z`)));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [
        name,
        name === 'MessageId' ? '<message>' : foreseeable(member, ids),
      ]),
  );
}

/** A key's ID as the number of the key: both sides must tell of the same key. */
function nth(id: string, ids: Ids): string {
  if (!ids.has(id)) ids.set(id, `<key ${ids.size + 1}>`);
  return ids.get(id) ?? '';
}

/** All that is dated here happened just now; anything else is worth a look. */
function moment(date: Date): string {
  return Math.abs(Date.now() - date.getTime()) < HOUR_MS ? '<now>' : date.toISOString();
}

/** The credential report: its columns, and the cells of each user by column. */
function table(csv: string, ids: Ids): unknown {
  const [columns = [], ...rows] = csv
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(','));
  const cells = (row: string[]) =>
    row.map((cell, i) => [columns[i] ?? `column ${i + 1}`, foreseeable(cell, ids)]);
  const users = rows.map((row) => [row[0], Object.fromEntries(cells(row))]);
  return { columns, users: Object.fromEntries(users) };
}
