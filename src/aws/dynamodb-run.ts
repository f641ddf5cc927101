/** The last run of the rotator, as one item of the account in the table. */
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { ReportRow } from '../domain/report.ts';
import type { Clock } from '../ports/clock.ts';
import {
  FOLLOWED_MS,
  LONGEST_RUN_MS,
  type RecordedRun,
  type RunJournal,
  type StoredReport,
} from '../ports/run-journal.ts';
import { errorName } from './answers.ts';

/** Far below the 400 kB of an item: the report is most of it. */
const MAX_REPORT_BYTES = 300_000;
/** A report travels in one answer of the function, which may be 6 MB. */
const MAX_JSON_BYTES = 4_000_000;

const count = z.int().check(z.minimum(0));
/** People can change the item by hand: what is no date is not believed. */
const moment = z.number().check(z.minimum(0), z.maximum(Date.UTC(10_000, 0) - 1));
const itemSchema = z.object({
  requestId: z.optional(z.string()),
  askedBy: z.optional(z.string()),
  startedAtMs: moment,
  finishedAtMs: z.optional(moment),
  done: count,
  total: count,
  totals: z.optional(z.record(z.string(), count)),
  error: z.optional(z.string()),
  /** Gzip as Base64. */
  report: z.optional(z.string()),
});

const runKey = (accountId: string) => ({ account: accountId, item: 'run' });

export function dynamodbRunJournal(
  table: string,
  accountId: string,
  dynamodb: DynamoDBDocumentClient,
  clock: Clock,
): RunJournal {
  const readItem = async () => {
    const { Item: item } = await dynamodb.send(
      new GetCommand({ TableName: table, Key: runKey(accountId), ConsistentRead: true }),
    );
    return item;
  };

  /**
   * Writes the item on a condition.
   * @returns whether it holds
   */
  const write = async (
    run: RecordedRun,
    condition: string,
    values: Readonly<Record<string, string | number>>,
    writeId?: string,
  ): Promise<boolean> => {
    const { report, ...rest } = run;
    const packed = report && { report: await pack(report) };
    const Item = { ...runKey(accountId), ...rest, ...packed, writeId };
    try {
      await dynamodb.send(
        new PutCommand({
          TableName: table,
          Item,
          ConditionExpression: condition,
          ExpressionAttributeValues: values,
        }),
      );
      return true;
    } catch (error) {
      if (errorName(error) !== 'ConditionalCheckFailedException') throw error;
      return false;
    }
  };

  return {
    async read() {
      const item = await readItem();
      const parsed = itemSchema.safeParse(item);
      if (!parsed.success) return undefined;
      const { report, ...run } = parsed.data;
      return { ...run, ...(report !== undefined && (await unpack(report))) };
    },

    async begin(run) {
      // The client repeats a call whose answer was lost: then its own first write breaks the condition.
      const writeId = randomUUID();
      const isFree =
        'attribute_not_exists(startedAtMs) OR (NOT requestId = :request AND (attribute_not_exists(requestId) OR attribute_exists(finishedAtMs) OR startedAtMs <= :stopped))';
      const values = { ':request': run.requestId, ':stopped': clock.nowMs() - LONGEST_RUN_MS };
      if (await write(run, isFree, values, writeId)) return 'begun';
      const standing = await readItem();
      if (standing?.writeId === writeId) return 'begun';
      return standing?.requestId === run.requestId ? 'repeated' : 'busy';
    },

    async save(run) {
      await write(run, 'requestId = :request', { ':request': run.requestId });
    },

    async note(run) {
      const isFree = 'attribute_not_exists(requestId) OR startedAtMs <= :followed';
      await write(run, isFree, { ':followed': clock.nowMs() - FOLLOWED_MS });
    },
  };
}

/** Users who need nothing are left out first. */
const isQuiet = ({ outcome }: ReportRow) => outcome === 'skipped' || outcome === 'waiting';

/** The report with as many of its rows as there is room for; `undefined` if not even without any. */
async function pack(report: StoredReport): Promise<string | undefined> {
  const { rows } = report;
  const without = (kept: readonly ReportRow[]): StoredReport => ({
    ...report,
    rows: kept,
    omittedRows: rows.length - kept.length,
  });
  let packed = await compress(report);
  let kept = rows.filter((row) => !isQuiet(row));
  while (packed === undefined) {
    packed = await compress(without(kept));
    if (kept.length === 0) break;
    kept = kept.slice(0, Math.floor(kept.length / 2));
  }
  return packed;
}

/** `undefined` when it is too large. */
async function compress(report: StoredReport): Promise<string | undefined> {
  const json = Buffer.from(JSON.stringify(report));
  if (json.length > MAX_JSON_BYTES) return undefined;
  const packed = (await promisify(gzip)(json)).toString('base64');
  return packed.length <= MAX_REPORT_BYTES ? packed : undefined;
}

/** No report when people have changed it by hand. */
async function unpack(packed: string): Promise<{ report?: StoredReport }> {
  try {
    const json = await promisify(gunzip)(Buffer.from(packed, 'base64'), {
      maxOutputLength: MAX_JSON_BYTES,
    });
    return { report: JSON.parse(json.toString()) as StoredReport };
  } catch {
    return {};
  }
}
