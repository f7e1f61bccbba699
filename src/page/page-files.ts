import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly text: string;
  readonly type: string;
  readonly etag: string;
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

/**
 * The files of the built page, read once at boot. A request names a key of this list and never a path of the disk, so no
 * request can leave the folder.
 */
export class PageFiles {
  private readonly files = new Map<string, PageFile>();

  /** A folder that holds no built page gives no files: the demo's tests run from the sources. */
  constructor(folder: string) {
    if (!existsSync(join(folder, 'main.js'))) return;
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const type = TYPES.get(extname(entry.name));
      if (!entry.isFile() || type === undefined) continue;
      const path = join(entry.parentPath, entry.name);
      const text = readFileSync(path, 'utf8');
      const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
      this.files.set(relative(folder, path).split(sep).join('/'), { text, type, etag });
    }
  }

  /** The file of a name such as `styles/page.css`; undefined: the page has none of that name. */
  find(name: string): PageFile | undefined {
    return this.files.get(name);
  }

  /** Every name, for tests. */
  names(): readonly string[] {
    return [...this.files.keys()].sort();
  }
}
