import { describe, expect, it } from '@jest/globals';
import { expiry, networkMessage, neverConnected } from '../../src/mailers/network.ts';

const failure = (code: string, syscall?: string) =>
  Object.assign(new Error(`${syscall ?? ''} ${code}`.trim()), {
    code,
    ...(syscall && { syscall }),
  });
const wrapped = (cause: unknown) => new Error('it failed', { cause });

describe('An error of the network', () => {
  it.each([
    failure('ECONNREFUSED', 'connect'),
    failure('ETIMEDOUT', 'connect'),
    failure('EHOSTUNREACH', 'connect'),
    failure('ENOTFOUND', 'getaddrinfo'),
    failure('EAI_AGAIN', 'getaddrinfo'),
    failure('CERT_HAS_EXPIRED'),
    failure('SELF_SIGNED_CERT_IN_CHAIN'),
    failure('ERR_TLS_CERT_ALTNAME_INVALID'),
    wrapped(failure('ECONNREFUSED', 'connect')),
    new AggregateError([failure('ECONNREFUSED', 'connect'), failure('ENETUNREACH', 'connect')]),
  ])('%s proves that nothing was sent', (error) => {
    expect(neverConnected(error)).toBe(true);
  });

  it.each([
    failure('ECONNRESET', 'read'),
    failure('ETIMEDOUT', 'read'),
    failure('EHOSTUNREACH', 'read'),
    failure('EPIPE', 'write'),
    failure('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'),
    wrapped(failure('ECONNRESET')),
    new AggregateError([failure('ECONNREFUSED', 'connect'), failure('ECONNRESET', 'read')]),
    new AggregateError([]),
    new Error('what?'),
    'ECONNREFUSED',
    undefined,
  ])('%s proves nothing', (error) => {
    expect(neverConnected(error)).toBe(false);
  });

  it('is told by its cause', () => {
    expect(networkMessage(wrapped(failure('ECONNRESET', 'read')))).toBe('read ECONNRESET');
    expect(networkMessage(new AggregateError([failure('ECONNREFUSED', 'connect')]))).toBe(
      'connect ECONNREFUSED',
    );
    expect(networkMessage('oops')).toBe('oops');
  });

  it('comes when time is up', async () => {
    const time = new AbortController();
    const expired = expiry(time.signal);
    time.abort(new Error('time is up'));
    await expect(expired).rejects.toThrow('time is up');
  });
});
