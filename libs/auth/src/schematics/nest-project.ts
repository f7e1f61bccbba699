import { posix } from 'node:path';
import { textOf, type Tree } from './schematic-host.js';

/** Where users and sign-ins are kept. */
export type StoresKind = 'typeorm' | 'sql' | 'memory';

/** The parts of package.json that are read or changed. */
export interface Manifest {
  type?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  jest?: Record<string, unknown>;
  [key: string]: unknown;
}

/** What an application is made of, read from its files. */
export interface NestProject {
  readonly manifest: Manifest;
  /** The folder of the sources, such as `src`. */
  readonly sources: string;
  /** The file of the module that `main.ts` starts, and its class. */
  readonly rootModule: { readonly path: string; readonly name: string };
  /** Whether imports of its own files end in `.js`. */
  readonly esm: boolean;
  /** The range of the `@nestjs/*` packages that are added, such as `^11.0.0`. */
  readonly nestRange: string;
  /** Whether the application connects to a database by `TypeOrmModule.forRoot`. */
  readonly connects: boolean;
}

/** Reads the project; throws if it is none that this package can be added to. */
export function readProject(tree: Tree, sourceRoot: string | undefined): NestProject {
  const text = textOf(tree, 'package.json');
  if (text === null)
    throw new Error('There is no package.json here. Run the command in the folder of a Nest application.');
  const manifest = JSON.parse(text) as Manifest;
  const sources = sourceRoot && sourceRoot !== 'undefined' ? sourceRoot : 'src';
  return {
    manifest,
    sources,
    rootModule: rootModuleOf(tree, sources),
    esm: manifest.type === 'module',
    nestRange: nestRangeOf(installed(manifest)),
    connects: hasText(tree, sources, 'TypeOrmModule.forRoot'),
  };
}

/** Every package that the project declares, with its range. */
export function installed({ dependencies, devDependencies }: Manifest): Readonly<Record<string, string>> {
  return { ...devDependencies, ...dependencies };
}

/** The stores that fit what the project has already. */
export function fittingStores(manifest: Manifest): StoresKind {
  const packages = installed(manifest);
  if (packages['typeorm']) return 'typeorm';
  return packages['pg'] ? 'sql' : 'memory';
}

function nestRangeOf(packages: Readonly<Record<string, string>>): string {
  const range = packages['@nestjs/core'];
  if (range === undefined)
    throw new Error(
      'package.json does not have @nestjs/core. Run the command in the folder of a Nest application.',
    );
  const major = /\d+/.exec(range)?.[0];
  // A range without a number, such as `latest` or `catalog:`.
  if (major === undefined) return '^11.0.0 || ^12.0.0';
  if (major !== '11' && major !== '12')
    throw new Error(`nestjs-aerie needs Nest 11 or 12 (@nestjs/core is ${range}).`);
  return `^${major}.0.0`;
}

function rootModuleOf(tree: Tree, sources: string): { path: string; name: string } {
  const main = textOf(tree, `${sources}/main.ts`) ?? '';
  const name = /NestFactory\s*\.create\w*\s*(?:<[^(]*>)?\(\s*(\w+)/.exec(main)?.[1] ?? 'AppModule';
  const imported = new RegExp(`import\\s*{[^}]*\\b${name}\\b[^}]*}\\s*from\\s*['"](\\.[^'"]+)['"]`).exec(
    main,
  )?.[1];
  const path = posix.join(sources, `${(imported ?? './app.module').replace(/\.[jt]s$/, '')}.ts`);
  return { path, name };
}

function hasText(tree: Tree, folder: string, wanted: string): boolean {
  let found = false;
  tree.getDir(folder).visit((path) => {
    if (path.endsWith('.ts') && !found) found = textOf(tree, path)!.includes(wanted);
  });
  return found;
}
