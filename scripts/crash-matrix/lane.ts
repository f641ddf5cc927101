/** A process that plays lives, so that two can be played at the same time. */
import type { Case } from './cases.ts';
import { type Configuration, nameOf } from './configurations.ts';
import { live } from './life.ts';
import { type CallPoint, recordPoints } from './points.ts';
import { type Row, rowOf } from './rows.ts';
import { openStage, type Stage } from './stage.ts';

/** What a lane is asked. */
export type Order =
  | { readonly kind: 'record'; readonly configuration: Configuration }
  | { readonly kind: 'play'; readonly case: Case };

/** What it answers. */
export type Answer =
  | { readonly kind: 'recorded'; readonly points: readonly CallPoint[] }
  | { readonly kind: 'played'; readonly row: Row }
  | { readonly kind: 'failed'; readonly message: string };

let stage: Stage | undefined;

async function stageOf(configuration: Configuration): Promise<Stage> {
  if (!stage || nameOf(stage.configuration) !== nameOf(configuration)) {
    await stage?.close();
    stage = await openStage(configuration);
  }
  return stage;
}

async function obey(order: Order): Promise<Answer> {
  if (order.kind === 'record') {
    return { kind: 'recorded', points: await recordPoints(await stageOf(order.configuration)) };
  }
  const { configuration, ...trouble } = order.case;
  const fromMs = performance.now();
  const lived = await live(await stageOf(configuration), trouble.point.story, trouble);
  return { kind: 'played', row: rowOf(order.case, lived, performance.now() - fromMs) };
}

process.on('message', (order: Order) => {
  obey(order)
    .catch((error: unknown): Answer => ({ kind: 'failed', message: String(error) }))
    .then((answer) => process.send?.(answer));
});
// The parent is gone, or has no more to ask.
process.on('disconnect', () => {
  void (stage?.close() ?? Promise.resolve()).finally(() => process.exit());
});
