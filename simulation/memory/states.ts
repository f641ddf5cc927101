import { timerKey } from '../../src/aws/items.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { dieAt } from './faults.ts';
import { ACCOUNT_ID } from './iam.ts';
import { expire, rotate } from './life.ts';
import { LOST, REFUSED } from './mail.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

/** A world with one user, alice, whose rotation has come to a certain state; nobody leases it. */
export interface Scene {
  readonly world: World;
  readonly userId: string;
  readonly oldKeyId: string;
  /** Empty while there is none. */
  readonly newKeyId: string;
  /** The status of each of alice's keys by its ID. */
  readonly keys: () => Record<string, 'Active' | 'Inactive'>;
}

/** The mail was accepted; the old key is due in seven days unless told. */
export async function scheduled({
  keyAgeDays,
  ...options
}: WorldOptions & { readonly keyAgeDays?: number } = {}): Promise<Scene> {
  const scene = hire(options, keyAgeDays);
  await rotate(scene.world);
  return withNewKey(scene);
}

/** As `scheduled`, and the owner has changed to the new key. */
export async function inUse(options: WorldOptions = {}): Promise<Scene> {
  const scene = await scheduled(options);
  await scene.world.owners.readMail();
  scene.world.iam.useKey(scene.newKeyId);
  return scene;
}

/** The old key was deactivated three days after the delivery, and is due four days later. */
export async function deactivated(options: WorldOptions = {}): Promise<Scene> {
  const policy = { ...options.settings?.policy, deactivateAfterDays: 3 };
  const scene = await inUse({ ...options, settings: { ...options.settings, policy } });
  scene.world.clock.advance(3 * DAY_MS);
  await expire(scene.world);
  return scene;
}

/** Cut off before a key was created. */
export async function started(options: WorldOptions = {}): Promise<Scene> {
  const scene = hire(options);
  scene.world.onCall = dieAt('keys.create', 'before');
  await rotate(scene.world);
  return free(scene);
}

/** Nobody knows whether the mail arrived. */
export async function delivering(options: WorldOptions = {}): Promise<Scene> {
  const scene = hire(options);
  scene.world.mail.next.push(LOST);
  await rotate(scene.world);
  return withNewKey(scene);
}

/** The mail was refused, and the new key could not be deleted yet. */
export async function withdrawing(options: WorldOptions = {}): Promise<Scene> {
  const scene = hire(options);
  scene.world.mail.next.push(REFUSED);
  scene.world.onCall = dieAt('keys.delete', 'before');
  await rotate(scene.world);
  return withNewKey(free(scene));
}

/** A person removed the timer. */
export async function cancelled(options: WorldOptions = {}): Promise<Scene> {
  const scene = await scheduled(options);
  scene.world.table.remove(timerKey(ACCOUNT_ID, scene.userId, scene.oldKeyId));
  await expire(scene.world);
  return scene;
}

function hire(options: WorldOptions, keyAgeDays = 80): Scene {
  const world = createWorld(options);
  const hired = world.hire('alice', { keyAgeDays });
  const keys = () =>
    Object.fromEntries(
      world.iam
        .keysOf(hired.userId)
        .map(({ accessKeyId, status }) => [accessKeyId, status] as const),
    );
  return { world, ...hired, newKeyId: '', keys };
}

function withNewKey(scene: Scene): Scene {
  const newKeyId = Object.keys(scene.keys()).find((id) => id !== scene.oldKeyId) ?? '';
  return { ...scene, newKeyId };
}

/** Waits until a lease that a crash left behind is over. */
function free(scene: Scene): Scene {
  scene.world.onCall = undefined;
  scene.world.clock.advance(20 * 60_000);
  return scene;
}
