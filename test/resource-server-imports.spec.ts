/** A service that only verifies needs no database: nothing that its entry loads leads to one, or to a hash of passwords. */
import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { readSources, type SourceText } from './support/source-imports.js';

const house = readSources(join(import.meta.dirname, '../libs/auth/src'));

/** Every file that is loaded with one, and every package that they import: at run time, or for their types as well. */
function loadedBy(entry: string, withTypes = false, files: ReadonlyMap<string, SourceText> = house) {
  const seen = new Set([entry]);
  const packages = new Set<string>();
  for (const path of seen) {
    for (const { target, specifier, erased } of files.get(path)?.imports ?? []) {
      if (erased && !withTypes) continue;
      if (target === null) packages.add(/^(@[^/]+\/)?[^/]+/.exec(specifier)![0]);
      else seen.add(target);
    }
  }
  return { files: [...seen], packages: [...packages].sort() };
}

describe('nestjs-aerie/resource-server', () => {
  const loaded = loadedBy('resource-server/index.ts');

  it('loads no more than these packages', () => {
    expect(loaded.packages.filter((name) => !name.startsWith('node:'))).toEqual([
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/microservices',
      '@nestjs/passport',
      '@nestjs/websockets',
      'jose',
      'lru-cache',
      'rxjs',
    ]);
  });

  it('loads nothing that speaks to a database', () => {
    expect(
      loaded.files.filter((path) => /typeorm|entity|^(database|migrations|credentials)\//.test(path)),
    ).toEqual([]);
    expect(loaded.files.length).toBeGreaterThan(40);
  });

  it('has no types that lead to one: its declarations compile without', () => {
    expect(
      loadedBy('resource-server/index.ts', true).packages.filter((name) => /typeorm/.test(name)),
    ).toEqual([]);
    expect(loadedBy('index.ts', true).packages).toContain('@nestjs/typeorm');
  });

  it('would be seen to', () => {
    expect(loadedBy('index.ts').packages).toEqual(expect.arrayContaining(['typeorm', '@node-rs/argon2']));
  });
});
