import { beforeEach, describe, expect, it } from '@jest/globals';
import { Timeline } from '../../../scripts/demo/timeline.ts';
import { usersOf } from '../../../scripts/demo/users.ts';

let printed: string;
let timeline: Timeline;

function create(colours: boolean): Timeline {
  printed = '';
  return new Timeline({
    write: (text) => {
      printed += text;
    },
    colours,
  });
}
beforeEach(() => {
  timeline = create(false);
});

describe('the timeline', () => {
  it('prints the same thing of several users in one line', () => {
    timeline.event('01:00', 'new key', 'bob', 'mailed');
    timeline.event('01:00', 'new key', 'alice', 'mailed');
    timeline.event('07:00', 'new key', 'carol', 'mailed');
    timeline.endDay(1);
    expect(printed).toBe(
      [
        'Day 1  Monday 4 January 2027',
        '  01:00  new key     alice and bob: mailed',
        '  07:00  new key     carol: mailed',
        '\n',
      ].join('\n'),
    );
  });

  it('counts users who are too many to be named', () => {
    for (let n = 10; n < 30; n++) timeline.event('01:00', 'new key', `user-${n}`, 'mailed');
    timeline.endDay(1);
    expect(printed.replace(/\s+/g, ' ')).toContain('user-17 and 12 more: mailed');
  });

  it('joins days on which nothing happened', () => {
    for (const day of [1, 2, 3]) timeline.endDay(day);
    timeline.reminder();
    timeline.endDay(4);
    timeline.event('01:00', 'deleted', 'alice', 'gone');
    timeline.endDay(5);
    timeline.endDay(6);
    timeline.end();
    expect(printed).toContain('Days 1 to 4: nothing new (16 runs, 1 more reminder)\n');
    expect(printed).toContain('Day 6: nothing new (4 runs)\n');
  });

  it('explains a thing once', () => {
    for (const day of [1, 2]) {
      timeline.note('This is how it works.');
      timeline.endDay(day);
    }
    expect(printed.match(/This is how it works/g)).toHaveLength(1);
  });

  it('keeps within 100 columns', () => {
    timeline.event('01:00', 'problem', 'alice', 'word '.repeat(60).trim());
    timeline.note('word '.repeat(60).trim());
    timeline.endDay(1);
    expect(Math.max(...printed.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('is coloured only where that is wanted', () => {
    const tell = () => {
      timeline.event('01:00', 'new key', 'alice', 'mailed');
      timeline.endDay(1);
    };
    tell();
    expect(printed).not.toContain('\u001b');
    timeline = create(true);
    tell();
    expect(printed).toContain('\u001b[32mnew key');
  });
});

describe('the users of the demo', () => {
  it('are the same for the same seed, and another for another', () => {
    expect(usersOf(60, 1)).toEqual(usersOf(60, 1));
    expect(usersOf(60, 2)).not.toEqual(usersOf(60, 1));
  });

  it.each([1, 14, 36, 200])('have different names when there are %i', (users) => {
    const names = usersOf(users, 1).map(({ name }) => name.toLowerCase());
    expect(new Set(names).size).toBe(users);
  });

  it('are all due at another time than the one for whom a run is going to crash', () => {
    const ages = usersOf(200, 1).flatMap(({ keys }) => keys.map(({ ageDays }) => ageDays));
    const inTheAfternoon = ages.filter((age) => !Number.isInteger(age));
    expect(new Set(inTheAfternoon).size).toBe(inTheAfternoon.length);
    expect(inTheAfternoon).toHaveLength(5);
  });
});
