import type { AccountContext } from './context.ts';
import type { Users } from './iam-users.ts';
import { isSignedWith, readSignature } from './sigv4.ts';
import type { Caller, Service, WireRequest } from './wire.ts';

export type Identify = (request: WireRequest, service: Service) => Caller;

/**
 * Tells who calls. A request signed with a user's access key is checked as AWS checks it, and is a
 * use of the key; temporary credentials (`ASIA…`) are taken to be those of the Lambda's role.
 */
export function createIdentify({ clock, role }: AccountContext, users: Users): Identify {
  return (request, service) => {
    const signature = readSignature(request);
    if (!signature?.accessKeyId.startsWith('AKIA')) return role;
    const found = users.findKey(signature.accessKeyId);
    if (!found || users.status(found.key) !== 'Active') throw service.refusals.unknownKey;
    const { user, key } = found;
    if (!isSignedWith(key.secret, request, signature)) throw service.refusals.badSignature;
    key.lastUsed = { atMs: clock.nowMs(), service: signature.service, region: signature.region };
    return { arn: users.arn(user), userId: user.id, userName: user.name };
  };
}
