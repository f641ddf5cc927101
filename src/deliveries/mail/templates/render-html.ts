import type { Block, Fact, Inline, MailContent } from './content.ts';
import { escapeHtml, plain } from './plain.ts';
import { STYLE_SHEET, STYLES, type StyleName } from './style.ts';

/**
 * The HTML version of a mail: one column, no image, no link, nothing to load.
 *
 * Every string of the content passes {@link text}, and every tag is written in this file: no
 * content can become a tag or an attribute.
 */
export function renderHtml({ subject, title, blocks, footer }: MailContent): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>${text(subject)}</title>
<style>
${STYLE_SHEET}
</style>
</head>
<body ${look('page')}>
<div role="article" aria-roledescription="email" lang="en" ${look('card')}>
<h1 ${look('title')}>${text(title)}</h1>
${renderBlocks(blocks)}
<p ${look('footer')}>${text(footer)}</p>
</div>
</body>
</html>
`;
}

function renderBlocks(blocks: readonly Block[]): string {
  return blocks.map(renderBlock).join('\n');
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p ${look('text')}>${inlineHtml(block.content)}</p>`;
    case 'heading':
      return `<h2 ${look('heading')}>${text(block.text)}</h2>`;
    case 'facts':
      return `<table ${look('table')}>\n${block.facts.map(factRow).join('\n')}\n</table>`;
    case 'code':
    case 'token':
      return `<pre ${look(block.kind)}>${block.lines.map(text).join('\n')}</pre>`;
    case 'steps':
      return listOf('ol', 'steps', 'step', block.steps.map(renderBlocks));
    case 'list':
      return listOf('ul', 'list', 'item', block.items.map(inlineHtml));
    case 'quotation':
      return `<blockquote dir="auto" ${look('quotation')}>${text(block.text)}</blockquote>`;
    case 'notice':
      return `<div ${look(block.tone)}>\n${renderBlocks(block.blocks)}\n</div>`;
  }
}

function listOf(tag: 'ol' | 'ul', list: StyleName, item: StyleName, items: string[]): string {
  const inner = items.map((html) => `<li ${look(item)}>${html}</li>`).join('\n');
  return `<${tag} ${look(list)}>\n${inner}\n</${tag}>`;
}

function factRow({ label, value }: Fact): string {
  return `<tr><th scope="row" ${look('label')}>${text(label)}</th><td ${look('value')}>${inlineHtml(value)}</td></tr>`;
}

function inlineHtml(content: readonly Inline[]): string {
  return content
    .map((piece) => {
      if (typeof piece === 'string') return text(piece);
      return 'code' in piece
        ? `<code ${look('name')}>${text(piece.code)}</code>`
        : `<strong>${text(piece.strong)}</strong>`;
    })
    .join('');
}

function text(content: string): string {
  return escapeHtml(plain(content));
}

/** The class, for the style sheet, and the same element's own rules. */
function look(name: StyleName): string {
  return `class="${name}" style="${STYLES[name]}"`;
}
