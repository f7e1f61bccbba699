import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** A page of the built site: what it links to and loads, and the anchors that it has. */
export interface BuiltPage {
  /** From the site's folder, such as `decisions/index.html`. */
  readonly path: string;
  readonly html: string;
  readonly links: readonly string[];
  /** Addresses of scripts, styles, pictures and fonts. */
  readonly loads: readonly string[];
  readonly anchors: ReadonlySet<string>;
}

/** The pages of a built site. */
export function readSite(folder: string): ReadonlyMap<string, BuiltPage> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.html'));
  return new Map(paths.map((path) => [path, readPage(path, readFileSync(join(folder, path), 'utf8'))]));
}

export function readPage(path: string, html: string): BuiltPage {
  const attributes = (pattern: RegExp) =>
    [...html.matchAll(pattern)].map(([, value]) =>
      value!.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"'),
    );
  return {
    path,
    html,
    links: attributes(/<a\b[^>]*?\shref="([^"]*)"/g),
    loads: [...attributes(/<link\b[^>]*?\shref="([^"]*)"/g), ...attributes(/\ssrc="([^"]*)"/g)],
    anchors: new Set(attributes(/\sid="([^"]*)"/g)),
  };
}

/** Links of the pages that lead to no page, no file, or no anchor. `base` is where the site is served. */
export function deadLinks(
  pages: ReadonlyMap<string, BuiltPage>,
  base: string,
  isFile: (path: string) => boolean,
): string[] {
  const dead: string[] = [];
  for (const { path, links } of pages.values())
    for (const link of new Set(links)) {
      if (/^(https?|mailto):/.test(link)) continue;
      const { pathname, hash } = new URL(link, `http://site${posix.join(base, path)}`);
      const within = decodeURIComponent(
        pathname.startsWith(base) ? pathname.slice(base.length) : `../${pathname}`,
      );
      const target = pages.get(within === '' || within.endsWith('/') ? `${within}index.html` : within);
      const anchor = decodeURIComponent(hash.slice(1));
      if (!target ? !isFile(within) : anchor !== '' && !target.anchors.has(anchor))
        dead.push(`${path} leads to ${link}`);
    }
  return dead;
}
