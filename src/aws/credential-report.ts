/** The age of everybody's keys in two calls: IAM's credential report. */
import {
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import type { ReportRow } from '../domain/report-row.ts';
import type { Clock } from '../ports/clock.ts';
import { errorName } from './answers.ts';

/** Waits while IAM makes the report, which takes seconds; then the run does without it. */
const WAITS_MS = [500, 1000, 2000, 4000, 8000];

/**
 * The report of today, by user ARN.
 * @throws Error when it can't be had: denied, or not ready in time
 */
export async function credentialReport(
  iam: IAMClient,
  clock: Clock,
): Promise<Map<string, ReportRow>> {
  await iam.send(new GenerateCredentialReportCommand({}));
  for (const waitMs of [0, ...WAITS_MS]) {
    if (waitMs > 0) await clock.sleep(waitMs);
    try {
      const { Content: content } = await iam.send(new GetCredentialReportCommand({}));
      if (content) return readReport(new TextDecoder().decode(content));
    } catch (error) {
      const name = errorName(error);
      // The report of before can expire between the two calls.
      if (/^CredentialReport(NotPresent|Expired)/.test(name)) {
        await iam.send(new GenerateCredentialReportCommand({}));
      } else if (!name.startsWith('CredentialReportNotReady')) {
        throw error;
      }
    }
  }
  throw new Error('IAM is still making the credential report');
}

/**
 * Reads the report's CSV.
 * @throws Error when a column is missing: then nothing in it is to be believed
 */
export function readReport(csv: string): Map<string, ReportRow> {
  const [header = [], ...rows] = csv.split(/\r?\n/).filter(Boolean).map(readCsvLine);
  const column = (name: string) => {
    const index = header.indexOf(name);
    if (index < 0) throw new Error(`the credential report has no column ${name}`);
    return index;
  };
  const arn = column('arn');
  const slots = [1, 2].map((slot) => ({
    active: column(`access_key_${slot}_active`),
    changed: column(`access_key_${slot}_last_rotated`),
    used: column(`access_key_${slot}_last_used_date`),
  }));
  return new Map(
    rows.map((row) => [
      row[arn] ?? '',
      slots.flatMap(({ active, changed, used }) => {
        const changedAtMs = Date.parse(row[changed] ?? '');
        if (Number.isNaN(changedAtMs)) return [];
        const lastUsedAtMs = Date.parse(row[used] ?? '');
        return [
          {
            active: row[active] === 'true',
            changedAtMs,
            ...(!Number.isNaN(lastUsedAtMs) && { lastUsedAtMs }),
          },
        ];
      }),
    ]),
  );
}

/** A line of CSV (RFC 4180): a user's name may hold a comma, and then stands in quotes. */
function readCsvLine(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}
