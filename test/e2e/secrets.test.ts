/**
 * Whatever any component logs, returns, throws or stores in clear, in good days and bad: no secret
 * access key and no content key is in it.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type MailClient, type Pipeline, startPipeline, TABLE } from '../../simulation/pipeline.ts';
import { HOUR_MS } from '../../src/domain/time.ts';

/** A secret as it is, and as it would look in a body, a URL or an inspected buffer. */
function forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    [...bytes].join(','),
  ];
}

function contentKeys(secureValues: ReadonlySet<string>): string[] {
  return [...secureValues].flatMap((value) => /"k":"([\w-]{43})"/.exec(value)?.[1] ?? []);
}

/** A life with everything that can go wrong, and everything that goes on record on the way. */
async function liveThrough(mailClient: MailClient, encrypt: boolean): Promise<Pipeline> {
  const pipeline = await startPipeline({
    mailClient,
    env: { LOG_LEVEL: 'debug', ENCRYPT_KEY_PAIR: String(encrypt), DEACTIVATE_AFTER_DAYS: '3' },
  });
  const { account, rotator, destructor } = pipeline;
  for (const name of ['alice', 'bob', 'carol', 'dave+x@example.com']) pipeline.addUser(name);
  const once = (service: string, action: string, kind: 'deny' | 'reset-after' | 'error500-after') =>
    account.faults.add({ match: { service, action }, kind, times: 2 });

  // Each of these leaves a mark in a report, an error or a log.
  const faults = [
    once('iam', 'CreateAccessKey', 'error500-after'),
    once('ssm', 'PutParameter', 'deny'),
    once('dynamodb', 'PutItem', 'reset-after'),
  ];
  await pipeline.tryRotate();
  for (const fault of faults) fault.remove();
  account.faults.add({
    match: { service: 'iam', action: 'CreateAccessKey' },
    kind: 'die-after',
    onDie: () => rotator.kill(),
  });
  account.clock.advance(6 * HOUR_MS);
  await pipeline.tryRotate();
  const send = { ses: 'SendEmail', smtp: 'DATA', mailgun: 'SendMessage' }[mailClient];
  account.faults.add({
    match: { service: mailClient, action: send },
    kind: 'reset-after',
    times: 2,
  });
  await pipeline.pass(1);
  for (const name of ['alice', 'bob']) pipeline.useNewKey(name);
  once('iam', 'DeleteAccessKey', 'deny');
  once('ssm', 'DeleteParameter', 'error500-after');
  await pipeline.pass(12);
  await destructor.invoke({ Records: [{ eventName: 'REMOVE', dynamodb: {} }] });
  await rotator.invoke({ users: 'everybody' });
  return pipeline;
}

describe.each([
  ['ses', true],
  ['smtp', true],
  ['mailgun', true],
  ['ses', false],
  ['smtp', false],
  ['mailgun', false],
] as const)('mailing by %s, encrypted: %s', (mailClient, encrypt) => {
  let pipeline: Pipeline;
  let secrets: string[];
  beforeAll(async () => {
    pipeline = await liveThrough(mailClient, encrypt);
    const { account, smtp, mailgun } = pipeline;
    secrets = [
      ...account.secrets,
      ...contentKeys(account.secureValues),
      ...(smtp ? [smtp.knobs.password] : []),
      ...(mailgun ? [mailgun.knobs.apiKey] : []),
    ];
  }, 60_000);
  afterAll(() => pipeline.close());

  const expectNone = (what: string) => {
    const found = secrets.filter((secret) => forms(secret).some((form) => what.includes(form)));
    // Counted, because a failing test must not print what it found.
    expect(found.length).toBe(0);
  };

  it('had secrets to lose, and work that went wrong', () => {
    expect(secrets.length).toBeGreaterThan(8);
    expect(pipeline.answers.some((answer) => answer.includes('"died":true'))).toBe(true);
    expect(pipeline.rotator.logs.some((line) => line.includes('"level":"error"'))).toBe(true);
    expect(pipeline.destructor.logs.some((line) => line.includes('"level":"error"'))).toBe(true);
  });

  it('tells no secret in a log', () => {
    expectNone([...pipeline.rotator.logs, ...pipeline.destructor.logs].join('\n'));
  });

  it('tells no secret in an answer or an error', () => {
    expectNone(pipeline.answers.join('\n'));
  });

  it('keeps no secret in clear in the table or on its stream', async () => {
    expectNone(JSON.stringify(await pipeline.account.userActions.items(TABLE)));
    expectNone(pipeline.streamed.join('\n'));
    expect(pipeline.streamed.join()).toContain('"sealed"');
  });

  it('tells a secret in no mail but the one that userActions the pair over in clear', () => {
    const mails = pipeline.account.mails.filter(
      ({ subject }) => encrypt || !subject.startsWith('New access key'),
    );
    expect(mails.length).toBeGreaterThan(0);
    expectNone(
      mails.map(({ subject, text, html, raw }) => [subject, text, html, raw].join()).join(),
    );
  });
});
