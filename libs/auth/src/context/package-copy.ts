import type { ModulesContainer } from '@nestjs/core';

/** Marks a class with the copy of the package that it is of: a process may have loaded the package twice. */
export const COPY = Symbol.for('nestjs-aerie.copy');

/** One loading of the package: another one of the same files is another copy. */
export interface PackageCopy {
  /** Where it is, for messages. */
  readonly folder: string;
}

// Not by `import.meta`, which runners that turn modules into CommonJS do not know.
export const THIS_COPY: PackageCopy = { folder: folderIn(new Error().stack ?? '') };

function folderIn(stack: string): string {
  const line = /(?:at |\(|file:\/\/)(\/.*|[A-Z]:.*)[\\/]context[\\/]package-copy\.[jt]s\b/.exec(stack);
  return line?.[1] ?? 'an unknown place';
}

/** The copies of the package whose modules are in this application. */
export function copiesIn(modules: ModulesContainer): readonly PackageCopy[] {
  const copies = new Set<PackageCopy>();
  for (const { providers } of modules.values()) {
    for (const token of providers.keys()) {
      const copy = typeof token === 'function' ? (token as { [COPY]?: PackageCopy })[COPY] : undefined;
      if (copy) copies.add(copy);
    }
  }
  return [...copies];
}

/** One of them that is not this one; `undefined` when there is none. */
export function otherCopyIn(modules: ModulesContainer): PackageCopy | undefined {
  return copiesIn(modules).find((copy) => copy !== THIS_COPY);
}

export const ONE_COPY = 'an application must load it once (see `npm ls nestjs-aerie`)';

/** What copies of the package share in a process: decorators of one find what guards of another left. */
export function ofProcess<T>(name: string, make: () => T): T {
  const shared = globalThis as { [key: symbol]: T | undefined };
  return (shared[Symbol.for(`nestjs-aerie.${name}`)] ??= make());
}
