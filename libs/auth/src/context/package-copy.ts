import type { ModulesContainer } from '@nestjs/core';

/** Marks a class with the place of the package that it came from: a process may have loaded the package twice. */
export const COPY = Symbol.for('nestjs-aerie.copy');

/** Where this copy of the package is, for messages. Not by `import.meta`, which runners that turn modules into CommonJS do not know. */
export const THIS_COPY: string = folderOf(new Error().stack ?? '');

function folderOf(stack: string): string {
  const file = /(?:file:\/\/)?(\/[^\s()]+|[A-Z]:[^\s()]+)[\\/]context[\\/]package-copy\.[jt]s\b/.exec(
    stack,
  )?.[1];
  return file ?? 'an unknown place';
}

/** Where the copies of the package are whose modules are in this application. */
export function copiesIn(modules: ModulesContainer): readonly string[] {
  const copies = new Set<string>();
  for (const { providers } of modules.values()) {
    for (const token of providers.keys()) {
      const copy = typeof token === 'function' ? (token as { [COPY]?: unknown })[COPY] : undefined;
      if (typeof copy === 'string') copies.add(copy);
    }
  }
  return [...copies];
}

/** One of them that is not this one; `undefined` when there is none. */
export function otherCopyIn(modules: ModulesContainer): string | undefined {
  return copiesIn(modules).find((copy) => copy !== THIS_COPY);
}

export const ONE_COPY = 'an application must have one: see `npm ls nestjs-aerie`';

/** What copies of the package share in a process: decorators of one find what guards of another left. */
export function ofProcess<T>(name: string, make: () => T): T {
  const shared = globalThis as { [key: symbol]: T | undefined };
  return (shared[Symbol.for(`nestjs-aerie.${name}`)] ??= make());
}
