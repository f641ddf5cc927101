import { rotate } from '../../simulation/memory/life.ts';
import { LOST, type ScriptedAnswer } from '../../simulation/memory/mail.ts';
import { createWorld, type WorldOptions } from '../../simulation/memory/world.ts';

export const PARAMETER = '/ikr/secret/iam/alice/AIDA00000000000000001';

/** A rotation whose first mail got that answer; every later one is accepted unless told. */
export async function delivering(
  answer: ScriptedAnswer = LOST,
  { later, ...options }: WorldOptions & { readonly later?: ScriptedAnswer } = {},
) {
  const world = createWorld(options);
  const hired = world.hire('alice');
  world.mail.answer = answer;
  await rotate(world);
  if (later) world.mail.answer = later;
  const { userId } = hired;
  const { newKeyId } = world.recordIn(userId, 'DELIVERING');
  const keys = () =>
    Object.fromEntries(
      world.iam.keysOf(userId).map(({ accessKeyId, status }) => [accessKeyId, status]),
    );
  return { world, ...hired, newKeyId, keys };
}

export const ACCEPTED = { kind: 'accepted' } as const;
