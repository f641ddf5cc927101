import { describe, expect, it } from '@jest/globals';
import { memoryRunJournal } from '../../../simulation/memory/run-journal.ts';
import { createWorld, type World } from '../../../simulation/memory/world.ts';
import type { Report } from '../../../src/domain/report.ts';
import type { RunJournal } from '../../../src/ports/run-journal.ts';
import { reportAnswer, runAnswer } from '../../../src/rotation/commands/answers.ts';
import type { CommandOf } from '../../../src/rotation/commands/requests.ts';
import { rotate, runStatus } from '../../../src/rotation/commands/rotate.ts';

const JANE = 'jane (alias admin)';

function setUp({ users = 3, world = createWorld() }: { users?: number; world?: World } = {}) {
  for (let at = 0; at < users; at++) world.hire(`user-${at}`);
  const runs = memoryRunJournal(world.clock);
  const published: { report: Report; everybody: boolean }[] = [];
  const ask = async (
    command: Omit<CommandOf<'rotate'>, 'action'> = {},
    journal: RunJournal = runs,
  ) => {
    const answer = await rotate({ action: 'rotate', ...command }, JANE, {
      run: world.run(),
      runs: journal,
      invocationId: 'invocation',
      publish: (report, everybody) => published.push({ report, everybody }),
    });
    return reportAnswer.parse(JSON.parse(JSON.stringify(answer)));
  };
  const follow = async (requestId: string) =>
    runAnswer.parse(
      JSON.parse(JSON.stringify(await runStatus(requestId, { run: world.run(), runs }))),
    ).run;
  return { world, runs, published, ask, follow };
}

describe('the command rotate', () => {
  it('rotates the users who are named, and records no run', async () => {
    const { ask, runs, published } = setUp();

    const report = await ask({ users: ['user-1'] });

    expect(report.totals).toEqual({ rotated: 1 });
    expect(report.rows.map(({ userName }) => userName)).toEqual(['user-1']);
    expect(await runs.read()).toBeUndefined();
    expect(published).toMatchObject([{ everybody: false, report: { totals: { rotated: 1 } } }]);
  });

  it('takes one user as well as many, forces, and only reports', async () => {
    const { ask, world } = setUp({ users: 0 });
    world.hire('young', { keyAgeDays: 1 });

    expect((await ask({ user: 'young' })).rows).toMatchObject([
      { outcome: 'skipped', code: 'not-due' },
    ]);
    const dry = await ask({ user: 'young', force: true, dryRun: true });
    expect(dry).toMatchObject({ dryRun: true, totals: { 'would-rotate': 1 } });
    expect((await ask({ user: 'young', force: true })).totals).toEqual({ rotated: 1 });
  });

  it('records a run over everybody with its report, for whom names it', async () => {
    const { ask, follow, published } = setUp();

    const report = await ask({ requestId: 'mine' });

    expect(report.totals).toEqual({ rotated: 3 });
    expect(published).toMatchObject([{ everybody: true }]);
    expect(await follow('mine')).toMatchObject({
      requestId: 'mine',
      askedBy: JANE,
      done: 3,
      total: 3,
      totals: { rotated: 3 },
      report: { totals: { rotated: 3 } },
      finishedAt: expect.any(String),
    });
    const other = await follow('other');
    expect(other).toMatchObject({ requestId: 'mine', totals: { rotated: 3 } });
    expect(other).not.toHaveProperty('report');
  });

  it('is followed while it is at work', async () => {
    const { ask, follow, world } = setUp({ users: 100 });
    world.latencyMs = 1_000;
    const seen: { done: number; total: number; finishedAt?: string | undefined }[] = [];
    world.onCall = async (name, phase) => {
      if (name !== 'keys.create' || phase !== 'before') return;
      const run = await follow('mine');
      if (run) seen.push(run);
    };

    await ask({ requestId: 'mine' });

    expect(seen.every(({ finishedAt }) => finishedAt === undefined)).toBe(true);
    expect(seen.at(-1)).toMatchObject({ total: 100 });
    expect(seen.some(({ done }) => done > 0 && done < 100)).toBe(true);
    expect(await follow('mine')).toMatchObject({ done: 100, total: 100 });
  });

  it('is done once, however often its request arrives', async () => {
    const { ask, world } = setUp();
    await ask({ requestId: 'mine' });
    const before = world.snapshot();

    await expect(ask({ requestId: 'mine' })).rejects.toMatchObject({ code: 'repeated' });
    expect(world.snapshot()).toEqual(before);
  });

  it('is named by its invocation when nobody named it, which Lambda repeats under its name', async () => {
    const { ask } = setUp();
    await ask();

    await expect(ask()).rejects.toMatchObject({ code: 'repeated' });
  });

  it('waits for no other run: it is refused while one that a person asked for is at work', async () => {
    const { ask, runs, world } = setUp();
    const startedAtMs = world.clock.nowMs();
    await runs.begin({ requestId: 'other', askedBy: 'john', startedAtMs, done: 0, total: 0 });

    await expect(ask({ requestId: 'mine' })).rejects.toMatchObject({ code: 'busy' });
    expect(world.effects).toEqual([]);
    // The function lives for 15 minutes: the other one was stopped.
    world.clock.advance(16 * 60_000);
    expect((await ask({ requestId: 'mine' })).totals).toEqual({ rotated: 3 });
  });

  it('records why a run ended without a report, and fails', async () => {
    const { ask, follow, world } = setUp();
    world.onCall = (name) => {
      if (name === 'inventory.users') throw new Error('IAM is down');
    };

    await expect(ask({ requestId: 'mine' })).rejects.toThrow('IAM is down');
    const run = await follow('mine');
    expect(run).toMatchObject({ error: 'Error: IAM is down', finishedAt: expect.any(String) });
  });

  it('goes on when its progress can not be recorded', async () => {
    const { ask, runs, world } = setUp();
    const save = () => Promise.reject(new Error('throttled'));

    expect((await ask({}, { ...runs, save })).totals).toEqual({ rotated: 3 });
    expect(world.logs).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'the progress of the run could not be recorded',
      }),
    );
  });
});
