import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../src/domain/secret.ts';

describe('a secret', () => {
  const secret = new Secret('wJalrXUtnFEMI');

  it.each([
    ['interpolated', `${secret}`],
    ['concatenated', `key: ${String(secret)}`],
    ['serialised', JSON.stringify({ secret })],
    ['inspected', inspect({ nested: { secret } }, { depth: 9, showHidden: true })],
  ])('is not shown when it is %s', (_how, text) => {
    expect(text).toContain('[secret]');
    expect(text).not.toContain('wJalr');
  });

  it('is told to whoever asks for it by name', () => {
    expect(secret.reveal()).toBe('wJalrXUtnFEMI');
  });

  it('is not copied along by a spread', () => {
    expect(JSON.stringify({ ...secret })).toBe('{}');
  });
});
