import { NOT_NOW, type ScriptedAnswer } from '../../simulation/memory/mail.ts';
import { createWorld, type WorldOptions } from '../../simulation/memory/world.ts';

/** One user whose mails get these answers, then acceptance. */
export function setUp(answers: readonly ScriptedAnswer[] = [], options: WorldOptions = {}) {
  const world = createWorld(options);
  world.mail.next.push(...answers);
  const hired = world.hire('alice');
  const keyIds = () => world.iam.keysOf(hired.userId).map(({ accessKeyId }) => accessKeyId);
  return { world, ...hired, keyIds };
}

export const WHOLE_RUN_BUSY = Array<ScriptedAnswer>(5).fill(NOT_NOW);
