import { existsSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CannotRun, firstLineOf } from '../cannot-run.js';

/** Where an application's module is: a file, and the name of its export. */
export interface ApplicationPath {
  /** As it was given, without the name. */
  readonly given: string;
  readonly file: string;
  /** Null: not given. */
  readonly exported: string | null;
}

/** Reads `dist/app.module.js#AppModule`. Throws CannotRun for what is no built module. */
export function applicationPath(given: string): ApplicationPath {
  const [, path = '', exported = null] = /^(.*?)(?:#([^#]*))?$/s.exec(given) ?? [];
  const file = resolve(path);
  if (/\.[cm]?tsx?$/.test(path))
    throw new CannotRun(
      `${path} is TypeScript: build the application, and give the JavaScript, such as dist/${basename(path).replace(/tsx?$/, 'js')}#AppModule`,
    );
  if (!existsSync(file)) throw new CannotRun(`there is no file ${path}: build the application first?`);
  if (!statSync(file).isFile())
    throw new CannotRun(`${path} is no file: give the module, such as dist/app.module.js#AppModule`);
  return { given: path, file, exported: exported === '' ? null : exported };
}

/** Everything that a file exports, by import and by require alike. Throws CannotRun. */
export async function exportsOf({
  given,
  file,
}: ApplicationPath): Promise<Readonly<Record<string, unknown>>> {
  let namespace: Record<string, unknown>;
  try {
    namespace = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw new CannotRun(`${given} cannot be loaded: ${firstLineOf(error)}`);
  }
  // What require() gives: not every name of it is found by import.
  return { ...(namespace['default'] as Record<string, unknown> | null), ...namespace };
}

/** The module's class (or dynamic module) that a file exports. Throws CannotRun. */
export async function importModule(path: ApplicationPath): Promise<object> {
  const { given, exported } = path;
  const all = await exportsOf(path);
  const modules = Object.keys(all).filter((name) => isModule(all[name]));
  const name =
    exported ?? (modules.includes('AppModule') || modules.length !== 1 ? 'AppModule' : modules[0]!);
  const found = all[name];
  if (isModule(found)) return found;
  const names = modules.length > 0 ? `has the modules ${modules.join(', ')}` : 'exports no module of Nest';
  throw new CannotRun(`${given} has no module ${name} (it ${names}): give one as ${given}#Name`);
}

function isModule(value: unknown): value is object {
  if (typeof value === 'function')
    return ['imports', 'providers', 'controllers', 'exports'].some((key) =>
      Reflect.hasOwnMetadata(key, value),
    );
  return typeof (value as { module?: unknown } | null)?.module === 'function';
}

/** Throws CannotRun when the application would load another copy of this package, or of Nest, than this command is of. */
export function refuseOtherCopies({ given, file }: ApplicationPath): void {
  const ours = createRequire(import.meta.url);
  const theirs = createRequire(file);
  const self = folderOf(fileURLToPath(new URL('../../../package.json', import.meta.url)));
  const found = resolved(theirs, 'nestjs-aerie/package.json');
  if (found === undefined)
    throw new CannotRun(
      `${given} is in no project that has nestjs-aerie: install it there, and run the command there`,
    );
  if (folderOf(found) !== self)
    throw new CannotRun(
      `${given} uses the nestjs-aerie in ${folderOf(found)}: run its own command, with npx in that project`,
    );
  const core = resolved(theirs, '@nestjs/core');
  if (core !== undefined && realpathSync(core) !== realpathSync(ours.resolve('@nestjs/core')))
    throw new CannotRun(
      `${given} uses another copy of @nestjs/core than nestjs-aerie does: see npm ls @nestjs/core`,
    );
}

function folderOf(manifest: string): string {
  return dirname(realpathSync(manifest));
}

export function resolved(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
