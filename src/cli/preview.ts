/**
 * Writes the sample mails to a directory, so that anyone can see what users will be sent.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeHtml } from '../deliveries/mail/templates/plain.ts';
import { type SampleMail, sampleMails } from '../deliveries/mail/templates/samples.ts';

/**
 * Writes every sample mail as `.html` and `.txt`, and an `index.html` that lists them.
 * @param directory is made if it does not exist; files of the same names are overwritten
 * @returns the paths of the files, the list first
 */
export async function writePreview(directory: string): Promise<string[]> {
  const mails = sampleMails();
  const files = [
    { name: 'index.html', text: indexPage(mails) },
    ...mails.flatMap(({ name, mail }) => [
      { name: `${name}.html`, text: mail.html },
      { name: `${name}.txt`, text: `Subject: ${mail.subject}\n\n${mail.text}` },
    ]),
  ];
  await mkdir(directory, { recursive: true });
  return Promise.all(
    files.map(async ({ name, text }) => {
      const path = join(directory, name);
      await writeFile(path, text);
      return path;
    }),
  );
}

function indexPage(mails: readonly SampleMail[]): string {
  const rows = mails.map(
    ({ name, about, mail }) =>
      `<tr><td>${escapeHtml(about)}</td><td>${escapeHtml(mail.subject)}</td>` +
      `<td><a href="${name}.html">HTML</a> <a href="${name}.txt">text</a></td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The mails of IAM Key Rotator</title>
<style>
:root { color-scheme: light dark; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .5rem 1rem .5rem 0; border-bottom: 1px solid #8886; text-align: left; vertical-align: top; }
</style>
</head>
<body>
<h1>The mails of IAM Key Rotator</h1>
<p>Account, user and keys are invented.</p>
<table>
<tr><th scope="col">Mail</th><th scope="col">Subject</th><th scope="col">Open</th></tr>
${rows.join('\n')}
</table>
</body>
</html>
`;
}
