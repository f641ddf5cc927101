import type { AccountContext } from './context.ts';
import { CredentialReport } from './iam-report.ts';
import { checkAccessKeyId, checkStatus, checkUserName, invalid, type Tag } from './iam-rules.ts';
import { type User, Users } from './iam-users.ts';
import { list, type Params, tagList, text } from './params.ts';
import { queryRefusals, queryService } from './query-protocol.ts';
import { type Actions, type Caller, type Service, ServiceError } from './wire.ts';

export interface IamKnobs {
  /** No page of any list is longer than this. */
  pageSize: number;
  /** `ListAccessKeys` answers as of that long ago. */
  listLagMs: number;
  /** How IAM answers `GetAccessKeyLastUsed` for a key that does not exist: really `AccessDenied`. */
  unknownKeyLastUsed: 'AccessDenied' | 'NoSuchEntity';
}

export interface Iam {
  service: Service;
  users: Users;
  report: CredentialReport;
  knobs: IamKnobs;
}

/** IAM: users, tags, access keys, the credential report. */
export function createIam({ clock, accountId, alias }: AccountContext): Iam {
  const users = new Users(clock, `arn:aws:iam::${accountId}:`);
  const report = new CredentialReport(users, clock, `arn:aws:iam::${accountId}:root`);
  const knobs: IamKnobs = { pageSize: 1000, listLagMs: 0, unknownKeyLastUsed: 'AccessDenied' };

  /** The user a call is about: a user may leave its own name out, a role has to name one. */
  const named = (params: Params, caller: Caller): User => {
    const name = text(params, 'UserName') ?? caller.userName;
    if (name === undefined) {
      const message = 'Must specify userName when calling with non-User credentials';
      throw new ServiceError('ValidationError', message);
    }
    checkUserName(name);
    return users.get(name);
  };
  const keyId = (params: Params): string => {
    const id = text(params, 'AccessKeyId') ?? '';
    checkAccessKeyId(id);
    return id;
  };
  const summary = (user: User) => ({
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: users.arn(user),
    CreateDate: new Date(user.createdAtMs),
  });
  const paged = <T>(params: Params, all: readonly T[], idOf: (item: T) => string) =>
    page(params, all, idOf, knobs.pageSize);

  const actions: Actions = {
    GetAccountAuthorizationDetails: (params) => {
      const filter = list(params, 'Filter');
      const wanted = filter.length === 0 || filter.includes('User');
      const { items, ...rest } = paged(params, wanted ? users.all() : [], ({ name }) => name);
      const UserDetailList = items.map((user) => ({
        ...summary(user),
        GroupList: user.groups,
        AttachedManagedPolicies: user.policies.map(policyMember),
        Tags: tagMembers(user),
      }));
      return { UserDetailList, GroupDetailList: [], RoleDetailList: [], Policies: [], ...rest };
    },
    ListUsers: (params) => {
      const prefix = text(params, 'PathPrefix') ?? '/';
      const matching = users.all().filter(({ path }) => path.startsWith(prefix));
      const { items, ...rest } = paged(params, matching, ({ name }) => name);
      return { Users: items.map(summary), ...rest };
    },
    GetUser: (params, caller) => {
      const user = named(params, caller);
      const Tags = user.tags.size > 0 ? tagMembers(user) : undefined;
      return { User: { ...summary(user), Tags } };
    },
    ListUserTags: (params, caller) => {
      const { items, ...rest } = paged(params, tagMembers(named(params, caller)), ({ Key }) => Key);
      return { Tags: items, ...rest };
    },
    TagUser: (params, caller) => users.tag(named(params, caller), tagList(params)),
    UntagUser: (params, caller) =>
      users.untag(named(params, caller), list(params, 'TagKeys').map(String)),
    ListAccessKeys: (params, caller) => {
      const user = named(params, caller);
      const asOfMs = knobs.listLagMs > 0 ? clock.nowMs() - knobs.listLagMs : undefined;
      const { items, ...rest } = paged(params, users.keys(user, asOfMs), ({ id }) => id);
      const AccessKeyMetadata = items.map((key) => ({
        UserName: user.name,
        AccessKeyId: key.id,
        Status: users.status(key, asOfMs),
        CreateDate: new Date(key.createdAtMs),
      }));
      return { AccessKeyMetadata, ...rest };
    },
    CreateAccessKey: (params, caller) => {
      const user = named(params, caller);
      const key = users.createKey(user);
      const AccessKey = {
        UserName: user.name,
        AccessKeyId: key.id,
        Status: 'Active',
        SecretAccessKey: key.secret,
        CreateDate: new Date(key.createdAtMs),
      };
      return { AccessKey };
    },
    DeleteAccessKey: (params, caller) => users.deleteKey(named(params, caller), keyId(params)),
    UpdateAccessKey: (params, caller) => {
      const status = checkStatus(text(params, 'Status') ?? '');
      users.setStatus(named(params, caller), keyId(params), status);
    },
    GetAccessKeyLastUsed: (params, caller) => {
      const id = keyId(params);
      const found = users.findKey(id);
      if (!found) throw unknownLastUsed(knobs, id, caller);
      const { lastUsed } = found.key;
      const AccessKeyLastUsed = {
        LastUsedDate: lastUsed && new Date(lastUsed.atMs),
        ServiceName: lastUsed?.service ?? 'N/A',
        Region: lastUsed?.region ?? 'N/A',
      };
      return { UserName: found.user.name, AccessKeyLastUsed };
    },
    ListAccountAliases: () => ({ AccountAliases: [alias], IsTruncated: false }),
    GenerateCredentialReport: () => report.generate(),
    GetCredentialReport: () => report.get(),
  };

  const service = queryService({
    name: 'iam',
    xmlns: 'https://iam.amazonaws.com/doc/2010-05-08/',
    actions,
    named: ['UserName', 'AccessKeyId', 'Status', 'PathPrefix'],
    arnOf: (params) => {
      const user = users.find(text(params, 'UserName') ?? '');
      return user ? users.arn(user) : '*';
    },
    refusals: queryRefusals('Rate exceeded', 'ServiceFailure'),
  });
  return { service, users, report, knobs };
}

