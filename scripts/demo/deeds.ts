/** What people do by hand to keys, tags, users and the table. */
import type { LocalAccount } from '../../simulation/aws/index.ts';
import type { Deed } from './cast.ts';
import type { Person } from './person.ts';
import { TABLE } from './world.ts';

/** @returns whether there was anything to do */
export async function perform(
  deed: Deed,
  person: Person,
  { hands }: LocalAccount,
): Promise<boolean> {
  if (typeof deed === 'object') {
    retag(deed, person, hands);
    return true;
  }
  if (deed === 'leaves the company') {
    hands.deleteUser(person.name);
    person.hasLeft = true;
    return true;
  }
  const [older] = hands.keys(person.name).sort((a, b) => a.createdAtMs - b.createdAtMs);
  if (!older) return false;
  switch (deed) {
    case 'removes the timer': {
      const key = { user: { S: person.userId }, ak: { S: older.accessKeyId } };
      await hands.deleteItem(TABLE, key);
      return true;
    }
    case 'has the old key activated again':
      hands.activate(older.accessKeyId);
      return true;
    case 'deletes the old key':
    case 'deletes the older key':
      // By hand one may delete the only key; nobody in this company does.
      if (hands.keys(person.name).length < 2) return false;
      hands.deleteKey(older.accessKeyId);
      return true;
  }
}

function retag(deed: Extract<Deed, object>, person: Person, hands: LocalAccount['hands']): void {
  if ('retag' in deed) {
    hands.tagUser(person.name, deed.retag);
    const address = deed.retag['IKR:EMAIL'];
    if (address !== undefined) person.addresses.add(address);
  } else if ('untag' in deed) {
    hands.untagUser(person.name, [deed.untag]);
  } else {
    hands.rename(person.name, deed.rename);
    person.name = deed.rename;
  }
}
