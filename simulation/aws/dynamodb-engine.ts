import { Readable } from 'node:stream';
import dynalite from 'dynalite';
import type { WireAnswer } from './wire.ts';

export const DYNAMODB_JSON = 'application/x-amz-json-1.0';

/** Tables and items: dynalite, asked in the process through its request handler. */
export interface Engine {
  /** The engine's own answer, whatever it is. */
  forward(action: string, params: object): Promise<WireAnswer>;
  /** The result of an action, or an empty one where it may fail. */
  ask(action: string, params: object, mayFail?: boolean): Promise<Record<string, unknown>>;
}

/** @param arnPrefix of the account's tables; dynalite names another account */
export function createEngine(arnPrefix: string): Engine {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });

  const forward = (action: string, params: object) => {
    const request = Object.assign(Readable.from([Buffer.from(JSON.stringify(params))]), {
      method: 'POST',
      url: '/',
      headers: {
        'content-type': DYNAMODB_JSON,
        'x-amz-target': `DynamoDB_20120810.${action}`,
        'x-amz-date': 'any',
        authorization: 'AWS4-HMAC-SHA256 Credential=any, SignedHeaders=any, Signature=any',
      },
    });
    return new Promise<WireAnswer>((resolve) => {
      const response = {
        statusCode: 200,
        setHeader: () => {},
        end: (text: string) => {
          const body = text.replace(/arn:aws:dynamodb:[\w-]+:\d+:/g, arnPrefix);
          const headers = { 'content-type': DYNAMODB_JSON };
          resolve({ status: response.statusCode, headers, body });
        },
      };
      server.emit('request', request as never, response as never);
    });
  };

  return {
    forward,
    ask: async (action, params, mayFail = false) => {
      const { status, body } = await forward(action, params);
      if (status === 200) return JSON.parse(body) as Record<string, unknown>;
      if (mayFail) return {};
      throw new Error(`${action}: ${body}`);
    },
  };
}
