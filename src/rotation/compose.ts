import { createEngine, type Engine } from './engine.ts';
import { createObserve } from './observe.ts';
import { createRecordWriter } from './record-writer.ts';
import { createSteps } from './steps/index.ts';
import type { StepPorts } from './steps/types.ts';

/** The engine of one run, on its ports. */
export function composeEngine(ports: Omit<StepPorts, 'writer'>): Engine {
  const { account, journal, delivery, clock, deadlineAtMs } = ports;
  const writer = createRecordWriter(journal, clock, deadlineAtMs);
  return createEngine({
    observe: createObserve(account, delivery, clock),
    steps: createSteps({ ...ports, writer }),
    writer,
    journal,
    clock,
  });
}
