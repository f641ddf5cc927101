import { describe, expect, it } from '@jest/globals';
import { memoryRunJournal } from '../../../simulation/memory/run-journal.ts';
import { scheduled } from '../../../simulation/memory/states.ts';
import { createWorld, type World } from '../../../simulation/memory/world.ts';
import type { Alias } from '../../../src/rotation/commands/aliases.ts';
import { execute } from '../../../src/rotation/commands/execute.ts';
import type { Command } from '../../../src/rotation/commands/requests.ts';

const run = (world: World, command: Command, alias: Alias = 'admin') =>
  execute(
    { command, alias },
    {
      run: world.run(),
      runs: memoryRunJournal(world.clock),
      invocationId: 'invocation',
      publish: () => {},
    },
  );

describe('a command', () => {
  it.each<[Command, object]>([
    [{ action: 'status' }, { users: [{ userName: 'alice' }] }],
    [{ action: 'status', requestId: 'x' }, { at: expect.any(String) }],
    [{ action: 'history' }, { items: [] }],
    [{ action: 'resend', user: 'alice' }, { result: 'sent' }],
    [{ action: 'cancel', user: 'alice' }, { result: 'cancelled' }],
    [{ action: 'rotate' }, { totals: { waiting: 1 } }],
  ])('is carried out: %j', async (command, result) => {
    const { world } = await scheduled();
    expect(await run(world, command)).toMatchObject(result);
  });

  it('is logged with who asked, through which alias', async () => {
    const { world } = await scheduled();
    await run(world, { action: 'cancel', user: 'alice', claimedBy: 'jane' }, 'support');

    expect(world.logs).toContainEqual({
      level: 'info',
      message: 'command',
      fields: { action: 'cancel', user: 'alice', claimedBy: 'jane', alias: 'support' },
    });
  });

  it('is written with the alias when the caller claims no name', async () => {
    const { world, userId } = await scheduled();
    await run(world, { action: 'cancel', user: 'alice' }, 'support');

    expect(world.recordIn(userId, 'CANCELLED').reason.details).toEqual({
      who: 'a person (alias support)',
    });
  });

  it('is refused when it arrives too late, and not a moment earlier', async () => {
    const { world, userId } = await scheduled();
    const notAfter = (lateMs: number): Command => ({
      action: 'cancel',
      user: 'alice',
      notAfter: new Date(world.clock.nowMs() - lateMs).toISOString(),
    });

    await expect(run(world, notAfter(1))).rejects.toMatchObject({
      code: 'too-late',
      message: expect.stringMatching(/^It is 2026-\S+, and the command was not to be carried out/),
    });
    expect(world.record(userId)?.state).toBe('SCHEDULED');
    expect(await run(world, notAfter(0))).toMatchObject({ result: 'cancelled' });
  });

  it('is refused when another run took the record up at the same moment', async () => {
    const { world, userId } = await scheduled();
    world.onCall = (name, phase) => {
      if (name !== 'journal.replace' || phase !== 'before') return;
      world.onCall = undefined;
      world.putRecord({ ...world.record(userId), version: 99 });
    };

    await expect(run(world, { action: 'cancel', user: 'alice' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('is refused when too little of the time is left', async () => {
    const { world, userId } = await scheduled();
    const ports = {
      run: world.run({ lifeMs: 30_000 }),
      runs: memoryRunJournal(world.clock),
      invocationId: 'invocation',
      publish: () => {},
    };
    const command = { action: 'resend', user: 'alice' } as const;

    await expect(execute({ command, alias: 'admin' }, ports)).rejects.toMatchObject({
      code: 'no-time',
    });
    expect(world.record(userId)?.state).toBe('SCHEDULED');
  });

  it('fails as the function fails when something is out of reach', async () => {
    const world = createWorld();
    world.hire('alice');
    world.onCall = (name) => {
      if (name === 'journal.readAccount') throw new Error('the table is gone');
    };

    await expect(run(world, { action: 'status' })).rejects.toThrow('the table is gone');
    expect(world.logs.at(-1)).toMatchObject({ level: 'error', message: 'a command failed' });
  });
});
