import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { findTokens } from '../../src/deliveries/mail/templates/token-block.ts';
import { type CommandLine, mailsTo, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterEach(async () => {
  cli.account.faults.clear();
  await cli.settings({});
  Object.assign(cli.account.ses.knobs, { sendingPaused: false, rejected: new Set() });
});
afterAll(() => cli.close());

const resend = (...argv: string[]) => cli.ikr(['resend', ...argv]);
const rotated = (name: string) => cli.rotated(name);
const words = (text: string) => text.replace(/\s+/g, ' ');
const mails = (name: string) => mailsTo(cli.account, `${name}@example.com`);
const newKeyOf = (name: string) => cli.account.userActions.keys(name)[1]?.accessKeyId ?? '';

describe('ikr resend', () => {
  it('sends the same pair to the address of today, and leaves the dates as they are', async () => {
    const before = await rotated('alice');
    cli.account.userActions.tagUser('alice', {
      'IKR:EMAIL': 'new@example.com',
      'IKR:DELETE_AFTER_DAYS': '30',
    });

    const { code, out } = await resend('alice');

    expect(code).toBe(0);
    expect(out).toContain('Sent again to new@example.com');
    const [first] = mails('alice');
    const [second, ...others] = mailsTo(cli.account, 'new@example.com');
    expect(others).toEqual([]);
    expect(findTokens(second?.text ?? '')).toEqual(findTokens(first?.text ?? ''));
    expect(await cli.record('alice')).toEqual({
      ...before,
      version: before.version + 2,
      target: { ...before.target, address: 'new@example.com' },
    });
  });

  it('sends the pair in the form in which it was delivered, whatever the settings say by now', async () => {
    await cli.settings({ ENCRYPT_KEY_PAIR: 'false' });
    await rotated('bob');
    await cli.settings({});

    expect((await resend('bob')).code).toBe(0);

    const text = mails('bob')[1]?.text ?? '';
    const secret = /aws_secret_access_key = (\S+)/.exec(text)?.[1] ?? '';
    expect(cli.account.userActions.keyWorks(newKeyOf('bob'), secret)).toBe(true);
  });

  it('finds a user by unique ID, also after a new name', async () => {
    const { userId } = await rotated('carol');
    cli.account.userActions.rename('carol', 'caroline');

    const { code, out } = await resend(userId);

    expect(code).toBe(0);
    expect(out).toContain('Sent again to carol@example.com');
    expect(await cli.record('carol')).toMatchObject({ userName: 'caroline' });
  });

  it('sends the mail of a cancelled rotation, and says that its dates do not hold', async () => {
    await rotated('dave');
    await cli.ikr(['cancel', 'dave']);

    const { code, out, err } = await resend('dave');

    expect(code).toBe(0);
    expect(out).toContain('stays: the rotation is cancelled');
    expect(words(err)).toContain('Tell the owner that the old key stays');
    expect(await cli.record('dave')).toMatchObject({ state: 'CANCELLED', leaseUntilMs: 0 });
  });

  it('says how the owner of an inactive old key can open the mail', async () => {
    const { oldKeyId } = await rotated('erin');
    cli.account.userActions.deactivate(oldKeyId);
    await cli.change('erin', { state: 'DEACTIVATED', deactivatedAtMs: 1 });

    const { code, err } = await resend('erin');

    expect(code).toBe(0);
    expect(err).toContain(`--access-key-id ${oldKeyId} --status Active`);
  });

  it('delivers what was never delivered, as one more attempt', async () => {
    cli.managed('frank', 85);
    // Nobody knows whether this mail arrived.
    cli.account.faults.add({ match: { action: 'SendEmail' }, kind: 'reset-before' });
    await cli.ikr(['rotate', '--user', 'frank']);
    expect(await cli.record('frank')).toMatchObject({ state: 'DELIVERING', attempts: 1 });

    const { code, out } = await resend('frank');

    expect(code).toBe(0);
    expect(out).toContain('the new key was delivered');
    expect(await cli.record('frank')).toMatchObject({ state: 'SCHEDULED' });
    expect(mails('frank')).toHaveLength(1);
  });

  it.each([
    ['refused', { kind: 'deny', code: 'MessageRejected' }, 'The mail was refused'],
    ['unknown', { kind: 'reset-after' }, 'not known whether the mail arrived'],
  ] as const)('leaves the record as it was when the answer is %s', async (name, fault, told) => {
    const before = await rotated(`answer-${name}`);
    cli.account.faults.add({ match: { action: 'SendEmail' }, ...fault });

    const { code, err } = await resend(`answer-${name}`);

    expect(code).toBe(1);
    expect(err).toContain(told);
    const after = await cli.record(`answer-${name}`);
    expect(after).toEqual({ ...before, version: before.version + 2 });
  });

  it('verifies the mailer before it touches the record', async () => {
    const before = await rotated('grace');
    cli.account.ses.knobs.sendingPaused = true;

    const { code, err } = await resend('grace');

    expect(code).toBe(1);
    expect(err).toContain('no mail can be sent now');
    expect(await cli.record('grace')).toEqual(before);
  });

  it('says when nobody could open the mail any more', async () => {
    const { parameterName } = await rotated('heidi');
    cli.account.userActions.putParameter(parameterName, 'something else');

    const { code, err } = await resend('heidi');

    expect(code).toBe(1);
    expect(words(err)).toContain(`the parameter ${parameterName} no longer holds the content key`);
    expect(mails('heidi')).toHaveLength(1);
    expect(await cli.record('heidi')).toMatchObject({ state: 'SCHEDULED', leaseUntilMs: 0 });
  });

  it('sends no mail about a key that is inactive or gone', async () => {
    await rotated('ivan');
    cli.account.userActions.deactivate(newKeyOf('ivan'));
    const inactive = await resend('ivan');
    expect(words(inactive.err)).toContain('is inactive, so the mail would be of no use');

    cli.account.userActions.deleteKey(newKeyOf('ivan'));
    const gone = await resend('ivan');
    expect(words(gone.err)).toContain('does not exist any more');
    expect([inactive.code, gone.code]).toEqual([1, 1]);
    expect(mails('ivan')).toHaveLength(1);
  });

  it('says when there is no address', async () => {
    await rotated('judy');
    cli.account.userActions.untagUser('judy', ['IKR:EMAIL']);

    const { code, err } = await resend('judy');

    expect(code).toBe(1);
    expect(words(err)).toContain('there is nobody to mail to');
  });

  it('keeps away while another run may be at work', async () => {
    await rotated('kim');
    await cli.change('kim', { leaseUntilMs: Date.now() + 600_000 });

    const { code, err } = await resend('kim');

    expect(code).toBe(1);
    expect(words(err)).toContain('a run may be at work');
    expect(mails('kim')).toHaveLength(1);
  });

  it.each([
    ['STARTED', { seenKeyIds: [], earlierRotationIds: [] }, 'cut off before there was a key pair'],
    [
      'WITHDRAWING',
      { reason: { code: 'error', details: { message: 'refused' } } },
      'is being withdrawn (refused)',
    ],
    [
      'CLOSED',
      { closedAtMs: 1, outcome: 'completed', reason: { code: 'x' }, retryNotBeforeMs: 0 },
      'no rotation of',
    ],
  ])('says why there is nothing to send in %s', async (state, more, why) => {
    const name = `in-${state.toLowerCase()}`;
    await rotated(name);
    await cli.change(name, { state, ...more });

    const { code, err } = await resend(name);

    expect(code).toBe(1);
    expect(words(err)).toContain(why);
    expect(err).toContain(`ikr rotate --user ${name}`);
  });

  it('sends nothing where the settings say DRY_RUN', async () => {
    await rotated('leo');
    await cli.settings({ DRY_RUN: 'true' });

    const { code, err } = await resend('leo');

    expect(code).toBe(1);
    expect(err).toContain('DRY_RUN is true');
    expect(mails('leo')).toHaveLength(1);
  });

  it('tells the same as JSON, without the key', async () => {
    const { userId } = await rotated('mia');

    const { out, json } = await resend('mia', '--json');

    expect(json()).toMatchObject({ userId, result: 'sent', address: 'mia@example.com' });
    expect(out).not.toContain('eyJ');
    expect((await resend('nobody', '--json')).code).toBe(1);
  });

  it('leaks no secret into anything that it prints', async () => {
    await rotated('nina');
    await cli.settings({ ENCRYPT_KEY_PAIR: 'false' });
    const { out, err } = await cli.ikr(['resend', 'nina', '--debug']);

    const secrets = [...cli.account.secrets, ...cli.account.secureValues];
    expect(secrets.filter((secret) => `${out}${err}`.includes(secret))).toEqual([]);
  });
});
