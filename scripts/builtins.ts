import { isBuiltin } from 'node:module';

/** `import`, what is imported (if anything), and the module, as esbuild writes them. */
const IMPORT = /\bimport(?:\s*([^"'`;()]*?)\s*from)?\s*"([\w:/]+)";/g;
const DYNAMIC_IMPORT = /\bimport\("([\w:/]+)"\)/g;

/**
 * Gets Node's own modules with `process.getBuiltinModule` where a bundle imports them.
 *
 * An `import` of such a module copies all of its exports, and so runs getters that load what nobody
 * asked for: `node:http` brings a WebSocket client, `node:fs` streams, `node:process` the terminal.
 *
 * @param source one module of esbuild's output
 */
export function getBuiltins(source: string): string {
  const declarations: string[] = [];
  const rest = source
    .replace(IMPORT, (statement, imported: string | undefined, name: string) => {
      if (!isBuiltin(name)) return statement;
      // Imports are there before anything else runs, so they go to the top.
      declarations.push(...declare(imported ?? '', got(name)));
      return '';
    })
    .replace(DYNAMIC_IMPORT, (call, name: string) =>
      isBuiltin(name) ? `Promise.resolve(${got(name)})` : call,
    );
  return declarations.join('') + rest;
}

function got(name: string): string {
  return `process.getBuiltinModule("${name}")`;
}

/** @param imported `a`, `* as a`, `{b, c as d}`, or the first and one of the others */
function declare(imported: string, value: string): string[] {
  const [, name, all, some] =
    /^([\w$]+)?\s*,?\s*(?:\*\s*as\s+([\w$]+)|\{(.*)\})?$/s.exec(imported) ?? [];
  return [
    ...[name, all].flatMap((one) => (one ? [`const ${one}=${value};`] : [])),
    ...(some ? [`const {${some.replaceAll(/\s+as\s+/g, ':')}}=${value};`] : []),
  ];
}
