// What `nest add nestjs-aerie` writes into projects of both shapes, and what it leaves alone.
import { describe, expect, it } from '@jest/globals';
import { add, CLI_11, CLI_12 } from '../../../../test/schematics/map-tree.js';

const without = (files: Readonly<Record<string, string>>, path: string) =>
  Object.fromEntries(Object.entries(files).filter(([name]) => name !== path));
const withModule = (text: string) => add({ ...CLI_12, 'src/app.module.ts': text });
const json = (text: string | undefined) => JSON.parse(text ?? 'null') as Record<string, any>;
const valueOf = (name: string, text: string | undefined) =>
  new RegExp(`^${name}=(.*)$`, 'm').exec(text ?? '')?.[1];

const WRITTEN = [
  '.env',
  '.env.example',
  'src/auth/auth.module.ts',
  'src/auth/profile.controller.ts',
  'src/auth/settings.ts',
  'src/auth/users.module.ts',
  'src/auth/users.service.ts',
];

describe.each([
  ['Nest CLI 11', CLI_11, '', '^11.0.2'],
  ['Nest CLI 12', CLI_12, '.js', '^12.0.0'],
] as const)('in a project of %s', (_, project, js, passport) => {
  const added = add(project);

  it('writes the files of the team', () => {
    expect(added.error).toBeNull();
    expect(
      [...added.files.keys()].filter((path) => !(path in project) && path !== '.gitignore').sort(),
    ).toEqual(WRITTEN);
  });

  it('adds the module to the root module, and changes nothing else there', () => {
    expect(added.files.get('src/app.module.ts')).toBe(
      project['src/app.module.ts']!.replace('imports: []', 'imports: [AppAuthModule]').replace(
        `app.service${js}';`,
        `app.service${js}';\nimport { AppAuthModule } from './auth/auth.module${js}';`,
      ),
    );
  });

  it('imports as the project does', () => {
    const own = [...added.files].flatMap(([path, text]) =>
      path.startsWith('src/auth/') ? [...text.matchAll(/from '(\.[^']*)'/g)].map(([, from]) => from!) : [],
    );
    expect(own.length).toBeGreaterThan(4);
    expect(own.filter((from) => from.endsWith('.js') !== (js === '.js'))).toEqual([]);
  });

  it('adds the peers in the version of the project, and has them installed', () => {
    expect(json(added.files.get('package.json'))['dependencies']).toMatchObject({
      '@nestjs/passport': passport,
      passport: '^0.7.0',
    });
    expect(added.installs).toBe(true);
    expect(add(project, { skipInstall: true }).installs).toBe(false);
  });

  it('changes nothing the second time', () => {
    const again = add(Object.fromEntries(added.files));
    expect(again.said).toBe('src/auth/auth.module.ts is there already. Nothing was changed.');
    expect(again.files).toEqual(added.files);
    expect(again.installs).toBe(false);
  });
});

