import type { DeployedFunction } from './lambda.ts';
import { type LambdaHost, type LambdaOptions, startLambda } from './lambda-host.ts';

export interface LambdaFunction extends DeployedFunction {
  /** Gives the function another environment; invocations at work keep theirs. */
  configure(env: Readonly<Record<string, string>>): Promise<void>;
  /** Every line of every invocation so far. */
  readonly logs: readonly string[];
  close(): Promise<void>;
}

/**
 * A function as Lambda runs it: an invocation takes an execution environment that is idle, or a new
 * one.
 */
export function createFunction(options: LambdaOptions): LambdaFunction {
  const all = new Set<LambdaHost>();
  const logs: string[] = [];
  let idle: LambdaHost[] = [];
  let env = options.env;
  const start = () => {
    const host = startLambda({ ...options, env });
    all.add(host);
    return host;
  };
  const end = async (host: LambdaHost) => {
    all.delete(host);
    await host.close();
  };

  return {
    logs,
    async invoke(event, how) {
      const environment = env;
      const host = idle.pop() ?? start();
      try {
        const invocation = await host.invoke(event, how);
        logs.push(...invocation.logs);
        return invocation;
      } finally {
        if (environment === env) idle.push(host);
        else await end(host);
      }
    },
    async configure(next) {
      env = next;
      const former = idle;
      idle = [];
      await Promise.all(former.map(end));
    },
    async close() {
      await Promise.all([...all].map(end));
    },
  };
}
