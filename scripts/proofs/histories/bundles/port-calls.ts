/** Calls over the wire, by the names that they have among the ports. */
import type { Call } from '../../../../simulation/aws/index.ts';
import type { CallName } from '../../../../simulation/memory/calls.ts';

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
  'dynamodb:Scan': 'journal.readAccount',
  'dynamodb:GetItem': 'journal.read',
  'dynamodb:BatchGetItem': 'journal.readAll',
  'dynamodb:DeleteItem': 'journal.removeTimer',
  'ses:SendEmail': 'mailer.send',
  'ses:GetSendQuota': 'mailer.verify',
};

/**
 * What a call is among the ports; `undefined` for calls that a port makes besides.
 * @param isOpen whether the user with that ID has a rotation open
 */
export function portCallOf(call: Call, isOpen: (userId: string) => boolean): CallName | undefined {
  const { service, action, resource } = call;
  if (action === 'UpdateAccessKey') {
    return resource.Status === 'Active' ? 'keys.activate' : 'keys.deactivate';
  }
  if (service === 'dynamodb' && action === 'PutItem') {
    const { user = '', ak = '' } = resource;
    if (ak.startsWith('history#')) return 'journal.addHistory';
    if (ak !== 'rotation') return 'journal.putTimer';
    return isOpen(user) ? 'journal.replace' : 'journal.begin';
  }
  return NAMES[`${service}:${action}`];
}

/** What the judges look at in the arguments of a call. */
export function argumentsOf(name: CallName, { resource }: Call): readonly unknown[] {
  const record = { userId: resource.user };
  if (name === 'journal.begin') return [record];
  if (name === 'journal.replace') return [record, record];
  return [resource.UserName ?? resource.Name ?? ''];
}