function unknownLastUsed(knobs: IamKnobs, id: string, { arn }: Caller): ServiceError {
  if (knobs.unknownKeyLastUsed === 'NoSuchEntity') {
    const message = `The Access Key with id ${id} cannot be found.`;
    return new ServiceError('NoSuchEntity', message, 404);
  }
  const what = `is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${id}`;
  return new ServiceError('AccessDenied', `User: ${arn} ${what}`, 403);
}

function tagMembers(user: User): { Key: string; Value: string }[] {
  return [...user.tags.values()].map(({ key, value }: Tag) => ({ Key: key, Value: value }));
}

function policyMember({ name, arn }: { name: string; arn: string }) {
  return { PolicyName: name, PolicyArn: arn };
}

/**
 * One page of a list. The marker names the last item given out, so that paging goes on in the
 * right place when items come and go meanwhile.
 */
function page<T>(
  params: Params,
  all: readonly T[],
  idOf: (item: T) => string,
  pageSize: number,
): { items: T[]; IsTruncated: boolean; Marker?: string } {
  const asked = Number(text(params, 'MaxItems') ?? 100);
  if (!Number.isInteger(asked) || asked < 1 || asked > 1000) {
    const range = asked < 1 ? 'greater than or equal to 1' : 'less than or equal to 1000';
    throw invalid('maxItems', String(asked), `Member must have value ${range}`);
  }
  const marker = text(params, 'Marker');
  const after = marker === undefined ? undefined : decodeMarker(marker);
  const start = after === undefined ? 0 : indexAfter(all.map(idOf), after);
  const items = all.slice(start, start + Math.min(asked, pageSize));
  const last = items.at(-1);
  const truncated = last !== undefined && start + items.length < all.length;
  return {
    items,
    IsTruncated: truncated,
    ...(truncated ? { Marker: Buffer.from(JSON.stringify(idOf(last))).toString('base64') } : {}),
  };
}

function indexAfter(ids: readonly string[], after: string): number {
  const at = ids.indexOf(after);
  if (at >= 0) return at + 1;
  const next = ids.findIndex((id) => id > after);
  return next >= 0 ? next : ids.length;
}

function decodeMarker(marker: string): string {
  try {
    return String(JSON.parse(Buffer.from(marker, 'base64').toString()));
  } catch {
    throw new ServiceError('ValidationError', 'Invalid Marker.');
  }
}
