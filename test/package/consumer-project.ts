import { cp, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../support/build-output.js';
import { run, runToEnd } from '../support/processes.js';
import type { PackedForTests } from './packed-library.js';

export interface ProjectInput {
  readonly name: string;
  /** The range of the `@nestjs/*` packages. */
  readonly nest: string;
  readonly module: 'esm' | 'commonjs';
  readonly adapter: 'express' | 'fastify';
  /** Peers that this project does without. Default: none. */
  readonly without?: readonly string[];
  /** Versions of packages that this project takes in place of the range, or of ours. */
  readonly versions?: Readonly<Record<string, string>>;
}

export interface ConsumerProject {
  readonly folder: string;
  installedVersion(name: string): Promise<string>;
  /** Adds packages, such as an optional peer. */
  install(packages: readonly string[]): Promise<void>;
  /** Runs an ES module's text in the project, and gives what it printed. */
  node(text: string): Promise<string>;
  /** Compiles `consumer/` in the project; gives what the compiler says, which is nothing when all is well. */
  compile(options: Readonly<Record<string, unknown>>): Promise<string>;
}

/** A peer that is missing or outside of its range fails. */
export const INSTALL_FLAGS = [
  '--ignore-scripts',
  '--prefer-offline',
  '--strict-peer-deps',
  '--loglevel=error',
];
const SOURCES = join(import.meta.dirname, 'consumer');

/** An empty project with the package, its peers and one HTTP adapter, as its users install them. */
export async function installConsumer(
  { folder: parent, tarball }: PackedForTests,
  { nest, module, adapter, without = [], versions = {} }: ProjectInput,
): Promise<ConsumerProject> {
  const folder = await mkdtemp(join(parent, 'project-'));
  const manifest = {
    name: 'consumer',
    private: true,
    type: module === 'esm' ? 'module' : 'commonjs',
    dependencies: {
      'nestjs-aerie': `file:${tarball}`,
      '@nestjs/common': nest,
      '@nestjs/core': nest,
      '@nestjs/passport': nest,
      [`@nestjs/platform-${adapter}`]: nest,
      '@nestjs/typeorm': nest,
      passport: '^0.7.0',
      'reflect-metadata': '^0.2.0',
      rxjs: '^7.8.0',
      typeorm: '^1.0.0',
    },
    devDependencies: {
      '@types/express': '^5.0.0',
      '@types/node': '^20.19.0',
      '@types/passport': '^1.0.17',
      ...(versions['typescript'] && { typescript: versions['typescript'] }),
    },
  };
  for (const name of Object.keys(manifest.dependencies))
    if (versions[name]) (manifest.dependencies as Record<string, string>)[name] = versions[name];
  for (const name of without) delete (manifest.dependencies as Record<string, string>)[name];
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, '.npmrc'), 'audit=false\nfund=false\nupdate-notifier=false\n');
  await run('npm', ['install', ...INSTALL_FLAGS], { cwd: folder });
  // Fails for a peer that is missing or outside of its range.
  await run('npm', ['ls', '--all', '--loglevel=error'], { cwd: folder });
  if (!without.includes('typeorm')) await copySqlite(join(folder, 'node_modules'));

  const otherMain = `main.${adapter === 'express' ? 'fastify' : 'express'}.ts`;
  await cp(SOURCES, join(folder, 'src'), {
    recursive: true,
    filter: (path) => !path.endsWith(otherMain),
  });
  return {
    folder,
    installedVersion: async (name) => {
      const path = join(folder, 'node_modules', name, 'package.json');
      return (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version;
    },
    install: async (packages) => {
      await run('npm', ['install', ...INSTALL_FLAGS, ...packages], { cwd: folder });
      await copySqlite(join(folder, 'node_modules'));
    },
    node: (text) => run(process.execPath, ['--input-type=module'], { cwd: folder, input: text }),
    compile: async (options) => {
      const compilerOptions = {
        target: 'es2022',
        lib: ['es2023'],
        types: ['node'],
        strict: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        skipLibCheck: false,
        rootDir: 'src',
        outDir: 'dist',
        ...options,
      };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
      const tsc = join(versions['typescript'] ? folder : ROOT, 'node_modules/typescript/bin/tsc');
      return (await runToEnd(process.execPath, [tsc], { cwd: folder })).stdout;
    },
  };
}

/** The SQLite driver that this checkout has built: building it once more takes a minute. Its sources stay where they are. */
export async function copySqlite(modules: string): Promise<void> {
  for (const name of ['better-sqlite3', 'bindings', 'file-uri-to-path']) {
    const from = join(ROOT, 'node_modules', name);
    for (const entry of await readdir(from)) {
      if (entry === 'deps' || entry === 'src') continue;
      const only = entry === 'build' ? 'build/Release/better_sqlite3.node' : entry;
      await cp(join(from, only), join(modules, name, only), { recursive: true });
    }
  }
}
