import { describe, expect, it } from '@jest/globals';
import { LOST, REFUSED } from '../../../simulation/memory/mail.ts';
import {
  cancelled,
  delivering,
  type Scene,
  scheduled,
  started,
  withdrawing,
} from '../../../simulation/memory/states.ts';
import type { World } from '../../../simulation/memory/world.ts';
import { resend } from '../../../src/rotation/commands/resend.ts';

const run = (world: World, user = 'alice') => resend(user, world.run());
const mails = (world: World) => world.mail.sent.length;
const lease = ({ world, userId }: Scene) => {
  const leaseUntilMs = world.clock.nowMs() + 60_000;
  world.putRecord({ ...world.record(userId), leaseUntilMs });
};

describe('the command resend', () => {
  it('sends the same pair to the address of today, and keeps the dates', async () => {
    const { world, userId, newKeyId, oldKeyId } = await scheduled();
    const before = world.recordIn(userId, 'SCHEDULED');
    world.iam.retag(userId, { 'IKR:EMAIL': 'new@example.com', 'IKR:DELETE_AFTER_DAYS': '30' });

    expect(await run(world)).toEqual({
      userName: 'alice',
      userId,
      result: 'sent',
      address: 'new@example.com',
      state: 'SCHEDULED',
      oldKeyId,
      newKeyId,
      deleteOn: new Date(before.deleteOnMs).toISOString(),
    });
    expect(world.mail.sent.at(-1)?.to).toBe('new@example.com');
    expect(world.record(userId)).toEqual({
      ...before,
      version: before.version + 2,
      target: { ...before.target, address: 'new@example.com' },
    });
  });

  it('finds a renamed user by ID, and mails by the name of today', async () => {
    const { world, userId } = await scheduled();
    world.iam.renameUser(userId, 'alice.new');

    expect(await run(world, userId)).toMatchObject({ result: 'sent', userName: 'alice.new' });
    expect(world.record(userId)?.userName).toBe('alice.new');
  });

  it('sends the mail of a cancelled rotation, which stays cancelled', async () => {
    const { world, userId } = await cancelled();

    expect(await run(world)).toMatchObject({ result: 'sent', state: 'CANCELLED' });
    expect(world.record(userId)).toMatchObject({ state: 'CANCELLED', leaseUntilMs: 0 });
  });

  it('delivers what was never delivered, as one more attempt', async () => {
    const { world, userId } = await delivering();

    expect(await run(world)).toMatchObject({ result: 'resumed', outcome: 'rotated' });
    expect(world.record(userId)?.state).toBe('SCHEDULED');
  });

  it.each([
    ['refused', REFUSED],
    ['unknown', LOST],
  ])('leaves the record as it was when the answer is %s', async (answer, scripted) => {
    const { world, userId } = await scheduled();
    const before = world.recordIn(userId, 'SCHEDULED');
    world.mail.next.push(scripted);

    expect(await run(world)).toMatchObject({ result: 'not-accepted', answer });
    expect(world.record(userId)).toEqual({ ...before, version: before.version + 2 });
  });

  it('verifies the mailer before it touches the record', async () => {
    const { world, userId } = await scheduled();
    const before = world.record(userId);
    world.mail.verification = { kind: 'not-now', reason: 'paused', warnings: [] };

    expect(await run(world)).toMatchObject({ result: 'not-sent', why: 'mailer', detail: 'paused' });
    expect(world.record(userId)).toEqual(before);
  });

  it('keeps away from a record that another run may be at work on', async () => {
    const scene = await scheduled();
    lease(scene);
    const sent = mails(scene.world);

    expect(await run(scene.world)).toMatchObject({ result: 'not-sent', why: 'leased' });
    expect(mails(scene.world)).toBe(sent);
  });

  it.each([
    ['not-sealed', started],
    ['withdrawing', withdrawing],
  ])('tells that there is nothing to send: %s', async (why, stage) => {
    const { world } = await stage();
    const sent = mails(world);

    expect(await run(world)).toMatchObject({ result: 'not-sent', why });
    expect(mails(world)).toBe(sent);
  });

  it('sends no mail about a key that is inactive or gone, and none without an address', async () => {
    const { world, userId, newKeyId } = await scheduled();
    const sent = mails(world);
    world.iam.setStatus(newKeyId, 'Inactive');
    expect(await run(world)).toMatchObject({ why: 'new-key-inactive', detail: newKeyId });
    world.iam.deleteKey(newKeyId);
    expect(await run(world)).toMatchObject({ why: 'new-key-gone', detail: newKeyId });
    world.iam.retag(userId, {});
    expect(await run(world)).toMatchObject({ why: 'no-address' });
    expect(mails(world)).toBe(sent);
  });

  it('sends nothing where the settings say DRY_RUN', async () => {
    const { world } = await scheduled();
    const sent = mails(world);

    await expect(resend('alice', world.run({ dryRun: true }))).rejects.toMatchObject({
      code: 'dry-run',
    });
    expect(mails(world)).toBe(sent);
  });

  it('refuses a user who is gone, though there is a record', async () => {
    const { world, userId } = await scheduled();
    world.iam.deleteUser(userId);

    await expect(run(world)).rejects.toMatchObject({ code: 'unknown-user' });
  });
});
