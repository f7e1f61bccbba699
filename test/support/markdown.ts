import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CodeBlock {
  /** The first word after the fence, such as `ts`. */
  readonly language: string;
  /** What stands after the language. */
  readonly attributes: string;
  readonly text: string;
  /** Of the first line of code, from 1. */
  readonly line: number;
  /** `x` of a comment `<!-- test: x -->` right before the block; other comments may stand between. */
  readonly marker: string | null;
  /** `x` of a first line `// file: x`. */
  readonly file: string | null;
}

export interface MarkdownPage {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly CodeBlock[];
  /** The lines outside of code blocks; those inside are empty. */
  readonly prose: readonly string[];
  readonly headings: readonly string[];
}

const ROOT = join(import.meta.dirname, '../..');

/** The pages that somebody reads: the root's, the package's and everything under docs/. */
export function readPages(): MarkdownPage[] {
  const inFolder = (folder: string, recursive: boolean): string[] =>
    readdirSync(join(ROOT, folder), { recursive, encoding: 'utf8' })
      .map((path) => join(folder, path).replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.md'))
      .sort();
  return [...inFolder('.', false), ...inFolder('libs/auth', false), ...inFolder('docs', true)].map(readPage);
}

export function readPage(path: string): MarkdownPage {
  return parsePage(path, readFileSync(join(ROOT, path), 'utf8'));
}

export function parsePage(path: string, text: string): MarkdownPage {
  const blocks: CodeBlock[] = [];
  const prose: string[] = [];
  let marker: string | null = null;
  let open: { fence: string; language: string; attributes: string; line: number; code: string[] } | null =
    null;
  text.split('\n').forEach((line, index) => {
    if (open) {
      prose.push('');
      if (line.trim() !== open.fence) {
        open.code.push(line);
        return;
      }
      const { code, language, attributes, line: start } = open;
      const file = /^\/\/ file: (\S+)$/.exec(code[0] ?? '')?.[1] ?? null;
      blocks.push({ language, attributes, text: code.join('\n'), line: start, marker, file });
      marker = null;
      open = null;
      return;
    }
    const fence = /^\s*(```+)([\w-]*)\s*(.*)$/.exec(line);
    if (fence) {
      open = { fence: fence[1]!, language: fence[2]!, attributes: fence[3]!, line: index + 2, code: [] };
      prose.push('');
      return;
    }
    prose.push(line);
    const named = /^<!-- test: ([\w-]+) -->$/.exec(line.trim());
    if (named) marker = named[1]!;
    else if (line.trim() !== '' && !/^<!--.*-->$/.test(line.trim())) marker = null;
  });
  if (open) throw new Error(`${path} ends inside a code block`);
  const headings = prose.flatMap((line) => /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1] ?? []);
  return { path, text, blocks, prose, headings };
}

/** The blocks after `<!-- test: marker -->`; throws when there is none. */
export function markedBlocks(page: MarkdownPage, marker: string): CodeBlock[] {
  const found = page.blocks.filter((block) => block.marker === marker);
  if (found.length === 0) throw new Error(`${page.path} has no block after <!-- test: ${marker} -->`);
  return found;
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: MarkdownPage): Set<string> {
  const anchors = new Set<string>();
  for (const heading of page.headings) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let copy = 1; anchors.has(anchor); copy += 1) anchor = `${slug}-${copy}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The targets of a page's links, images and reference definitions, with their lines. */
export function linksOf(page: MarkdownPage): { target: string; line: number }[] {
  return page.prose.flatMap((line, index) => {
    const plain = line.replace(/`[^`]*`/g, '');
    const inline = [...plain.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map(
      (match) => match[1]!,
    );
    const defined = /^\s*\[[^\]]+\]:\s+<?([^\s>]+)>?/.exec(plain)?.[1];
    return [...inline, ...(defined ? [defined] : [])].map((target) => ({ target, line: index + 1 }));
  });
}

/** The rows of every table whose first column has the heading given, as cells. */
export function rowsOf(page: MarkdownPage, firstHeading: string): string[][] {
  const rows: string[][] = [];
  let inside = false;
  for (const line of page.prose) {
    if (!line.trimStart().startsWith('|')) {
      inside = false;
      continue;
    }
    const cells = line
      .trim()
      .replace(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    if (cells[0] === firstHeading) inside = true;
    else if (inside && !/^:?-+:?$/.test(cells[0] ?? '')) rows.push(cells);
  }
  return rows;
}
