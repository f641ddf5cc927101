/** Whether two answers are the same, but for members that are known to differ. */
import { expect } from '@jest/globals';

/**
 * Expects two answers to be the same, but for the members that are named, which must differ: a
 * difference that is gone is to be struck off the list.
 * @param members paths such as `Users.*.UserId`; `*` stands for every member
 */
export function expectSame(local: unknown, engine: unknown, members: readonly string[] = []): void {
  const [ours, theirs] = [structuredClone(local), structuredClone(engine)];
  for (const member of members) {
    const taken = take(ours, member.split('.'));
    expect({ [member]: taken }).not.toEqual({ [member]: take(theirs, member.split('.')) });
  }
  expect(ours).toEqual(theirs);
}

/** Takes the members at a path out of an answer, and tells what they were. */
function take(answer: unknown, [step = '', ...rest]: readonly string[]): unknown[] {
  if (typeof answer !== 'object' || answer === null) return [];
  const members = answer as Record<string, unknown>;
  const names = Object.keys(members).filter((name) => step === '*' || step === name);
  return names.flatMap((name) => {
    const member = members[name];
    if (rest.length > 0) return take(member, rest);
    delete members[name];
    return [member];
  });
}
