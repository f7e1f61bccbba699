import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARY = join(import.meta.dirname, '../../libs/auth');

/** What package.json says of the package's entries and peers. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string } | string>>;
  readonly typesVersions: { readonly '*': Readonly<Record<string, readonly string[]>> };
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}
export const MANIFEST = JSON.parse(readFileSync(join(LIBRARY, 'package.json'), 'utf8')) as Manifest;

export interface Entry {
  /** As it is imported: `nestjs-aerie/stores`. */
  readonly name: string;
  /** The path of its source. */
  readonly source: string;
}

/** The entries of the package, as package.json lists them. */
export const ENTRIES: readonly Entry[] = Object.entries(MANIFEST.exports).flatMap(([subpath, target]) =>
  typeof target === 'string'
    ? []
    : {
        name: `nestjs-aerie${subpath.slice(1)}`,
        source: join(LIBRARY, target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
      },
);
