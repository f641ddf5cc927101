export type ServiceName =
  | 'iam'
  | 'sts'
  | 'ssm'
  | 'ses'
  | 'lambda'
  | 'dynamodb'
  | 'smtp'
  | 'mailgun';

/**
 * One call as it is kept and shown to fault rules. `resource` holds only parameters that name
 * things (a user, a parameter, a table): never a secret, a mail or an item.
 */
export interface Call {
  readonly service: ServiceName;
  readonly action: string;
  readonly atMs: number;
  readonly resource: Readonly<Record<string, string>>;
  /** The ARN an IAM policy would have to allow, or `*`. */
  readonly arn: string;
  /** The access key that signed the request, if one did. */
  readonly signedWith: string | undefined;
  /** `ok`, the error code that was answered, or what a fault did to the connection. */
  outcome: string;
}

/** Every call since the last reset, in the order of arrival. */
export class CallLog {
  #log: Call[] = [];
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get log(): readonly Call[] {
    return this.#log;
  }

  begin(
    service: ServiceName,
    action: string,
    resource: Call['resource'] = {},
    arn = '*',
    signedWith?: string,
  ): Call {
    const atMs = this.#nowMs();
    const call = { service, action, atMs, resource, arn, signedWith, outcome: 'pending' };
    this.#log.push(call);
    return call;
  }

  /** How often `iam:CreateAccessKey`, or any action of `iam`, was called. */
  count(name: string): number {
    return this.#log.filter((call) => name === call.service || name === nameOf(call)).length;
  }

  /** The number of calls by `service:Action`. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const call of this.#log) counts[nameOf(call)] = (counts[nameOf(call)] ?? 0) + 1;
    return counts;
  }

  reset(): void {
    this.#log = [];
  }
}

/** `service:Action`, as IAM policies name it. */
export function nameOf(call: Pick<Call, 'service' | 'action'>): string {
  return `${call.service}:${call.action}`;
}
