/**
 * What each entry loads. TypeORM is needed by `nestjs-aerie/typeorm` alone, a feature is loaded by its own entry alone, and a
 * service that only verifies needs no database and no hash of passwords.
 */
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
      'lru-cache',
      'rxjs',
    ]);
  });

  it('loads nothing that speaks to a database', () => {
    expect(loaded.files.filter((path) => /^(typeorm|sql|users|features)\//.test(path))).toEqual([]);
    expect(loaded.files.length).toBeGreaterThan(40);
  });

  it('has no types that lead to one: its declarations compile without', () => {
    expect(
      loadedBy('resource-server/index.ts', true).packages.filter((name) => /typeorm/.test(name)),
    ).toEqual([]);
    expect(loadedBy('typeorm/index.ts', true).packages).toContain('@nestjs/typeorm');
  });

  it('would be seen to', () => {
    expect(loadedBy('typeorm/index.ts').packages).toContain('typeorm');
    expect(loadedBy('index.ts').packages).toContain('@node-rs/argon2');
  });
});

const isOfFeature = (path: string): boolean => /^features\/.*\//.test(path);

describe.each(['index.ts', 'stores/index.ts', 'features/index.ts', 'testing/index.ts', 'sql/index.ts'])(
  '%s',
  (entry) => {
    it('leads to no TypeORM, at run time and in types', () => {
      expect(loadedBy(entry, true).packages.filter((name) => /typeorm/.test(name))).toEqual([]);
      expect(loadedBy(entry, true).files.filter((path) => path.startsWith('typeorm/'))).toEqual([]);
    });

    it('leads to no driver of a database', () => {
      const drivers = loadedBy(entry, true).packages.filter((name) =>
        /^(pg|mysql2|better-sqlite3)/.test(name),
      );
      expect(drivers).toEqual([]);
    });

    // The contract of its store is in `nestjs-aerie/testing`.
    if (entry !== 'testing/index.ts')
      it('loads no feature', () => expect(loadedBy(entry).files.filter(isOfFeature)).toEqual([]));
  },
);

describe('a feature', () => {
  const { files } = loadedBy('features/service-issuer/index.ts');

  it('is loaded by its own entry, without TypeORM', () => {
    expect(files.filter(isOfFeature).length).toBeGreaterThan(20);
    expect(files.filter((path) => path.startsWith('typeorm/'))).toEqual([]);
    expect(loadedBy('typeorm/index.ts').files.filter(isOfFeature)).toEqual([]);
  });
});
