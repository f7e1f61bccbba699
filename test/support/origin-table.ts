import { readPage, rowsOf } from './markdown.js';

/** One cell of the table of docs/sessions.md. */
export interface OriginCase {
  /** The row and the column. */
  readonly name: string;
  readonly sites: readonly (string | undefined)[];
  readonly origins: readonly (string | undefined)[];
  readonly passes: boolean;
}

/** What stands for "another `Origin`"; each is refused unless the browser says that it is the same origin. */
export const ANOTHER_ORIGIN = [
  '',
  'https://evil.example',
  'http://api.example.com',
  'https://api.example.com:8443',
  'https://api.example.com:444',
  'https://app.example.com',
  'https://api.example.com.evil.example',
  'https://evil-api.example.com',
  'https://xapi.example.com',
  'https://example.com',
  'https://sub.api.example.com',
  'https://api.example.com@evil.example',
  'https://api.example.com/',
  'https://api.example.com https://evil.example',
  'https://evil.example https://api.example.com',
  'https://api.example.com.',
  'file://',
  'chrome-extension://abc',
];
const ANOTHER_SITE = ['garbage', '', 'SAME-ORIGIN', 'Same-Origin', 'same-origin, same-origin', 'origin'];

/** The table of docs/sessions.md. `listed` are the origins that the test's application allows. */
export function originTable(listed: readonly string[]): OriginCase[] {
  const rows = rowsOf(readPage('docs/sessions.md'), '`Sec-Fetch-Site`');
  const columns = [listed, ['null'], ANOTHER_ORIGIN, [undefined]];
  return rows.flatMap(([site = '', ...answers]) => {
    if (answers.length !== columns.length) throw new Error(`the row ${site} has ${answers.length} answers`);
    return answers.map((answer, index) => {
      if (answer !== 'passes' && answer !== '403') throw new Error(`an answer is "${answer}"`);
      const name = `Sec-Fetch-Site ${site}, ${['listed', 'null', 'another', 'no'][index]} Origin`;
      return { name, sites: sitesOf(site), origins: columns[index]!, passes: answer === 'passes' };
    });
  });
}

function sitesOf(cell: string): readonly (string | undefined)[] {
  if (cell === 'not sent') return [undefined];
  if (cell === 'any other value') return ANOTHER_SITE;
  return [/^`([a-z-]+)`$/.exec(cell)![1]];
}
