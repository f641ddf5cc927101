/**
 * Where the members of a JSON text stand. `JSON.parse` keeps the last of two members of one name
 * and says nothing; a file that people write by hand deserves better.
 */

export interface Member {
  /** The names of the objects around it and its own. */
  readonly path: readonly string[];
  /** From 1 on. */
  readonly line: number;
}

const MARK = /["{}[\]:,\n]/g;

interface Container {
  readonly kind: '{' | '[';
  /** The member of it that is being read. */
  name: string | undefined;
  expectsName: boolean;
}

/** Every member of every object, in order. The text must be valid JSON. */
export function membersOf(json: string): Member[] {
  const members: Member[] = [];
  const stack: Container[] = [];
  let line = 1;
  for (const token of tokensOf(json)) {
    const inside = stack.at(-1);
    if (token === '\n') line += 1;
    else if (token === '{' || token === '[') {
      stack.push({ kind: token, name: undefined, expectsName: token === '{' });
    } else if (token === '}' || token === ']') stack.pop();
    else if (token === ',' && inside) inside.expectsName = inside.kind === '{';
    else if (token.startsWith('"') && inside?.expectsName) {
      inside.name = JSON.parse(token) as string;
      inside.expectsName = false;
      members.push({ path: stack.map(({ name = '' }) => name), line });
    }
  }
  return members;
}

/** Marks, line ends, and strings as a whole. */
function* tokensOf(json: string): Generator<string> {
  const marks = new RegExp(MARK);
  for (let found = marks.exec(json); found; found = marks.exec(json)) {
    if (found[0] === '"') marks.lastIndex = endOfString(json, found.index);
    yield json.slice(found.index, marks.lastIndex);
  }
}

/** Step by step: a regular expression runs out of stack on a string of some million characters. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Line and column of a place in a text, both from 1 on. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
