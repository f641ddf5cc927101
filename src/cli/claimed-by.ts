import type { Services } from './services.ts';

/**
 * Who asks, for the records and reports of the function: what AWS says of the credentials. It proves
 * nothing there, and a command must not fail for want of it.
 */
export async function claimedBy(
  services: Pick<Services, 'caller'>,
): Promise<{ claimedBy?: string }> {
  try {
    return { claimedBy: (await services.caller()).arn.slice(0, 256) };
  } catch {
    return {};
  }
}
