import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WireRequest } from './wire.ts';

/** What a request says of the key that signed it. */
export interface Signature {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

/** Reads the `Authorization` header of Signature Version 4; undefined if there is none. */
export function readSignature({ headers }: WireRequest): Signature | undefined {
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/\s]+)\/(\d{8})\/([^/\s]+)\/([^/\s]+)\/aws4_request, ?SignedHeaders=([^\s,]+), ?Signature=([0-9a-f]{64})$/.exec(
      String(headers.authorization ?? ''),
    );
  if (!found) return undefined;
  const [, accessKeyId = '', date = '', region = '', service = ''] = found;
  const [, , , , , signedHeaders = '', signature = ''] = found;
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders: signedHeaders.split(';'),
    signature,
  };
}

/** Whether a request was signed with this secret access key. */
export function isSignedWith(secret: string, request: WireRequest, signature: Signature): boolean {
  const { date, region, service, signedHeaders } = signature;
  const [path = '/', query = ''] = request.url.split('?');
  const canonical = [
    request.method,
    // Paths are encoded once more than they are sent.
    path.split('/').map(encodeStrictly).join('/'),
    query.split('&').sort().join('&'),
    ...signedHeaders.map((name) => `${name}:${canonicalValue(request.headers[name])}`),
    '',
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
  const toSign = [
    'AWS4-HMAC-SHA256',
    String(request.headers['x-amz-date']),
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonical),
  ].join('\n');
  const scopeKey = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secret}`,
  );
  return timingSafeEqual(hmac(scopeKey, toSign), Buffer.from(signature.signature, 'hex'));
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function canonicalValue(value: string | string[] | undefined): string {
  return String(value ?? '')
    .trim()
    .replace(/ +/g, ' ');
}

function encodeStrictly(segment: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(segment).replace(/[!'()*]/g, hex);
}
