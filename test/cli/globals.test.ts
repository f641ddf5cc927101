import { describe, expect, it } from '@jest/globals';
import { applyGlobals } from '../../src/cli/globals.ts';

const applied = (options: Parameters<typeof applyGlobals>[0], env: NodeJS.ProcessEnv = {}) => {
  applyGlobals(options, { env });
  const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _, ...rest } = env;
  return rest;
};
const ARN = 'arn:aws:lambda:eu-west-3:111122223333:function:ikr-rotator';

describe('the global options', () => {
  it('choose the Region: by option, by the ARN of a function, by the variables that AWS tools know', () => {
    const env = () => ({ AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-2' });
    expect(applied({ region: 'eu-west-1', function: ARN }, env()).AWS_REGION).toBe('eu-west-1');
    expect(applied({ function: ARN }, env()).AWS_REGION).toBe('eu-west-3');
    expect(applied({ function: 'ikr-rotator' }, env()).AWS_REGION).toBe('us-east-1');
    expect(applied({}, { AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-2' }).AWS_REGION).toBe(
      'us-east-2',
    );
    // The profile may have one.
    expect(applied({}, { AWS_REGION: '' })).toEqual({});
  });

  it('let a profile that is asked for by name win over keys that happen to be set', () => {
    const keys = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'x' };
    expect(applied({ profile: 'work' }, { ...keys })).toEqual({ AWS_PROFILE: 'work' });
    expect(applied({}, { ...keys, AWS_PROFILE: 'home' })).toEqual({ ...keys, AWS_PROFILE: 'home' });
  });
});