describe('the environment', () => {
  const { files, said } = add(CLI_11);

  it('has a secret and a password that no other project has, in .env alone', () => {
    const other = add(CLI_11).files.get('.env');
    for (const [name, bytes] of [
      ['AUTH_SECRET', 48],
      ['DEV_USER_PASSWORD', 15],
    ] as const) {
      const value = valueOf(name, files.get('.env'))!;
      expect(Buffer.from(value, 'base64url')).toHaveLength(bytes);
      expect(valueOf(name, other)).not.toBe(value);
      expect(valueOf(name, files.get('.env.example'))).toBe('');
      expect([...files].filter(([path, text]) => path !== '.env' && text.includes(value))).toEqual([]);
      expect(said).not.toContain(value);
    }
  });

  it('keeps what is there, and adds what is not', () => {
    const { files: kept } = add({ ...CLI_11, '.env': 'PORT=4000\nexport AUTH_SECRET=mine' });
    expect(kept.get('.env')).toMatch(/^PORT=4000\nexport AUTH_SECRET=mine\n# [^\n]+\nAUTH_ISSUER=http/);
    expect(kept.get('.env')!.match(/AUTH_SECRET/g)).toHaveLength(1);
  });

  it.each([
    ['nothing', undefined, '.env\n'],
    ['other files', 'dist', 'dist\n.env\n'],
    ['it', '.env\n', '.env\n'],
    ['it by a pattern', '.env*\n!.env.example\n', '.env*\n!.env.example\n'],
    ['it no longer', '.env\n!.env\n', '.env\n!.env\n.env\n'],
  ])('is ignored by git where .gitignore names %s', (_, before, after) => {
    const project = {
      ...without(CLI_11, '.gitignore'),
      ...(before !== undefined && { '.gitignore': before }),
    };
    expect(add(project).files.get('.gitignore')).toBe(after);
  });
});

describe('Jest of a CommonJS project', () => {
  it('gets the lines that let it load the package, and keeps the rest', () => {
    const { files } = add(CLI_11);
    for (const config of [json(files.get('package.json'))['jest'], json(files.get('test/jest-e2e.json'))]) {
      expect(config.transformIgnorePatterns).toEqual([expect.stringContaining('nestjs-aerie')]);
      expect(config.testRegex).toMatch(/spec/);
    }
    expect(files.get('test/jest-e2e.json')).toContain('"moduleFileExtensions": ["js", "json", "ts"],');
  });

  it('is named where one line does not suffice: Nest 12', () => {
    const newer = { ...CLI_11, 'package.json': CLI_11['package.json']!.replaceAll('^11.0.1', '^12.0.0') };
    const { files, said } = add(newer);
    expect(files.get('test/jest-e2e.json')).toBe(CLI_11['test/jest-e2e.json']);
    expect(said).toContain('Jest in package.json');
    expect(said).toContain('Jest in test/jest-e2e.json');
  });

  it('is left alone where the team has configured it, and named', () => {
    const own = '{ "preset": "ts-jest", "transformIgnorePatterns": [] }';
    const { files, said } = add({ ...CLI_11, 'test/jest-e2e.json': own });
    expect(files.get('test/jest-e2e.json')).toBe(own);
    expect(said).toContain('Jest in test/jest-e2e.json has a configuration of its own');
    expect(said).not.toContain('Jest in package.json');
  });
});

describe.each([
  ['typeorm', { typeorm: '^0.3.28' }],
  ['sql', { pg: '^8.11.0' }],
  ['memory', {}],
] as const)('stores: %s', (stores, packages) => {
  const withPackages = (more: object, project = CLI_12) => {
    const manifest = json(project['package.json']);
    Object.assign(manifest['dependencies'], packages, more);
    return { ...project, 'package.json': JSON.stringify(manifest) };
  };

  it('are the default for what package.json has, and can be chosen', () => {
    const found = add(withPackages({}));
    expect(found.said).toContain(`Users and sign-ins: ${stores} (by your package.json; --stores chooses).`);
    const chosen = add(CLI_12, { stores });
    expect(chosen.said).toContain(`Users and sign-ins: ${stores}.`);
    const database = 'The database is DATABASE_URL in .env (postgres://postgres@127.0.0.1:5432/postgres)';
    expect(chosen.said.includes(database)).toBe(stores !== 'memory');
    const sources = ({ files }: typeof found) => [...files].filter(([path]) => path.startsWith('src/'));
    expect(sources(chosen)).toEqual(sources(found));
  });

  it('come with the packages that their files import, and with a database for development', () => {
    const { files } = add(CLI_12, { stores });
    const { dependencies, devDependencies = {} } = json(files.get('package.json'));
    const imported = [...files].flatMap(([path, text]) =>
      path.startsWith('src/auth/')
        ? [...text.matchAll(/from '((?:@[^/]+\/)?[a-z][^/']*)/g)].map(([, name]) => name!)
        : [],
    );
    expect(imported.filter((name) => !(name in dependencies) && !name.startsWith('node:'))).toEqual([]);
    expect('@types/pg' in devDependencies).toBe(stores === 'sql');
    expect(valueOf('DATABASE_URL', files.get('.env')) !== undefined).toBe(stores !== 'memory');
    expect(valueOf('DATABASE_SYNCHRONIZE', files.get('.env'))).toBe(
      stores === 'typeorm' ? 'true' : undefined,
    );
  });

  it('use the connection of TypeORM that is there', () => {
    const before = withPackages({ sqljs: '1' });
    const connected = add({ ...before, 'src/database.ts': 'TypeOrmModule.forRoot({})' });
    expect(connected.files.has('src/auth/database.module.ts')).toBe(stores === 'sql');
    expect('pg' in json(connected.files.get('package.json'))['dependencies']).toBe(stores === 'sql');
  });
});

