import type { LocalAccount } from '../../../../simulation/aws/index.ts';
import { LeakSearch } from '../../../../simulation/invariants/checker/leaks.ts';
import { readContentKey } from '../../../../simulation/scenario/content-key.ts';

/** Searches texts for all secrets that an account has had until then. */
export function accountSecrets(account: LocalAccount): (text: string) => readonly string[] {
  const leaks = new LeakSearch();
  const known = new Set<string>();
  return (text) => {
    for (const secret of [...account.secrets, ...account.secureValues]) {
      if (known.has(secret)) continue;
      known.add(secret);
      const key = readContentKey(secret);
      leaks.add(key?.k ?? secret, key ? 'a content key' : 'a secret access key');
    }
    return leaks.find(text);
  };
}
