import { describe, expect, it } from '@jest/globals';
import { explain } from '../../src/cli/explain.ts';
import { Failure } from '../../src/cli/failure.ts';

const error = (name: string, message = '', more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });
const told = (thrown: unknown, profile?: string) =>
  explain(thrown, { profile, region: 'eu-central-1' });

describe('an error', () => {
  it.each([
    [
      error('ExpiredToken', 'The security token included in the request is expired'),
      'have expired',
    ],
    [error('ExpiredTokenException'), 'have expired'],
    [
      error(
        'CredentialsProviderError',
        'The SSO session associated with this profile has expired.',
      ),
      'Your AWS session has expired',
    ],
    [
      error('CredentialsProviderError', 'Could not load credentials from any providers'),
      'There are no AWS credentials',
    ],
    [error('InvalidClientTokenId'), 'inactive, deleted or mistyped'],
    [error('UnrecognizedClientException'), 'inactive, deleted or mistyped'],
    [error('SignatureDoesNotMatch', 'The request signature'), 'inactive, deleted or mistyped'],
    [
      error('SignatureDoesNotMatch', 'Signature expired: 2026'),
      'The clock of this computer is wrong',
    ],
    [error('AccessDenied', 'User x is not authorized'), 'does not allow this: User x'],
    [error('Error', 'Region is missing'), 'Which AWS Region?'],
    [error('Error', 'Region not accepted: region="x"'), 'eu-central-1 is no AWS Region'],
    [error('Error', 'getaddrinfo ENOTFOUND iam.nowhere'), "is the Region's name right"],
    [error('Error', '', { code: 'ECONNREFUSED' }), 'is the network up?'],
    [
      error('AggregateError', '', { errors: [error('Error', 'connect ECONNREFUSED ::1')] }),
      'network',
    ],
    [error('TimeoutError', 'Connection timed out'), 'does not answer'],
    [error('ThrottlingException', 'Rate exceeded'), 'asked too often'],
    [
      error('Strange', 'odd', { cause: error('Deep', 'down') }),
      'Strange: odd (because Deep: down)',
    ],
    ['thrown text', 'thrown text'],
  ])('is told with what to do about it: %s', (thrown, text) => {
    expect(told(thrown)).toContain(text);
  });

  it('names the profile that was chosen', () => {
    expect(told(error('ExpiredToken'), 'work')).toContain('aws sso login --profile work');
    expect(told(error('InvalidClientTokenId'), 'work')).toContain('(profile work)');
    expect(
      told(
        error('CredentialsProviderError', 'Could not load credentials from any providers'),
        'work',
      ),
    ).toContain('There is no AWS profile work');
  });

  it('is told as it is when it was written for a person', () => {
    const own = new Failure('There are mistakes:\n- one');
    expect(told(own)).toBe(own.message);
  });

  it('never shows what else it holds', () => {
    const thrown = error('Strange', 'odd', { input: { SecretAccessKey: 'hush' } });
    expect(told(thrown)).not.toContain('hush');
  });
});
