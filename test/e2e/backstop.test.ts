/**
 * On the built functions: an old key that is due goes with the next run of the rotator, even if the
 * TTL service is two days late or the stream has lost its record, by the destructor's rules.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Pipeline, startPipeline, TABLE } from '../../simulation/pipeline.ts';
import { HOUR_MS } from '../../src/domain/time.ts';

describe('the rotator as a backstop for TTL', () => {
  let pipeline: Pipeline;
  const newKeys = new Map<string, string>();
  const keysOf = (name: string) => pipeline.account.userActions.keys(name);
  /** Days go by without the destructor: a run of the rotator every six hours. */
  const passWithoutDestructor = async (days: number) => {
    for (let hours = 0; hours < days * 24; hours += 6) {
      pipeline.account.clock.advance(6 * HOUR_MS);
      await pipeline.rotate();
    }
  };
  const state = async (name: string) => (await pipeline.record(name))?.state;

  beforeAll(async () => {
    pipeline = await startPipeline();
    for (const name of ['late', 'unused']) pipeline.addUser(name, { keyAgeDays: 80 });
    pipeline.addUser('lost', { keyAgeDays: 80, tags: { 'IKR:DELETE_AFTER_DAYS': '5' } });
    await pipeline.rotate();
    for (const name of ['late', 'lost']) newKeys.set(name, pipeline.useNewKey(name));
  });
  afterAll(() => pipeline.close());

  it('ends an old key whose record the stream has lost, a day after it was due', async () => {
    await passWithoutDestructor(5);
    // The TTL service removes the timer, and nobody hears of it.
    pipeline.account.clock.advance(HOUR_MS);
    await pipeline.account.expire(TABLE);
    const lost = pipeline.account.stream.take().filter(({ eventName }) => eventName === 'REMOVE');
    expect(lost).toHaveLength(1);
    await passWithoutDestructor(0.75);
    expect(keysOf('lost')).toHaveLength(2);

    await passWithoutDestructor(0.25);

    expect(keysOf('lost').map(({ accessKeyId }) => accessKeyId)).toEqual([newKeys.get('lost')]);
    expect(await pipeline.record('lost')).toMatchObject({ state: 'CLOSED', outcome: 'completed' });
  });

  it('ends an old key whose timer expires two days late, a day after it was due', async () => {
    await passWithoutDestructor(1.75);
    expect(keysOf('late')).toHaveLength(2);

    await passWithoutDestructor(0.25);

    expect(keysOf('late').map(({ accessKeyId }) => accessKeyId)).toEqual([newKeys.get('late')]);
    expect(await pipeline.record('late')).toMatchObject({ state: 'CLOSED', outcome: 'completed' });
    expect(pipeline.account.userActions.parameterNames()).toEqual([
      expect.stringMatching(/^\/ikr\/secret\/iam\/unused\/AIDA/),
    ]);
  });

  it('keeps an old key whose successor was never used, and reminds its owner', async () => {
    expect(keysOf('unused').map(({ status }) => status)).toEqual(['Active', 'Active']);
    expect(await state('unused')).toBe('SCHEDULED');
    const subjects = pipeline.account.mails
      .filter(({ to }) => to.includes('unused@example.com'))
      .map(({ subject }) => subject);
    expect(subjects).toContainEqual(expect.stringMatching(/^Reminder: /));
    expect(pipeline.called.destructor.size).toBe(0);
  });

  it('leaves nothing to be done to the destructor when TTL comes in the end', async () => {
    const mails = pipeline.account.mails.length;
    pipeline.account.clock.advance(24 * HOUR_MS);
    const { result } = await pipeline.expire();
    expect(result).toEqual({ batchItemFailures: [] });
    expect(keysOf('late')).toHaveLength(1);
    expect(await state('late')).toBe('CLOSED');
    expect(pipeline.account.mails.slice(mails).map(({ to }) => to)).not.toContainEqual([
      'late@example.com',
    ]);
  });
});
