import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type JournalTable,
  type JournalWorld,
  startJournalWorld,
} from './support/journal-table.ts';

let world: JournalWorld;
let table: JournalTable;

beforeAll(async () => {
  world = await startJournalWorld();
});
afterAll(() => world.account.close());
beforeEach(async () => {
  table = await world.table();
});

describe('the timers of the journal', () => {
  it('keeps a vetoed timer vetoed, and removes a timer', async () => {
    const timer = { userId: 'AIDA1', oldKeyId: 'AKIAOLD', deleteOnEpochSeconds: 12, vetoed: true };
    await table.journal.putTimer(timer);
    expect((await table.journal.readAccount()).timers).toEqual([timer]);
    await table.journal.removeTimer('AIDA1', 'AKIAOLD');
    expect((await table.journal.readAccount()).timers).toEqual([]);
  });

  it('sets no timer in place of a veto, unless it is that of another rotation', async () => {
    const timer = {
      userId: 'AIDA1',
      oldKeyId: 'AKIAOLD',
      rotationId: 'rotation-1',
      deleteOnEpochSeconds: 12,
    };
    const timers = async () => (await table.journal.readAccount()).timers;
    await table.journal.putTimer(timer);
    await table.journal.putTimer({ ...timer, deleteOnEpochSeconds: 13 });
    expect(await timers()).toEqual([{ ...timer, deleteOnEpochSeconds: 13 }]);
    const vetoed = { ...timer, vetoed: true };
    await table.journal.putTimer(vetoed);
    await table.journal.putTimer({ ...timer, deleteOnEpochSeconds: 14 });
    expect(await timers()).toEqual([vetoed]);
    const next = { ...timer, rotationId: 'rotation-2' };
    await table.journal.putTimer(next);
    expect(await timers()).toEqual([next]);
    // A veto without a name may be meant for any rotation.
    const { rotationId, ...nameless } = vetoed;
    await table.journal.putTimer(nameless);
    await table.journal.putTimer(next);
    expect(await timers()).toEqual([nameless]);
    expect(rotationId).toBe('rotation-1');
  });

  describe('lets a timer that is set again after a failure', () => {
    const [own, other] = ['rotation-1', 'rotation-2'];
    const timer = (rotationId: string | undefined, vetoed: boolean, deleteOnEpochSeconds = 12) => ({
      userId: 'AIDA1',
      oldKeyId: 'AKIAOLD',
      deleteOnEpochSeconds,
      ...(rotationId !== undefined && { rotationId }),
      ...(vetoed && { vetoed }),
    });

    it.each([
      // Of the same rotation: but never a timer in place of a veto.
      { restored: [own, false], standing: [own, false], isSet: true },
      { restored: [own, false], standing: [own, true], isSet: false },
      { restored: [own, true], standing: [own, false], isSet: true },
      { restored: [own, true], standing: [own, true], isSet: true },
      // Of another: either of them may be the one in force.
      { restored: [own, false], standing: [other, false], isSet: false },
      { restored: [own, false], standing: [other, true], isSet: false },
      { restored: [own, true], standing: [other, false], isSet: false },
      { restored: [own, true], standing: [other, true], isSet: false },
      // Without a name: a veto counts for any rotation, a timer for none that has its own.
      { restored: [undefined, false], standing: [own, false], isSet: false },
      { restored: [undefined, false], standing: [own, true], isSet: false },
      { restored: [undefined, true], standing: [own, false], isSet: true },
      { restored: [undefined, true], standing: [own, true], isSet: false },
      { restored: [own, false], standing: [undefined, true], isSet: false },
      { restored: [own, true], standing: [undefined, true], isSet: false },
      { restored: [undefined, false], standing: [undefined, false], isSet: true },
      { restored: [undefined, false], standing: [undefined, true], isSet: false },
    ] as const)('$restored take the place of $standing: $isSet', async (one) => {
      const before = timer(one.standing[0], one.standing[1]);
      const after = timer(one.restored[0], one.restored[1], 13);
      await table.journal.putTimer(before);
      expect(await table.journal.putTimer(after, { givesWay: true })).toBe(one.isSet);
      expect((await table.journal.readAccount()).timers).toEqual([one.isSet ? after : before]);
    });

    it.each([false, true])('stand where nothing is (vetoed: %s)', async (vetoed) => {
      expect(await table.journal.putTimer(timer(own, vetoed), { givesWay: true })).toBe(true);
      expect((await table.journal.readAccount()).timers).toEqual([timer(own, vetoed)]);
    });
  });

  it('are each read by user and key', async () => {
    const timer = { userId: 'AIDA1', oldKeyId: 'AKIAOLD', deleteOnEpochSeconds: 12 };
    await table.journal.putTimer(timer);
    expect(await table.journal.timer('AIDA1', 'AKIAOLD')).toEqual(timer);
    expect(await table.journal.timer('AIDA1', 'AKIAOTHER')).toBeUndefined();
    expect(await table.journal.timer('AIDA2', 'AKIAOLD')).toBeUndefined();
  });
});
