/**
 * The built functions are called with what is no event of theirs, over users whom a stranger tags.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Pipeline, startPipeline } from '../../simulation/pipeline.ts';
import { anyJson, hostileAddress } from '../support/hostile.ts';

describe('the functions, where somebody means harm,', () => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await startPipeline({ env: { ALLOWED_MAIL_DOMAINS: 'example.com' } });
  });
  afterAll(() => pipeline.close());

  it('refuse events that are none of theirs in words, and call nobody', async () => {
    const { account, rotator, destructor } = pipeline;
    // What JSON can carry, and what does not mean everybody.
    const event = anyJson.filter(
      (one) => one !== undefined && one !== null && JSON.stringify(one) !== '{}',
    );
    await fc.assert(
      fc.asyncProperty(event, async (one) => {
        account.calls.reset();
        expect((await rotator.invoke(one)).error?.message).toMatch(/Allowed: |needs "users"/);
        expect((await destructor.invoke(one)).error?.message).toMatch(/has no Records/);
        expect(account.calls.counts()).toEqual({});
      }),
      { numRuns: 25 },
    );
  });

  it('hand the records that they can not read back by number, and nothing else', async () => {
    const record = anyJson.map((image) => ({
      eventName: 'REMOVE',
      dynamodb: { Keys: image, OldImage: image },
    }));
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 5 }), async (records) => {
        const Records = records.map((one, at) => ({
          ...one,
          dynamodb: { ...one.dynamodb, SequenceNumber: `1${at}` },
        }));
        const { result, error } = await pipeline.destructor.invoke({ Records });
        expect(error).toBeUndefined();
        expect(result).toEqual({
          batchItemFailures: Records.map(({ dynamodb }) => ({
            itemIdentifier: dynamodb.SequenceNumber,
          })),
        });
      }),
      { numRuns: 10 },
    );
  });

  it('mail no key out of the allowed domains, and rotate everybody else', async () => {
    // What IAM takes as the value of a tag.
    const taggable = hostileAddress('example.com').filter((value) =>
      /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value),
    );
    const addresses = fc.sample(taggable, { numRuns: 40, seed: 7 });
    addresses.forEach((address, at) => {
      pipeline.addUser(`user${at}`, { tags: { 'IKR:EMAIL': address } });
    });
    pipeline.addUser('zoe');
    pipeline.addUser('mallory', {
      tags: { 'IKR:EMAIL': 'mallory@example.com', '\u0131KR:EMAIL': 'eve@evil.test' },
    });
    const report = await pipeline.rotate();

    expect(pipeline.row(report, 'zoe').outcome).toBe('rotated');
    expect(pipeline.row(report, 'mallory').outcome).toBe('rotated');
    const recipients = pipeline.account.mails.flatMap(({ to }) => to);
    expect(recipients).toContain('zoe@example.com');
    for (const to of recipients) expect(to).toMatch(/^[^@\s"<>,;()]+@example\.com$/i);
    for (const { outcome, reason } of report.rows) {
      expect(['rotated', 'invalid']).toContain(outcome);
      if (outcome === 'invalid') expect(reason).toMatch(/IKR:EMAIL is |ALLOWED_MAIL_DOMAINS/);
    }
    const keys = addresses.map((_, at) => pipeline.account.userActions.keys(`user${at}`).length);
    const rotated = addresses.map((_, at) => pipeline.row(report, `user${at}`).outcome);
    expect(keys).toEqual(rotated.map((outcome) => (outcome === 'rotated' ? 2 : 1)));
    for (const name of pipeline.account.userActions.parameterNames()) {
      expect(name).toMatch(/^\/ikr\/secret\/iam\/[\w.-]+\/AIDA\w+$/);
    }
  });
});