describe('root modules', () => {
  it.each([
    ['an empty list', '@Module({ imports: [] })', '@Module({ imports: [AppAuthModule] })'],
    [
      'no imports',
      '@Module({\n  providers: [],\n})',
      '@Module({\n  imports: [AppAuthModule],\n  providers: [],\n})',
    ],
    ['nothing', '@Module({})', '@Module({ imports: [AppAuthModule] })'],
    [
      'a list on one line',
      '@Module({ imports: [A, B.forRoot({ a: [1] })] })',
      '@Module({ imports: [A, B.forRoot({ a: [1] }), AppAuthModule] })',
    ],
    [
      'a list with a comma at its end',
      '@Module({\n  imports: [\n    A,\n  ],\n})',
      '@Module({\n  imports: [\n    A,\n    AppAuthModule,\n  ],\n})',
    ],
    [
      'comments',
      '@Module({ imports: [A /* imports: [] */] })',
      '@Module({ imports: [A, AppAuthModule /* imports: [] */] })',
    ],
    [
      'other decorators',
      '@Global()\n@Module({ imports: [] })',
      '@Global()\n@Module({ imports: [AppAuthModule] })',
    ],
  ])('are extended that have %s', (_, before, after) => {
    const around = (text: string, line = '') =>
      `import { A } from "./a.js";${line}\n${text}\nexport class AppModule {}\n`;
    const { files, error } = withModule(around(before));
    expect(error).toBeNull();
    expect(files.get('src/app.module.ts')).toBe(
      around(after, '\nimport { AppAuthModule } from "./auth/auth.module.js";'),
    );
  });

  it.each([
    ['a list that stands elsewhere', 'const imports = [];\n@Module({ imports })\nexport class AppModule {}'],
    ['a list made by a call', '@Module({ imports: all() })\nexport class AppModule {}'],
    ['metadata that stand elsewhere', '@Module(metadata)\nexport class AppModule {}'],
    ['metadata that are spread', '@Module({ ...shared })\nexport class AppModule {}'],
    ['another class', '@Module({ imports: [] })\nexport class OtherModule {}'],
    ['no decorator', 'export class AppModule {}'],
    ['a name of ours', 'class AppAuthModule {}\n@Module({ imports: [] })\nexport class AppModule {}'],
    ['an error of syntax', '@Module({ imports: [ )\nexport class AppModule {'],
  ])('are left alone that have %s: nothing at all is written', (_, text) => {
    const before = { ...CLI_12, 'src/app.module.ts': `import { A } from './a.js';\n${text}\n` };
    const { files, error, installs } = add(before);
    expect(error).toMatch(/^Nothing was written: src\/app\.module\.ts has no class AppModule/);
    expect(error).toContain("import { AppAuthModule } from './auth/auth.module.js';");
    expect(Object.fromEntries(files)).toEqual(before);
    expect(installs).toBe(false);
  });

  it('that import it already need not be understood', () => {
    const text = `import { AppAuthModule } from './auth/auth.module.js';\nexport const AppModule = make(AppAuthModule);\n`;
    const { files, error } = withModule(text);
    expect(error).toBeNull();
    expect(files.get('src/app.module.ts')).toBe(text);
    expect(files.has('src/auth/auth.module.ts')).toBe(true);
  });

  it('are found by main.ts, also in a monorepo', () => {
    const { files } = add(
      {
        ...without(without(CLI_12, 'src/main.ts'), 'src/app.module.ts'),
        'apps/shop/src/main.ts': `import { ShopModule } from './shop/shop.module.js';\nconst app = await NestFactory.create<NestFastifyApplication>(ShopModule);\n`,
        'apps/shop/src/shop/shop.module.ts': `import { Module } from '@nestjs/common';\n@Module({})\nexport class ShopModule {}\n`,
      },
      { sourceRoot: 'apps/shop/src' },
    );
    expect(files.get('apps/shop/src/shop/shop.module.ts')).toContain(
      `import { AppAuthModule } from '../auth/auth.module.js';\n@Module({ imports: [AppAuthModule] })`,
    );
  });
});

describe('what it does not know', () => {
  it('is not overwritten; another folder can be given', () => {
    const before = { ...CLI_12, 'src/auth/users.service.ts': 'mine' };
    expect(add(before)).toMatchObject({
      error: expect.stringMatching(
        /^Nothing was written: src\/auth\/users\.service\.ts would be overwritten/,
      ),
    });
    const { files, error } = add(before, { folder: 'sign-in' });
    expect(error).toBeNull();
    expect(files.get('src/auth/users.service.ts')).toBe('mine');
    expect(files.get('src/app.module.ts')).toContain(`from './sign-in/auth.module.js'`);
  });

  it.each([
    [{ stores: 'mongo' as never }, '--stores must be one of typeorm, sql, memory (got mongo).'],
    [{ folder: '../up' }, '--folder must be a path such as "auth" (got ../up).'],
    [{ store: 'sql' } as never, 'There is no option "store". There are --stores, --folder and --dry-run.'],
  ])('is refused: %j', (options, error) => {
    expect(add(CLI_12, options).error).toBe(error);
  });

  it('is a project of another kind', () => {
    expect(add({}).error).toMatch(/^There is no package\.json here/);
    expect(add({ 'package.json': '{}' }).error).toMatch(/^package\.json does not have @nestjs\/core/);
    const older = CLI_11['package.json']!.replaceAll('^11.0.1', '^10.0.0');
    expect(add({ ...CLI_11, 'package.json': older }).error).toBe(
      'nestjs-aerie needs Nest 11 or 12 (@nestjs/core is ^10.0.0).',
    );
  });
});
