import { describe, expect, it } from '@jest/globals';
import type { ReportOutcome } from '../../src/domain/events.ts';
import type { Report, ReportRow } from '../../src/domain/report.ts';
import { destructorMetrics, embedded, rotatorMetrics } from '../../src/notifications/metrics.ts';

const row = (outcome: ReportOutcome, userName: string = outcome): ReportRow => ({
  userName,
  userId: `AIDA${userName}`,
  outcome,
  code: '',
  reason: '',
});
const report = (rows: ReportRow[], figures: Partial<Report['figures']> = {}): Report => ({
  startedAt: '2026-07-01T00:00:00.000Z',
  finishedAt: '2026-07-01T00:00:01.000Z',
  dryRun: false,
  users: rows.length,
  rows,
  totals: {},
  figures: {
    managedUsers: 0,
    openRotations: 0,
    overdueDestructions: 0,
    mailsSent: 0,
    mailsNotAccepted: 0,
    ...figures,
  },
  problems: [],
  notes: [],
});

describe('the metrics', () => {
  it('of a run count its outcomes and carry its figures', () => {
    const rows = [
      row('rotated', 'a'),
      row('rotated', 'b'),
      row('withdrawn'),
      row('failed'),
      row('invalid'),
    ];
    const metrics = rotatorMetrics(
      report(rows, { managedUsers: 9, oldestKeyAgeDays: 91, mailsSent: 2 }),
      true,
    );
    expect(metrics).toMatchObject({
      Rotations: 2,
      RotationsFailed: 2,
      UsersWithInvalidTags: 1,
      ManagedUsers: 9,
      OldestKeyAgeDays: 91,
      MailsSent: 2,
    });
  });

  it('of a run over a few users say nothing about the account', () => {
    const metrics = rotatorMetrics(
      report([row('rotated'), row('failed')], { mailsSent: 1 }),
      false,
    );
    expect(metrics).toEqual({
      Rotations: 1,
      KeysDeactivated: 0,
      KeysDeleted: 0,
      MailsSent: 1,
      MailsNotAccepted: 0,
    });
  });

  it('of an empty run are zeros, so that an alarm can end', () => {
    const values = Object.values(rotatorMetrics(report([]), true));
    expect(values.length).toBeGreaterThan(10);
    expect(new Set(values)).toEqual(new Set([0]));
  });

  it('of a batch count its outcomes and what goes back to the stream', () => {
    expect(
      destructorMetrics([row('deleted'), row('failed'), row('deactivated')], 3, {
        mailsSent: 1,
        mailsNotAccepted: 4,
      }),
    ).toEqual({
      DestructionsFailed: 1,
      KeysDeactivated: 1,
      KeysDeleted: 1,
      BatchItemFailures: 3,
      MailsSent: 1,
      MailsNotAccepted: 4,
    });
  });

  it('are declared in the embedded metric format, each with a value beside it', () => {
    const line = embedded({ Rotations: 2, KeysDeleted: 0 }, 'ikr-rotator', 1_700_000_000_000);
    expect(line).toEqual({
      _aws: {
        Timestamp: 1_700_000_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'IamKeyRotator',
            Dimensions: [['FunctionName']],
            Metrics: [
              { Name: 'Rotations', Unit: 'Count' },
              { Name: 'KeysDeleted', Unit: 'Count' },
            ],
          },
        ],
      },
      FunctionName: 'ikr-rotator',
      Rotations: 2,
      KeysDeleted: 0,
    });
  });
});
