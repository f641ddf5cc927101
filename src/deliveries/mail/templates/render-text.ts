import type { Block, Fact, Inline, MailContent } from './content.ts';
import { plain } from './plain.ts';

/** Below the 76 characters that RFC 2045 allows a line of quoted-printable. */
const LINE_LENGTH = 72;
const CODE_INDENT = '   ';

/** The plain text version of a mail: lines end in LF, and none of them in a blank. */
export function renderText({ title, blocks, footer }: MailContent): string {
  const parts = [
    underlined(plain(title), '='),
    ...blocks.map((block) => renderBlock(block, '')),
    // A signature as RFC 3676 section 4.3 has it ends in a blank, which flowed text would join.
    `--\n${wrap(plain(footer), '', '')}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function renderBlock(block: Block, indent: string): string {
  switch (block.kind) {
    case 'paragraph':
      return wrap(inlineText(block.content), indent, indent);
    case 'heading':
      return underlined(plain(block.text), '-');
    case 'facts':
      return factLines(block.facts);
    case 'code':
      return block.lines
        .map((line) => `${indent}${CODE_INDENT}${plain(line)}`.trimEnd())
        .join('\n');
    case 'token':
      return block.lines.map(plain).join('\n');
    case 'steps':
      return block.steps.map((step, index) => renderStep(step, `${index + 1}. `)).join('\n\n');
    case 'list':
      return block.items.map((item) => wrap(inlineText(item), '- ', '  ')).join('\n');
    case 'quotation':
      // Not `> `: mail programs fold away what looks like an earlier mail.
      return wrap(plain(block.text), '| ', '| ');
    case 'notice':
      return block.blocks.map((inner) => renderBlock(inner, indent)).join('\n\n');
  }
}

function renderStep(blocks: readonly Block[], number: string): string {
  const indent = ' '.repeat(number.length);
  const text = blocks.map((block) => renderBlock(block, indent)).join('\n\n');
  return `${number}${text.slice(number.length)}`;
}

function factLines(facts: readonly Fact[]): string {
  const width = Math.max(...facts.map(({ label }) => plain(label).length)) + 3;
  return facts
    .map(({ label, value }) =>
      wrap(inlineText(value), `${plain(label)}: `.padEnd(width), ' '.repeat(width)),
    )
    .join('\n');
}

function inlineText(content: readonly Inline[]): string {
  return plain(
    content
      .map((piece) =>
        typeof piece === 'string' ? piece : 'code' in piece ? piece.code : piece.strong,
      )
      .join(''),
  );
}

function underlined(text: string, line: string): string {
  return `${text}\n${line.repeat(Math.min([...text].length, LINE_LENGTH))}`;
}

/** Breaks at blanks only, so that a key ID or a long name stays in one piece. */
function wrap(text: string, first: string, rest: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const start = lines.length === 0 ? first : rest;
    if (line === '') line = word;
    else if (start.length + line.length + 1 + word.length <= LINE_LENGTH) line += ` ${word}`;
    else {
      lines.push(start + line);
      line = word;
    }
  }
  lines.push((lines.length === 0 ? first : rest) + line);
  return lines.map((each) => each.trimEnd()).join('\n');
}
