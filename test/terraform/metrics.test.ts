/** The metrics of alarms and dashboard are those that the functions write. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readModule } from '../../scripts/terraform-module.ts';
import { destructorMetrics, embedded, rotatorMetrics } from '../../src/notifications/metrics.ts';

const FIGURES = {
  managedUsers: 0,
  openRotations: 0,
  overdueDestructions: 0,
  mailsSent: 0,
  mailsNotAccepted: 0,
};
const REPORT = {
  startedAt: '',
  finishedAt: '',
  dryRun: false,
  users: 0,
  rows: [],
  totals: {},
  figures: FIGURES,
  problems: [],
  notes: [],
};

let namespace: unknown;
let metrics: Readonly<Record<string, readonly string[]>>;

beforeAll(async () => {
  const { locals } = await readModule('terraform');
  namespace = locals.metric_namespace;
  metrics = locals.metrics as typeof metrics;
});

describe('The metrics of the module', () => {
  it('are those of the rotator', () => {
    expect(metrics.rotator).toEqual(Object.keys(rotatorMetrics(REPORT, true)).sort());
  });

  it('are those of the destructor', () => {
    expect(metrics.destructor).toEqual(Object.keys(destructorMetrics([], 0, FIGURES)).sort());
  });

  it('include one that only completed runs for the whole account write, for rotator-missed-schedule', () => {
    expect(rotatorMetrics(REPORT, true)).toHaveProperty('ManagedUsers');
    expect(rotatorMetrics(REPORT, false)).not.toHaveProperty('ManagedUsers');
  });

  it('are in the namespace that the functions write to', () => {
    const declared = { CloudWatchMetrics: [expect.objectContaining({ Namespace: namespace })] };
    expect(embedded({}, 'function', 0)).toMatchObject({ _aws: declared });
  });
});
