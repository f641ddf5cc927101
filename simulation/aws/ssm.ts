import { randomBytes } from 'node:crypto';
import type { AccountContext } from './context.ts';
import { jsonRefusals, jsonService } from './json-protocol.ts';
import { type Params, text } from './params.ts';
import { type Actions, type Service, ServiceError } from './wire.ts';

export interface Parameter {
  name: string;
  type: string;
  value: string;
  /** What a SecureString shows without decryption. */
  ciphertext: string;
  keyId: string | undefined;
  version: number;
  modifiedAtMs: number;
}

export interface Ssm {
  service: Service;
  parameters: Map<string, Parameter>;
  /** Every value a SecureString ever had, for leak tests. */
  secureValues: Set<string>;
  /** Rules of the service that were broken without an error. */
  violations: string[];
  put(params: Params): Parameter;
  remove(name: string): void;
}

const VALUE_MAX_BYTES = 4096;
const NAME_MAX = 1011;
const LEVELS_MAX = 15;
const REUSE_AFTER_MS = 30_000;

/** SSM Parameter Store: standard parameters. */
export function createSsm({ clock, accountId, region }: AccountContext): Ssm {
  const parameters = new Map<string, Parameter>();
  const secureValues = new Set<string>();
  const violations: string[] = [];
  const deletedAtMs = new Map<string, number>();

  const arnPrefix = `arn:aws:ssm:${region}:${accountId}:parameter`;
  const arn = (name: string) => `${arnPrefix}${name.startsWith('/') ? '' : '/'}${name}`;

  /** A parameter by its name or ARN. */
  const find = (name: string): Parameter => {
    const path = name.startsWith(arnPrefix) ? name.slice(arnPrefix.length) : undefined;
    if (path === undefined) checkName(name);
    const parameter =
      path === undefined
        ? parameters.get(name)
        : (parameters.get(path) ?? parameters.get(path.slice(1)));
    if (!parameter) throw new ServiceError('ParameterNotFound', '');
    return parameter;
  };

  const put = (params: Params): Parameter => {
    const name = text(params, 'Name') ?? '';
    const value = text(params, 'Value') ?? '';
    checkName(name);
    const present = parameters.get(name);
    if (present && params.Overwrite !== true) {
      const hint = 'To overwrite this value, set the overwrite option in the request to true.';
      throw new ServiceError('ParameterAlreadyExists', `The parameter already exists. ${hint}`);
    }
    const type = text(params, 'Type') ?? present?.type ?? 'String';
    checkValue(value, type);
    noteReuse(name, present);
    if (type === 'SecureString') secureValues.add(value);
    const parameter: Parameter = {
      name,
      type,
      value,
      ciphertext: `AQICAH${randomBytes(120).toString('base64').slice(6)}`,
      keyId: type === 'SecureString' ? (text(params, 'KeyId') ?? 'alias/aws/ssm') : undefined,
      version: (present?.version ?? 0) + 1,
      modifiedAtMs: clock.nowMs(),
    };
    parameters.set(name, parameter);
    return parameter;
  };

  const noteReuse = (name: string, present: Parameter | undefined) => {
    const deleted = deletedAtMs.get(name);
    if (present || deleted === undefined || clock.nowMs() - deleted >= REUSE_AFTER_MS) return;
    violations.push(`ssm: ${name} was created again within 30 seconds of its deletion`);
  };

  const remove = (nameOrArn: string) => {
    const { name } = find(nameOrArn);
    parameters.delete(name);
    deletedAtMs.set(name, clock.nowMs());
  };

  const actions: Actions = {
    PutParameter: (params) => ({ Version: put(params).version, Tier: 'Standard' }),
    GetParameter: (params) => {
      const parameter = find(text(params, 'Name') ?? '');
      const hidden = parameter.type === 'SecureString' && params.WithDecryption !== true;
      const Parameter = {
        ARN: arn(parameter.name),
        DataType: 'text',
        LastModifiedDate: parameter.modifiedAtMs / 1000,
        Name: parameter.name,
        Type: parameter.type,
        Value: hidden ? parameter.ciphertext : parameter.value,
        Version: parameter.version,
      };
      return { Parameter };
    },
    DeleteParameter: (params) => remove(text(params, 'Name') ?? ''),
  };

  const service = jsonService({
    name: 'ssm',
    version: '1.1',
    actions,
    named: ['Name', 'Type', 'KeyId'],
    arnOf: (params) => {
      const name = text(params, 'Name');
      return name === undefined ? '*' : arn(name);
    },
    refusals: jsonRefusals(
      new ServiceError('ThrottlingException', 'Rate exceeded'),
      'InternalServerError',
    ),
  });
  return { service, parameters, secureValues, violations, put, remove };
}

function checkName(name: string): void {
  if (name === '') throw validation('Parameter name must not be empty.');
  if (name.length > NAME_MAX) {
    throw validation(`Parameter name: maximum length is ${NAME_MAX} characters.`);
  }
  if (!/^[a-zA-Z0-9_.\-/]+$/.test(name) || name.endsWith('/') || name.includes('//')) {
    throw validation(
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw validation('Parameter name must be a fully qualified name.');
  }
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw validation('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  }
  if (name.split('/').length - 1 > LEVELS_MAX) {
    const message = `Hierarchies can have a maximum of ${LEVELS_MAX} levels.`;
    throw new ServiceError('HierarchyLevelLimitExceededException', message);
  }
}

function checkValue(value: string, type: string): void {
  if (!['String', 'StringList', 'SecureString'].includes(type)) {
    throw validation(`Value '${type}' at 'type' failed to satisfy constraint.`);
  }
  if (value === '') throw validation('Parameter value must not be empty.');
  if (Buffer.byteLength(value) > VALUE_MAX_BYTES) {
    throw validation(
      `Standard tier parameters support a maximum parameter value of ${VALUE_MAX_BYTES} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.`,
    );
  }
}

function validation(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
