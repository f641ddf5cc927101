/** Calls over the wire, by the names that they have among the ports. */
import type { Call } from '../../../../simulation/aws/index.ts';
import type { CallName } from '../../../../simulation/memory/calls.ts';
import { calledKeyOf, kindOf, userIdOf } from '../../../../simulation/scenario/table-items.ts';

const NAMES: Readonly<Record<string, CallName>> = {
  'iam:GetAccountAuthorizationDetails': 'inventory.users',
  'iam:ListUsers': 'inventory.users',
  'iam:ListUserTags': 'inventory.users',
  'iam:GenerateCredentialReport': 'inventory.reportRows',
  'iam:GetCredentialReport': 'inventory.reportRows',
  'iam:ListAccountAliases': 'account.describe',
  'iam:ListAccessKeys': 'keys.list',
  'iam:GetAccessKeyLastUsed': 'keys.owner',
  'iam:GetUser': 'keys.userId',
  'iam:CreateAccessKey': 'keys.create',
  'iam:DeleteAccessKey': 'keys.delete',
  'ssm:PutParameter': 'contentKeys.put',
  'ssm:GetParameter': 'contentKeys.get',
  'ssm:DeleteParameter': 'contentKeys.remove',
  'dynamodb:Query': 'journal.readAccount',
  'dynamodb:GetItem': 'journal.read',
  'dynamodb:BatchGetItem': 'journal.readAll',
  'dynamodb:DeleteItem': 'journal.removeTimer',
  'ses:SendEmail': 'mailer.send',
  'ses:GetSendQuota': 'mailer.verify',
};

/** What a call is among the ports; `undefined` for calls that a port makes besides. */
export function portCallOf(call: Call): CallName | undefined {
  const { service, action, resource } = call;
  if (action === 'UpdateAccessKey') {
    return resource.Status === 'Active' ? 'keys.activate' : 'keys.deactivate';
  }
  if (service === 'dynamodb' && action === 'PutItem') {
    const key = calledKeyOf(resource);
    const kind = kindOf(key);
    if (kind === 'history') return 'journal.addHistory';
    if (kind === 'timer') return 'journal.putTimer';
    if (kind === 'other') return undefined;
    const { ConditionExpression: condition = '' } = resource;
    if (condition.includes('#state')) return 'journal.begin';
    return condition === 'attribute_not_exists(#item)' ? 'journal.add' : 'journal.replace';
  }
  return NAMES[`${service}:${action}`];
}

/** What an observer looks at in the arguments of a call. */
export function argumentsOf(name: CallName, { resource }: Call): readonly unknown[] {
  const record = { userId: userIdOf(calledKeyOf(resource)) };
  if (name === 'journal.begin') return [record];
  if (name === 'journal.replace') return [record, record];
  return [resource.UserName ?? resource.Name ?? ''];
}
