import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { markedBlocks, readPage } from '../support/markdown.js';
import { run, runToEnd } from '../support/processes.js';
import { copySqlite, INSTALL_FLAGS } from './consumer-project.js';
import type { PackedForTests } from './packed-library.js';

const PAGE = readPage('docs/testing.md');

/** What a project's manifest has, as far as its tests need it. */
export interface Generated {
  readonly type?: 'module';
  readonly nest: string;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly compilerOptions: Readonly<Record<string, unknown>>;
}

// As the CLI generates both, apart from what tests do not need (eslint, prettier, the CLI itself).
const COMPILER = {
  module: 'nodenext',
  moduleResolution: 'nodenext',
  resolvePackageJsonExports: true,
  esModuleInterop: true,
  isolatedModules: true,
  declaration: true,
  removeComments: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  allowSyntheticDefaultImports: true,
  target: 'ES2023',
  sourceMap: true,
  outDir: './dist',
  incremental: true,
  skipLibCheck: true,
};
const BOTH = {
  '@types/express': '^5.0.0',
  '@types/node': '^24.0.0',
  '@types/supertest': '^7.0.0',
  supertest: '^7.0.0',
};

export const CLI_11: Generated = {
  nest: '^11.0.1',
  devDependencies: {
    ...BOTH,
    '@types/jest': '^30.0.0',
    jest: '^30.0.0',
    'ts-jest': '^29.2.5',
    typescript: '^5.7.3',
  },
  compilerOptions: {
    ...COMPILER,
    baseUrl: './',
    strictNullChecks: true,
    forceConsistentCasingInFileNames: true,
    noImplicitAny: false,
    strictBindCallApply: false,
    noFallthroughCasesInSwitch: false,
  },
};
export const CLI_12: Generated = {
  type: 'module',
  nest: '^12.0.1',
  devDependencies: { ...BOTH, typescript: '^6.0.2', 'vite-tsconfig-paths': '^5.1.4', vitest: '^4.1.2' },
  compilerOptions: {
    ...COMPILER,
    rootDir: '.',
    strict: true,
    strictPropertyInitialization: false,
    types: ['vitest/globals', 'node'],
  },
};

/** The configuration of Jest that the CLI 11 generates, twice. */
export const JEST_11: Readonly<Record<'unit' | 'e2e', Readonly<Record<string, unknown>>>> = {
  unit: {
    moduleFileExtensions: ['js', 'json', 'ts'],
    rootDir: 'src',
    testRegex: '.*\\.spec\\.ts$',
    transform: { '^.+\\.(t|j)s$': 'ts-jest' },
    testEnvironment: 'node',
  },
  e2e: {
    moduleFileExtensions: ['js', 'json', 'ts'],
    rootDir: 'test',
    testEnvironment: 'node',
    testRegex: '.e2e-spec.ts$',
    transform: { '^.+\\.(t|j)s$': 'ts-jest' },
  },
};

/** The lines of Jest's configuration that docs/testing.md gives under a marker. */
export function documentedLines(marker: string): Record<string, unknown> {
  const [block] = markedBlocks(PAGE, marker);
  return JSON.parse(`{${block!.text}}`) as Record<string, unknown>;
}

/** What a runner's own report says. */
export interface Report {
  readonly passed: number;
  readonly failed: readonly string[];
  readonly printed: string;
}

/** A project as the Nest CLI generates it, with the application and the tests of docs/testing.md. */
export class CliProject {
  private constructor(readonly folder: string) {}

  static async install(
    { folder: parent, tarball }: PackedForTests,
    { type, nest, devDependencies, compilerOptions }: Generated,
    more: Readonly<Record<string, string>> = {},
  ): Promise<CliProject> {
    const folder = await mkdtemp(join(parent, 'cli-'));
    const manifest = {
      name: 'generated',
      private: true,
      ...(type && { type }),
      dependencies: {
        '@nestjs/common': nest,
        '@nestjs/core': nest,
        '@nestjs/passport': nest.replace(/\.1$/, '.0'),
        '@nestjs/platform-express': nest,
        '@nestjs/typeorm': nest.replace(/\.1$/, '.0'),
        'nestjs-aerie': `file:${tarball}`,
        passport: '^0.7.0',
        'reflect-metadata': '^0.2.2',
        rxjs: '^7.8.1',
        typeorm: '^1.0.0',
      },
      devDependencies: { '@nestjs/testing': nest, ...devDependencies, ...more },
    };
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(folder, '.npmrc'), 'audit=false\nfund=false\nupdate-notifier=false\n');
    await run('npm', ['install', ...INSTALL_FLAGS], { cwd: folder });
    await copySqlite(join(folder, 'node_modules'));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const project = new CliProject(folder);
    await project.writePage(type === 'module');
    return project;
  }

  /** The files of the page. In CommonJS imports have no `.js`, as the CLI writes them. */
  private async writePage(withExtensions: boolean): Promise<void> {
    for (const { language, file, text } of PAGE.blocks) {
      if (language !== 'ts' || file === null) continue;
      const path = join(this.folder, file);
      await mkdir(dirname(path), { recursive: true });
      const without = (all: string) => all.replace(/(from '(?:\.[^']*|supertest\/types))\.js'/g, "$1'");
      await writeFile(path, withExtensions ? text : without(text));
    }
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(join(this.folder, name), text);
  }

  /** What the project's own compiler says; nothing when all is well. */
  async typeErrors(): Promise<string> {
    const tsc = ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'];
    return (await runToEnd(process.execPath, tsc, { cwd: this.folder })).stdout;
  }

  async jest(config: object, flags: readonly string[] = []): Promise<Report> {
    await this.write(
      'jest.json',
      JSON.stringify({ ...config, rootDir: (config as { rootDir: string }).rootDir }),
    );
    const jest = [
      'node_modules/jest/bin/jest.js',
      '--config',
      'jest.json',
      '-w',
      '1',
      '--cacheDirectory',
      'cache',
    ];
    return this.report([...flags, ...jest, '--json', '--outputFile=report.json']);
  }

  vitest(config: string): Promise<Report> {
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', config];
    return this.report([...vitest, '--reporter=json', '--outputFile=report.json']);
  }

  private async report(args: readonly string[]): Promise<Report> {
    // What this run says of itself is not for that one.
    const env = { NODE_OPTIONS: '', NODE_ENV: 'test', VITEST: '' };
    const { code, stdout, stderr } = await runToEnd(process.execPath, args, { cwd: this.folder, env });
    const printed = stdout + stderr;
    const text = await readFile(join(this.folder, 'report.json'), 'utf8').catch(() => {
      throw new Error(`there is no report: ${printed}`);
    });
    const { numPassedTests, testResults } = JSON.parse(text) as {
      numPassedTests: number;
      testResults: {
        name: string;
        status: string;
        message: string;
        assertionResults: { fullName: string; status: string }[];
      }[];
    };
    const failed = testResults
      .filter(({ status }) => status !== 'passed')
      .map(({ message, name }) => `${name}: ${message}`);
    if ((code === 0) !== (failed.length === 0)) throw new Error(`it ended with ${code}: ${printed}`);
    return { passed: numPassedTests, failed, printed };
  }
}
