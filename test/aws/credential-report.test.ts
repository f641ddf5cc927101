import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readReport } from '../../src/aws/credential-report.ts';

const COLUMNS = [
  'user',
  'arn',
  'access_key_1_active',
  'access_key_1_last_rotated',
  'access_key_1_last_used_date',
  'access_key_2_active',
  'access_key_2_last_rotated',
  'access_key_2_last_used_date',
];
const HEADER = COLUMNS.join(',');
const NONE = 'false,N/A,N/A';
const report = (...rows: string[]) => [HEADER, ...rows].join('\n');

describe('the credential report', () => {
  it('tells the keys of every user by ARN', () => {
    const hints = readReport(
      report(
        `alice,arn:alice,true,2026-01-02T03:04:05+00:00,2026-02-01T00:00:00+00:00,${NONE}`,
        `bob,arn:bob,${NONE},false,2026-01-01T00:00:00+00:00,no_information`,
        `carol,arn:carol,${NONE},${NONE}`,
      ),
    );
    expect(Object.fromEntries(hints)).toEqual({
      'arn:alice': [
        {
          active: true,
          changedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
          lastUsedAtMs: Date.UTC(2026, 1, 1),
        },
      ],
      'arn:bob': [{ active: false, changedAtMs: Date.UTC(2026, 0, 1) }],
      'arn:carol': [],
    });
  });

  it('finds its columns by name, wherever they stand, and reads quoted cells', () => {
    const shuffled = [
      ['arn', ...COLUMNS.filter((name) => name !== 'arn')].join(','),
      `"arn:a,b","a,""b""",true,2026-01-01T00:00:00+00:00,N/A,${NONE}`,
    ].join('\r\n');
    expect(readReport(shuffled).get('arn:a,b')).toHaveLength(1);
  });

  it.each(COLUMNS.slice(1))('is believed in nothing without the column %s', (name) => {
    const header = COLUMNS.filter((column) => column !== name).join(',');
    expect(() => readReport(`${header}\nx`)).toThrow(`has no column ${name}`);
  });

  it('never crashes on what it can not read, and makes up no key', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (rows) => {
        for (const keys of readReport(report(...rows)).values()) {
          for (const { changedAtMs } of keys) expect(Number.isFinite(changedAtMs)).toBe(true);
        }
      }),
    );
  });
});
