/**
 * Stands in for `@aws-sdk/credential-provider-node` in the Lambda bundles: a function's credentials
 * are always in its environment, and are renewed there with each new container.
 */
import { fromEnv } from '@aws-sdk/credential-provider-env';

export const defaultProvider = fromEnv;
