import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_ID } from '../../../simulation/memory/iam.ts';
import { createWorld, type World } from '../../../simulation/memory/world.ts';
import type { HistoryItem } from '../../../src/domain/record.ts';
import { historyAnswer } from '../../../src/rotation/commands/answers.ts';
import { history } from '../../../src/rotation/commands/history.ts';
import type { CommandOf } from '../../../src/rotation/commands/requests.ts';

const ask = async (world: World, command: Omit<CommandOf<'history'>, 'action'> = {}) =>
  historyAnswer.parse(
    JSON.parse(JSON.stringify(await history({ action: 'history', ...command }, world.run()))),
  );

async function close(world: World, facts: Partial<HistoryItem>): Promise<void> {
  const at = facts.closedAtMs ?? 1;
  await world.run().journal.addHistory({
    userId: 'AIDAEXAMPLEEXAMPLE234',
    userName: 'alice',
    userArn: 'arn:aws:iam::123456789012:user/alice',
    rotationId: `rotation-${at}`,
    startedAtMs: at,
    closedAtMs: at,
    outcome: 'completed',
    reason: { code: 'new-key-in-use' },
    accountId: ACCOUNT_ID,
    oldKeyId: 'AKIAOLD',
    newKeyId: 'AKIANEW',
    oldKeyCreatedAtMs: 0,
    ...facts,
  });
}

describe('the command history', () => {
  it('lists closed rotations, the last one last', async () => {
    const world = createWorld();
    for (const closedAtMs of [3, 1, 2]) await close(world, { closedAtMs });

    const { items, problems, next } = await ask(world);

    expect(items.map(({ rotationId }) => rotationId)).toEqual([
      'rotation-1',
      'rotation-2',
      'rotation-3',
    ]);
    expect({ problems, next }).toEqual({ problems: [], next: undefined });
  });

  it('finds by ID, by the name of today, and by a former name', async () => {
    const world = createWorld();
    const { userId } = world.hire('alice');
    await close(world, { userId, userName: 'alice.maiden', closedAtMs: 1 });
    await close(world, { userId, closedAtMs: 2 });
    await close(world, { userId: 'AIDAGONEGONEGONE2345', closedAtMs: 3 });
    const found = async (user: string) =>
      (await ask(world, { user })).items.map(({ closedAt }) => Date.parse(closedAt));

    expect(await found(userId)).toEqual([1, 2]);
    expect(await found('alice')).toEqual([1, 2, 3]);
    expect(await found('alice.maiden')).toEqual([1]);
    expect(await found('nobody')).toEqual([]);
  });

  it('comes in pages below what Lambda carries, which together are everything once', async () => {
    const world = createWorld();
    const message = 'x'.repeat(100_000);
    for (let at = 1; at <= 100; at++) {
      // Two at the same moment must not hide each other at the end of a page.
      const closedAtMs = Math.ceil(at / 2);
      const reason = { code: 'error', details: { message } };
      await close(world, { closedAtMs, rotationId: `rotation-${at}`, startedAtMs: at, reason });
    }

    const ids: string[] = [];
    let pages = 0;
    let cursor: string | undefined;
    do {
      const page = await ask(world, cursor === undefined ? {} : { cursor });
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(6_000_000);
      ids.push(...page.items.map(({ rotationId }) => rotationId));
      pages += 1;
      // What is closed meanwhile is on a later page, and moves nothing.
      if (pages === 1) await close(world, { closedAtMs: 1_000, rotationId: 'late' });
      cursor = page.next;
    } while (cursor !== undefined);

    expect(pages).toBeGreaterThan(2);
    expect(ids).toHaveLength(101);
    expect(new Set(ids).size).toBe(101);
    expect(ids.at(-1)).toBe('late');
  });
});
