import type { ModulesContainer } from '@nestjs/core';
import { AuthConfigError } from '../errors/auth-config-error.js';

/** Marks a class with the copy of the package that it is of: a process may have loaded the package twice. */
export const COPY = Symbol.for('nestjs-aerie.copy');

/** One loading of the package: another one of the same files is another copy. */
export interface PackageCopy {
  /** Where it is, for messages. */
  readonly folder: string;
}

/** This copy. Not by `import.meta`, which runners that turn modules into CommonJS do not know. */
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

/** What to do about a second copy, for messages. */
export const ONE_COPY = 'an application must load it once (see `npm ls nestjs-aerie`)';

/** Throws AuthConfigError, which says where both are, when another copy's module is in the application beside this one. */
export function refuseOtherCopy(module: string, modules: ModulesContainer): void {
  const other = otherCopyIn(modules);
  if (other === undefined) return;
  throw new AuthConfigError(
    `${module} must be the only one in the application (got it from ${THIS_COPY.folder}, and another copy of nestjs-aerie from ${other.folder}): ${ONE_COPY}`,
  );
}

/** What copies of the package share in a process: decorators of one find what guards of another left. */
export function ofProcess<T>(name: string, make: () => T): T {
  const shared = globalThis as { [key: symbol]: T | undefined };
  return (shared[Symbol.for(`nestjs-aerie.${name}`)] ??= make());
}
