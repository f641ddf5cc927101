import { expect, it } from '@jest/globals';
import { rotate } from '../../simulation/memory/life.ts';
import { createWorld } from '../../simulation/memory/world.ts';
import type { ReportRow } from '../../src/domain/report.ts';
import { logReport } from '../../src/notifications/log.ts';

it.each([
  [0, 1],
  [500, 1],
  [501, 2],
  [5000, 10],
])('logs a report of %i rows on %i lines that a log service takes', async (count, lines) => {
  const world = createWorld();
  const report = await rotate(world);
  const rows = Array.from(
    { length: count },
    (_, number): ReportRow => ({
      userName: `user${number}`,
      userId: `AIDA${String(number).padStart(17, '0')}`,
      outcome: 'skipped',
      code: 'not-due',
      reason: 'the key is replaced 80 days after it was created',
      oldKeyId: 'AKIA0000000000000000',
      dueAt: report.startedAt,
    }),
  );
  world.logs.length = 0;
  logReport({ ...report, rows }, world.run().log);
  expect(world.logs).toHaveLength(lines);
  expect(world.logs.flatMap(({ fields }) => fields.rows)).toEqual(rows);
  for (const [index, { fields }] of world.logs.entries()) {
    expect(fields).toMatchObject({ line: index + 1, lines, totals: {}, users: 0 });
    expect(JSON.stringify(fields).length).toBeLessThan(256_000);
  }
});
