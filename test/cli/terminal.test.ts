import { describe, expect, it } from '@jest/globals';
import { breakText } from '../../src/cli/break-text.ts';
import type { Io, Output } from '../../src/cli/io.ts';
import { type Column, printTable } from '../../src/cli/table.ts';
import { createTerminal } from '../../src/cli/terminal.ts';
import { steering, withoutColour } from './support/command-line.ts';

const ESCAPE = String.fromCharCode(27);

function fakeIo(columns?: number, env: NodeJS.ProcessEnv = {}) {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') =>
    ({
      write: (text: string) => {
        written[name] += text;
        return true;
      },
      ...(columns !== undefined && { isTTY: true, columns }),
    }) as unknown as Output;
  const io = { stdout: stream('out'), stderr: stream('err'), env } as Io;
  return { written, terminal: createTerminal(io) };
}

describe('the terminal', () => {
  it('is never steered by what is printed', () => {
    const { written, terminal } = fakeIo(80);
    const hostile = `a${ESCAPE}[2J${ESCAPE}]0;title\u0007\u009b31m\u202eb\r\u0008${ESCAPE}[8mc`;

    terminal.print(hostile);
    terminal.note(hostile);
    terminal.printProse(hostile);
    terminal.json({ [hostile]: hostile });

    expect(steering(written.out + written.err)).toEqual([]);
  });

  it('prints JSON that reads as what was printed', () => {
    const { written, terminal } = fakeIo();
    const value = { text: `${ESCAPE}\u009b\u202e\u{e0001}\u2028é` };

    terminal.json(value);

    expect(JSON.parse(written.out)).toEqual(value);
  });

  it('keeps its own colours, and has them only for a terminal that wants them', () => {
    const coloured = fakeIo(80);
    coloured.terminal.print(coloured.terminal.paint('red', 'x'));
    expect(coloured.written.out).toBe(`${ESCAPE}[31mx${ESCAPE}[39m\n`);

    for (const { terminal } of [
      fakeIo(),
      fakeIo(80, { NO_COLOR: '1' }),
      fakeIo(80, { TERM: 'dumb' }),
    ]) {
      expect(terminal.paint('red', 'x')).toBe('x');
    }
  });
});

describe('a text', () => {
  it('is broken at blanks, and within a word only if that is longer than a line', () => {
    expect(breakText('one two three', 7)).toEqual(['one two', 'three']);
    expect(breakText('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl']);
    expect(breakText('short', 80)).toEqual(['short']);
    expect(breakText('', 80)).toEqual(['']);
  });

  it('is not made longer by its colours', () => {
    const red = `${ESCAPE}[31mone${ESCAPE}[39m two`;
    expect(breakText(red, 7)).toEqual([red]);
  });
});

interface Row {
  name: string;
  why: string;
}

describe('a table', () => {
  const columns: Column<Row>[] = [
    { title: 'NAME', text: ({ name }) => name, wraps: true },
    { title: 'ID', text: () => 'AKIAIOSFODNN7EXAMPLE', from: 60 },
    { title: 'N', text: ({ name }) => String(name.length), align: 'right' },
    { title: 'WHY', text: ({ why }) => why, wraps: true },
  ];
  const table = (rows: Row[], width?: number, notes?: (row: Row) => string[]) => {
    const { written, terminal } = fakeIo(width, { NO_COLOR: '1' });
    printTable(terminal, rows, columns, notes);
    return written.out.split('\n').slice(0, -1);
  };
  const long = {
    name: 'a'.repeat(64),
    why: 'because of this, that and the other '.repeat(3).trim(),
  };

  it('stands in columns, without blanks at the ends of lines', () => {
    expect(
      table([
        { name: 'alice', why: 'no' },
        { name: 'bo', why: '' },
      ]),
    ).toEqual([
      'NAME   ID                    N  WHY',
      'alice  AKIAIOSFODNN7EXAMPLE  5  no',
      'bo     AKIAIOSFODNN7EXAMPLE  2',
    ]);
  });

  it.each([40, 60, 80, 200])('fits into %i columns and loses no character', (width) => {
    const lines = table([long], width, () => [long.why]);

    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    const letters = (text: string) => text.replace(/\s/g, '').length;
    const id = width < 60 ? '' : 'IDAKIAIOSFODNN7EXAMPLE';
    const expected = letters(`NAMENWHY${id}64${long.name}${long.why}!${long.why}`);
    expect(letters(lines.join(''))).toBe(expected);
  });

  it('has room for everything where it is no terminal', () => {
    expect(table([long], undefined, () => [long.why])).toHaveLength(3);
  });

  it('makes one line of a name that holds line ends', () => {
    expect(table([{ name: 'a\nb\u2028c', why: 'x' }])).toHaveLength(2);
  });
});

it('knows colours from what is under them', () => {
  expect(withoutColour(`${ESCAPE}[31mx${ESCAPE}[39m`)).toBe('x');
  expect(steering(`${ESCAPE}[2J`)).toEqual(['U+1b']);
});
