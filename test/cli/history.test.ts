import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CommandLine, historyItem, startCommandLine, TABLE } from './support/command-line.ts';

/** A reason whose sentence is this. */
const because = (message: string) => ({ code: 'error', details: { message } });

let cli: CommandLine;
let aliceId: string;
beforeAll(async () => {
  cli = await startCommandLine();
  aliceId = cli.account.userActions.createUser('alice').userId;
  const items = [
    // The user called alice today, under an earlier name.
    historyItem({
      userId: aliceId,
      userName: 'alice.maiden',
      startedAtMs: 1,
      reason: because('renamed'),
    }),
    historyItem({
      userId: aliceId,
      startedAtMs: 2,
      closedAtMs: Date.parse('2026-04-01'),
      reason: because('today'),
    }),
    // A user who had the name and is deleted.
    historyItem({
      userId: 'AIDAGONEGONEGONE2345',
      startedAtMs: 3,
      outcome: 'user-gone',
      reason: because('gone'),
    }),
    historyItem({
      userId: 'AIDAOTHEROTHER234567',
      userName: '=HYPERLINK("evil")',
      outcome: 'failed',
      reason: because(' @SUM(1), "quoted"\n+1\u001b[2J'),
      startedAtMs: 4,
    }),
  ];
  for (const [at, item] of items.entries()) {
    await cli.journal.addHistory({ ...item, rotationId: `rotation-${at}` });
  }
});
afterAll(() => cli.close());

const history = (...argv: string[]) => cli.ikr(['history', ...argv]);
const reasons = async (...argv: string[]) =>
  ((await history('--json', ...argv)).json() as { reason: string }[]).map(({ reason }) => reason);

describe('ikr history', () => {
  it('lists closed rotations, the last one last, with totals', async () => {
    const { code, out } = await history();

    expect(code).toBe(0);
    expect(out.split('\n')[4]).toMatch(/^2026-04-01 00:00 +alice .*today/);
    expect(out).toContain('4 rotations: 2 completed, 1 failed, 1 user-gone.');
  });

  it('finds a user by ID', async () => {
    expect(await reasons(aliceId)).toEqual(['renamed', 'today']);
  });

  it('finds by name who has it today, and who had it when it was written', async () => {
    expect((await reasons('alice')).sort()).toEqual(['gone', 'renamed', 'today']);
    expect(await reasons('alice.maiden')).toEqual(['renamed']);
  });

  it('finds former users whatever IAM denies', async () => {
    cli.account.faults.add({ match: { service: 'iam' }, kind: 'deny' });

    expect((await reasons('alice')).sort()).toEqual(['gone', 'today']);
    expect(cli.account.calls.count('iam:GetUser')).toBeGreaterThan(0);
  });

  it('says when there is nothing to list, in whatever form', async () => {
    const { code, out } = await history('nobody');

    expect(code).toBe(0);
    expect(out).toBe('No closed rotation of nobody.\n');
    expect((await history('nobody', '--json')).json()).toEqual([]);
    expect((await history('nobody', '--csv')).out).toMatch(/^userId,.*\r\n$/);
  });

  it('prints CSV that no spreadsheet takes for formulas', async () => {
    const { out } = await history('--csv');

    const lines = out.split('\r\n');
    expect(lines[0]).toMatch(/^userId,userName,userArn,outcome,reason,startedAt,closedAt,oldKeyId/);
    const hostile = lines.find((line) => line.includes('HYPERLINK')) ?? '';
    expect(hostile).toContain(`,"'=HYPERLINK(""evil"")",`);
    expect(hostile).toContain(`,"'@SUM(1), ""quoted"" +1[2J",`);
    expect(hostile).toContain(',87,');
    expect(lines).toHaveLength(6);
  });

  it('holds the age of the old key and every moment in the machine-readable form', async () => {
    expect(((await history('--json', aliceId)).json() as object[])[0]).toEqual({
      userId: aliceId,
      userName: 'alice.maiden',
      userArn: 'arn:aws:iam::111122223333:user/alice',
      outcome: 'completed',
      code: 'error',
      reason: 'renamed',
      startedAt: '1970-01-01T00:00:00.001Z',
      closedAt: '2026-03-08T10:00:00.000Z',
      oldKeyId: 'AKIAIOSFODNN7EXAMPLE',
      oldKeyCreatedAt: '2025-12-11T10:00:00.000Z',
      oldKeyAgeDays: 87,
      newKeyId: 'AKIAI44QH8DHBEXAMPLE',
      rotationId: 'rotation-0',
    });
  });

  it('tells what it can when an item was changed by hand, and that it is not all', async () => {
    const broken = await startCommandLine();
    try {
      await broken.journal.addHistory(historyItem({ startedAtMs: 1, reason: because('readable') }));
      await broken.account.userActions.putItem(TABLE, {
        account: { S: '111122223333/history' },
        item: { S: `2026-01-01T00:00:00.000Z/${aliceId}/x` },
        outcome: { S: 'perhaps' },
      });
      const { code, out, err } = await broken.ikr(['history']);

      expect(code).toBe(1);
      expect(out).toContain('readable');
      expect(err).toMatch(/^Problem: The table's item .* can't be read/);
    } finally {
      await broken.close();
    }
  });

  it('wants one form at a time', async () => {
    expect((await history('--csv', '--json')).code).toBe(2);
  });
});
