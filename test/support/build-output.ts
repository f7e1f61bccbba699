import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import { run } from './processes.js';

export const ROOT = join(import.meta.dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const LIBRARY = join(ROOT, 'libs/auth');

/** Runs the TypeScript compiler of this repository in a folder. */
export function compile(cwd: string, args: readonly string[] = []): Promise<string> {
  return run(process.execPath, [TSC, ...args], { cwd });
}

/** The package's folder with its output, built from the sources as they are now: ready for `npm pack` to choose from. */
export async function buildLibrary(folder: string): Promise<void> {
  await run(process.execPath, [join(ROOT, 'scripts/build-library.mjs'), folder], { cwd: ROOT });
  for (const entry of ['package.json', 'README.md', 'LICENSE', 'tsconfig.build.json', 'schematics', 'src'])
    await cp(join(LIBRARY, entry), join(folder, entry), { recursive: true });
}

export interface BuiltWorkspace {
  readonly folder: string;
  /** Emits a folder of sources, which imports the emitted package by its name. Gives the output's path. */
  emit(sources: string): Promise<string>;
  remove(): Promise<void>;
}

/**
 * The package under its own name in a folder of its own, for programs in processes of their own: other builds of this
 * checkout stay untouched. Emitted without a check of the types, which is the business of `tsc` and of the docs spec.
 */
export async function buildWorkspace(): Promise<BuiltWorkspace> {
  await mkdir(join(ROOT, 'var'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, 'var/test-'));
  const library = join(folder, 'node_modules/nestjs-aerie');
  await emit(join(LIBRARY, 'src'), join(library, 'dist'));
  await cp(join(LIBRARY, 'package.json'), join(library, 'package.json'));
  // Dependencies of the package that the root has in another version.
  const nested = join(LIBRARY, 'node_modules');
  if (existsSync(nested)) await symlink(nested, join(library, 'node_modules'), 'junction');
  return {
    folder,
    emit: async (sources) => {
      const output = await mkdtemp(join(folder, 'output-'));
      await emit(sources, output);
      await writeFile(join(output, 'package.json'), '{ "type": "module" }');
      return output;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What `tsc` would write, file by file: `isolatedModules` says that no file needs another to be emitted. */
async function emit(sources: string, output: string): Promise<void> {
  for (const file of await readdir(sources, { recursive: true })) {
    if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
    const { code } = transformSync(await readFile(join(sources, file), 'utf8'), {
      filename: file,
      swcrc: false,
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
        target: 'es2022',
      },
      module: { type: 'es6' },
    });
    const target = join(output, file.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, code);
  }
}
