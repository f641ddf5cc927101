import { createEngine, type Engine } from './engine.ts';
import { createObserve } from './observe.ts';
import { createRecordWriter, type RecordWriter } from './record-writer.ts';
import { createSteps } from './steps/index.ts';
import type { StepPorts } from './steps/types.ts';

/** The engine of one run, on its ports, and the writer that it shares with commands. */
export function composeEngine(ports: Omit<StepPorts, 'writer'>): {
  readonly engine: Engine;
  readonly writer: RecordWriter;
} {
  const { account, journal, delivery, clock, deadlineAtMs } = ports;
  const writer = createRecordWriter(journal, clock, deadlineAtMs);
  const engine = createEngine({
    observe: createObserve(account, delivery, clock),
    steps: createSteps({ ...ports, writer }),
    writer,
    journal,
    clock,
  });
  return { engine, writer };
}
