import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { markedBlocks, readPage } from './markdown.js';

const TEST = join(import.meta.dirname, '..');

/** Runs a ```ts block of a page that stands after `<!-- test: marker -->`, and gives what it exports. */
export async function documentedModule(page: string, marker: string): Promise<Record<string, any>> {
  const [block] = markedBlocks(readPage(page), marker);
  // In here, so that it finds the packages that tests find.
  const folder = await mkdtemp(join(TEST, '.documented-'));
  try {
    const path = join(folder, `${marker}.ts`);
    await writeFile(path, block!.text);
    return (await import(path)) as Record<string, any>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
