/** The functions of one history: built bundles, as many execution environments as run at once. */
import type { LocalAccount } from '../../../../simulation/aws/index.ts';
import { type LambdaHost, startLambda } from '../../../../simulation/aws/lambda-host.ts';
import { bundleOf, type FunctionName } from '../../../../simulation/scenario/functions.ts';

/** An execution environment, told apart by the access key that signs its calls. */
export interface Host {
  readonly signsWith: string;
  readonly lambda: LambdaHost;
  /** How far its clock is ahead of AWS's. */
  skew(ms: number): void;
}

export class Hosts {
  readonly #account: LocalAccount;
  readonly #env: Readonly<Record<string, string>>;
  readonly #idle = new Map<string, Host[]>();
  readonly #all: Host[] = [];

  constructor(account: LocalAccount, env: Readonly<Record<string, string>>) {
    this.#account = account;
    this.#env = env;
  }

  /** An environment in which nothing runs. */
  take(name: FunctionName, dryRun: boolean): Host {
    return this.#idle.get(kindOf(name, dryRun))?.pop() ?? this.#start(name, dryRun);
  }

  giveBack(host: Host, name: FunctionName, dryRun: boolean): void {
    const kind = kindOf(name, dryRun);
    this.#idle.set(kind, [...(this.#idle.get(kind) ?? []), host]);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(({ lambda }) => lambda.close()));
  }

  #start(name: FunctionName, dryRun: boolean): Host {
    const signsWith = `ASIAHOST${String(this.#all.length).padStart(12, '0')}`;
    const skewMs = new BigInt64Array(new SharedArrayBuffer(8));
    const lambda = startLambda({
      entry: bundleOf(name),
      env: { ...this.#env, AWS_ACCESS_KEY_ID: signsWith, DRY_RUN: String(dryRun) },
      clock: this.#account.clock,
      skewMs,
    });
    const skew = (ms: number) => {
      skewMs[0] = BigInt(ms);
    };
    const host = { signsWith, lambda, skew };
    this.#all.push(host);
    return host;
  }
}

function kindOf(name: FunctionName, dryRun: boolean): string {
  return `${name} ${dryRun}`;
}
