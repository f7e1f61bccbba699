import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
/** What the pictures show: the page, and the browser client that it uses. */
const SOURCES = ['src/page/browser', 'libs/auth/src/client'];

export const PICTURES = join(ROOT, 'docs/pictures');

/** What `docs/pictures/pictures.json` says of the pictures beside it. */
export interface PictureManifest {
  readonly sources: string;
  readonly pictures: readonly string[];
}

/** Lines of comments, in the form that the formatter gives them: no picture shows what they say. */
const COMMENTS = /^ *(\/\/|\/\*|\*[ /]).*\n/gm;

/** A hash over the names and texts of all sources of the page. Comments of TypeScript do not count. */
export function pictureSources(): string {
  const hash = createHash('sha256');
  for (const folder of SOURCES)
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (/\.(ts|css|html)$/.test(file) && !file.endsWith('.spec.ts')) {
        const text = readFileSync(join(ROOT, folder, file), 'utf8');
        const shown = file.endsWith('.ts') ? text.replace(COMMENTS, '') : text;
        hash.update(`${folder}/${file}\n${shown}\n`);
      }
  return hash.digest('hex');
}

export function pictureManifest(): PictureManifest {
  return JSON.parse(readFileSync(join(PICTURES, 'pictures.json'), 'utf8')) as PictureManifest;
}
