import type { SchematicContext, Tree } from '../../libs/auth/src/schematics/schematic-host.js';
import nestAdd, { type NestAddOptions } from '../../libs/auth/src/schematics/nest-add.js';

/** A project's files in memory, as the runner of schematics hands them over. */
export class MapTree implements Tree {
  readonly files: Map<string, string>;

  constructor(files: Readonly<Record<string, string>>) {
    this.files = new Map(Object.entries(files));
  }

  exists(path: string): boolean {
    return this.files.has(path);
  }

  read(path: string): string | null {
    return this.files.get(path) ?? null;
  }

  create(path: string, content: string): void {
    if (this.exists(path)) throw new Error(`${path} is there already`);
    this.files.set(path, content);
  }

  overwrite(path: string, content: string): void {
    if (!this.exists(path)) throw new Error(`${path} is not there`);
    this.files.set(path, content);
  }

  getDir(folder: string): { visit(visitor: (path: string) => void): void } {
    const within = [...this.files.keys()].filter((path) => path.startsWith(`${folder}/`));
    return { visit: (visitor) => within.forEach(visitor) };
  }
}

export interface Added {
  /** The files afterwards; the same as before if it threw. */
  readonly files: ReadonlyMap<string, string>;
  readonly said: string;
  readonly error: string | null;
  readonly installs: boolean;
}

/** `nest add nestjs-aerie` on these files. */
export function add(files: Readonly<Record<string, string>>, options: NestAddOptions = {}): Added {
  const tree = new MapTree(files);
  const said: string[] = [];
  let installs = false;
  const context: SchematicContext = {
    logger: { info: (message) => void said.push(message) },
    addTask: () => void (installs = true),
  };
  try {
    nestAdd({ sourceRoot: 'src', ...options })(tree, context);
    return { files: tree.files, said: said.join('\n'), error: null, installs };
  } catch (error) {
    // The runner writes nothing of a tree whose rule threw.
    const before = new Map(Object.entries(files));
    return { files: before, said: said.join('\n'), error: (error as Error).message, installs: false };
  }
}

const appModule = (js: string): string => `import { Module } from '@nestjs/common';
import { AppController } from './app.controller${js}';
import { AppService } from './app.service${js}';

@Module({
  imports: [],
  controllers: [AppController],
  providers: [AppService],
})
export class AppModule {}
`;
const main = (js: string): string => `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module${js}';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
}
bootstrap();
`;
const manifest = (nest: string, more: object): string =>
  `${JSON.stringify(
    {
      name: 'app',
      ...more,
      dependencies: {
        '@nestjs/common': nest,
        '@nestjs/core': nest,
        'nestjs-aerie': '^0.1.0',
        rxjs: '^7.8.1',
      },
    },
    null,
    2,
  )}\n`;

/** Of what `nest new` writes, the files that matter here: Nest CLI 11 (CommonJS, Jest). */
export const CLI_11: Readonly<Record<string, string>> = {
  'package.json': manifest('^11.0.1', {
    jest: {
      rootDir: 'src',
      testRegex: '.*\\.spec\\.ts$',
      transform: { '^.+\\.(t|j)s$': 'ts-jest' },
      testEnvironment: 'node',
    },
  }),
  'src/main.ts': main(''),
  'src/app.module.ts': appModule(''),
  'test/jest-e2e.json': `{
  "moduleFileExtensions": ["js", "json", "ts"],
  "rootDir": ".",
  "testRegex": ".e2e-spec.ts$",
  "transform": {
    "^.+\\\\.(t|j)s$": "ts-jest"
  }
}
`,
  '.gitignore': '/dist\n/node_modules\n\n# dotenv environment variable files\n.env\n.env.local\n',
};

/** Of what `nest new` writes, the files that matter here: Nest CLI 12 (ESM, Vitest). */
export const CLI_12: Readonly<Record<string, string>> = {
  'package.json': manifest('^12.0.1', { type: 'module' }),
  'src/main.ts': main('.js'),
  'src/app.module.ts': appModule('.js'),
  'vitest.config.ts': 'export default {};\n',
};
