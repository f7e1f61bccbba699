import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { markedBlocks, readPage } from '../support/markdown.js';

const PAGE = 'docs/writing-a-store.md';

export const RUNNERS = ['jest', 'vitest', 'node'] as const;
export type Runner = (typeof RUNNERS)[number];

/** Writes the TypeScript files of docs/writing-a-store.md into a folder. */
export async function writeStore(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = readPage(PAGE).blocks.filter(({ language, file }) => language === 'ts' && file);
  for (const { file, text } of files) await writeFile(join(folder, file!), text);
}

/** What the page gives as `harness.mjs`. */
export async function writeHarness(folder: string): Promise<void> {
  await writeFile(join(folder, 'harness.mjs'), only('harness'));
}

/** The page's test file for a runner; its name. */
export async function writeTest(folder: string, runner: Runner): Promise<string> {
  const text = only(runner);
  const name = /^\/\/ (\S+\.test\.mjs)\n/.exec(text)![1]!;
  await writeFile(join(folder, name), text);
  return name;
}

function only(marker: string): string {
  const [block, ...others] = markedBlocks(readPage(PAGE), marker);
  if (others.length > 0) throw new Error(`${PAGE} has several blocks after <!-- test: ${marker} -->`);
  return block!.text;
}
