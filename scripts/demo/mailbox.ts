/** Writes the mails to files that can be opened in a browser. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ReceivedMail } from '../../simulation/aws/index.ts';
import { escapeHtml } from '../../src/deliveries/mail/templates/plain.ts';
import { dayOf } from './calendar.ts';

/**
 * Writes every mail as `.html` and `.txt`, and as `.eml` where it came as a message, and an
 * `index.html` that lists them.
 * @param directory is made if need be; a temporary one when missing
 * @returns the path of the list
 */
export async function writeMails(
  mails: readonly ReceivedMail[],
  directory?: string,
): Promise<string> {
  const folder = directory ?? (await mkdtemp(path.join(tmpdir(), 'ikr-demo-')));
  await mkdir(folder, { recursive: true });
  const rows: string[] = [];
  for (const [index, mail] of mails.entries()) {
    const name = fileName(mail, index);
    const { to, subject, text, html, raw } = mail;
    const headers = `From: ${mail.from}\nTo: ${to.join(', ')}\nSubject: ${subject}\n`;
    const files: Record<string, string | undefined> = {
      HTML: html,
      text: `${headers}\n${text}`,
      message: raw,
    };
    const endings: Record<string, string> = { HTML: 'html', text: 'txt', message: 'eml' };
    const links: string[] = [];
    for (const [label, content] of Object.entries(files)) {
      if (content === undefined) continue;
      const file = `${name}.${endings[label]}`;
      await writeFile(path.join(folder, file), content);
      links.push(`<a href="${encodeURIComponent(file)}">${label}</a>`);
    }
    const cells = [String(dayOf(mail.atMs)), to.join(', '), subject].map(escapeHtml);
    rows.push(`<tr>${[...cells, links.join(' ')].map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  }
  const list = path.join(folder, 'index.html');
  await writeFile(list, page(rows));
  return list;
}

/** `007-day-02-alice`: sorted as they came, and safe on every file system. */
function fileName({ to, atMs }: ReceivedMail, index: number): string {
  const number = String(index + 1).padStart(3, '0');
  const day = String(dayOf(atMs)).padStart(2, '0');
  const owner = (to[0] ?? '').split('@')[0]?.replace(/[^a-z0-9-]+/gi, '-') ?? '';
  return `${number}-day-${day}-${owner}`;
}

function page(rows: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The mails of the demo</title>
<style>
:root { color-scheme: light dark; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .4rem 1rem .4rem 0; border-bottom: 1px solid #8886; text-align: left; vertical-align: top; }
</style>
</head>
<body>
<h1>The mails of the demo</h1>
<p>Account, users and keys existed only in the demo.</p>
<table>
<tr><th scope="col">Day</th><th scope="col">To</th><th scope="col">Subject</th><th scope="col">Open</th></tr>
${rows.join('\n')}
</table>
</body>
</html>
`;
}
