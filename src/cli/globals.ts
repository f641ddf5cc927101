/**
 * The options of every command. They go into the environment, because that is where the SDK looks
 * for profile and Region, also in clients that are made deep inside.
 */
import type { Circumstances } from './explain.ts';
import type { Io } from './io.ts';

export interface GlobalOptions {
  readonly region?: string;
  readonly profile?: string;
  readonly debug?: boolean;
}

const FUNCTION_ARN = /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):/;

/**
 * To be called before the first client is made.
 * @param options of the command; the ARN of a function tells the Region as well
 */
export function applyGlobals(
  options: GlobalOptions & { readonly function?: string },
  { env }: Pick<Io, 'env'>,
): void {
  const { profile } = options;
  const region = options.region ?? FUNCTION_ARN.exec(options.function ?? '')?.[1];
  if (profile !== undefined) {
    env.AWS_PROFILE = profile;
    // A profile that was asked for by name counts more than keys that happen to be set.
    delete env.AWS_ACCESS_KEY_ID;
    delete env.AWS_SECRET_ACCESS_KEY;
    delete env.AWS_SESSION_TOKEN;
  }
  // The AWS CLI knows both variables, the SDK for JavaScript only the first.
  const chosen = region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION);
  if (chosen) env.AWS_REGION = chosen;
  else delete env.AWS_REGION;
  // What the SDK thinks of this version of Node.js is nothing that a user of ikr can act on.
  env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}

/** What the explanation of an error may name. */
export function circumstancesOf({ env }: Pick<Io, 'env'>): Circumstances {
  return { profile: env.AWS_PROFILE || undefined, region: env.AWS_REGION };
}
