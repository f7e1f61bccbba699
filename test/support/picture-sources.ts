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

/** A hash over the names and texts of all sources of the page. */
export function pictureSources(): string {
  const hash = createHash('sha256');
  for (const folder of SOURCES)
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (/\.(ts|css|html)$/.test(file) && !file.endsWith('.spec.ts'))
        hash
          .update(`${folder}/${file}\n`)
          .update(readFileSync(join(ROOT, folder, file)))
          .update('\n');
  return hash.digest('hex');
}

export function pictureManifest(): PictureManifest {
  return JSON.parse(readFileSync(join(PICTURES, 'pictures.json'), 'utf8')) as PictureManifest;
}
