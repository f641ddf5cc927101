import type { Invoke } from '../../src/aws/lambda-invoke.ts';
import type { RunJournal } from '../../src/ports/run-journal.ts';
import { execute } from '../../src/rotation/commands/execute.ts';
import { runAccount } from '../../src/rotation/run-account.ts';
import { answerWith, refuse } from '../../src/rotator/answer.ts';
import { readEvent } from '../../src/rotator/request.ts';
import type { Composition } from '../../src/runtime/compose.ts';
import { memoryRunJournal } from './run-journal.ts';
import type { World } from './world.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:ikr-rotator';

/** The rotator function in a world, as Lambda invokes it. An asynchronous invocation ends at once. */
export function memoryFunction(
  world: World,
  {
    run = () => world.run(),
    runs = memoryRunJournal(world.clock),
  }: { readonly run?: () => Composition; readonly runs?: RunJournal } = {},
): Invoke {
  let invocations = 0;
  const handle = async (event: unknown, qualifier: string, requestId: string): Promise<unknown> => {
    const asked = readEvent(event, `${ARN}:${qualifier}`);
    if (asked.kind === 'refused') return refuse(asked.refusal);
    if (asked.kind === 'run') return runAccount(asked.request, run());
    const ports = { run: run(), runs, invocationId: requestId, publish: () => {} };
    return answerWith(() => execute(asked, ports));
  };

  return async ({ event, qualifier, isAsync = false }) => {
    const requestId = `invocation-${++invocations}`;
    let payload: string;
    let isError = false;
    try {
      const sent: unknown = JSON.parse(JSON.stringify(event));
      payload = JSON.stringify(await handle(sent, qualifier, requestId)) ?? 'null';
    } catch (error) {
      const { name, message } = error as Error;
      payload = JSON.stringify({ errorType: name, errorMessage: message });
      isError = true;
    }
    if (isAsync) return { payload: '', isError: false, requestId };
    return { payload, isError, version: '1', requestId };
  };
}
