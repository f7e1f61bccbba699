/** The pictures of the page in docs/pictures are of the sources as they are now, small, and shown somewhere. */
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PICTURES, pictureManifest, pictureSources } from './support/picture-sources.js';

const MOST_BYTES = 150_000;
const ROOT = join(import.meta.dirname, '..');
const { sources, pictures } = pictureManifest();

describe('the pictures of the page', () => {
  it('are of the current sources', () => {
    if (sources !== pictureSources())
      throw new Error(
        'the page or its client has changed since its pictures were taken: run "npm run pictures"',
      );
  });

  it('are those of the manifest, and small', () => {
    const files = readdirSync(PICTURES).filter((name) => name.endsWith('.png'));
    expect(files.sort()).toEqual([...pictures].sort());
    for (const name of files) {
      expect(readFileSync(join(PICTURES, name)).subarray(1, 4).toString()).toBe('PNG');
      expect([name, statSync(join(PICTURES, name)).size < MOST_BYTES]).toEqual([name, true]);
    }
  });

  it('are all shown, with a text for those who do not see them', () => {
    const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
    const text = ['README.md', ...docs.map((name) => `docs/${name}`)]
      .map((path) => readFileSync(join(ROOT, path), 'utf8'))
      .join('\n');
    const shown = [
      ...text.matchAll(/!\[([^\]]*)\]\(pictures\/([\w-]+\.png)\)/g),
      ...text.matchAll(/<img\s+alt="([^"]*)"\s+src="docs\/pictures\/([\w-]+\.png)"/g),
    ];
    const inTheDark = [...text.matchAll(/srcset="docs\/pictures\/([\w-]+\.png)"/g)].map(([, name]) => name!);
    const names = [...shown.map(([, , name]) => name!), ...inTheDark];
    expect([...new Set(names)].sort()).toEqual([...pictures].sort());
    expect(shown.filter(([, words]) => words!.split(' ').length < 4)).toEqual([]);
  });
});
