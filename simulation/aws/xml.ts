const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\r': '&#13;',
};

/**
 * Renders an element of the Query protocol. Objects become child elements, arrays lists of
 * `<member>`, maps lists of `<entry>`; what is undefined is left out.
 */
export function xml(name: string, content: unknown, xmlns?: string): string {
  const attribute = xmlns === undefined ? '' : ` xmlns="${xmlns}"`;
  return `<${name}${attribute}>${inside(content)}</${name}>`;
}

function inside(content: unknown): string {
  if (Array.isArray(content)) return content.map((member) => xml('member', member)).join('');
  if (content instanceof Map) {
    return [...content].map(([key, value]) => xml('entry', { key, value })).join('');
  }
  if (content instanceof Date) return `${content.toISOString().slice(0, 19)}Z`;
  if (content !== null && typeof content === 'object') {
    let children = '';
    for (const [name, value] of Object.entries(content)) {
      if (value !== undefined) children += xml(name, value);
    }
    return children;
  }
  return String(content ?? '').replace(/[&<>"'\r]/g, (character) => ENTITIES[character] ?? '');
}
