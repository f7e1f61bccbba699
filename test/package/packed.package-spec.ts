/**
 * The package as its users get it: packed, installed into empty projects outside of this repository, compiled there by
 * TypeScript, started, and driven over HTTP. What only works because the repository is around it fails here.
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST } from '../support/entries.js';
import { type MatrixRow, ROWS } from '../../scripts/matrix/rows.mjs';
import { HttpClient } from '../support/http-client.js';
import { runToEnd, startServer } from '../support/processes.js';
import { type ConsumerProject, installConsumer, type ProjectInput } from './consumer-project.js';
import { packedForTests } from './packed-library.js';

const ALL: readonly ProjectInput[] = [
  { name: 'Nest 12, ESM, Express', nest: '^12.0.0', module: 'esm', adapter: 'express' },
  { name: 'Nest 12, CommonJS, Fastify', nest: '^12.0.0', module: 'commonjs', adapter: 'fastify' },
  { name: 'Nest 11, CommonJS, Express', nest: '^11.0.0', module: 'commonjs', adapter: 'express' },
];
/** A row of the matrix has a project of its own; else `.ci/run` tries the first, `.ci/proofs package` the others. */
const ROW = ROWS.find(({ name }) => name === process.env['PACKED_ROW']);
const OTHERS = process.env['PACKED_PROJECTS'] === 'others' ? ALL.slice(1) : ALL.slice(0, 1);
const PROJECTS = ROW ? [projectOf(ROW)] : OTHERS;
const APPLICATIONS = ['ForRoot', 'UseFactory', 'UseClass', 'UseExisting'];
const NOT_INSTALLED = [
  '@nestjs/websockets',
  '@nestjs/microservices',
  '@nestjs/swagger',
  '@nestjs/terminus',
  '@node-rs/bcrypt',
  '@opentelemetry/api',
  'graphql',
  'rate-limiter-flexible',
];

const packed = packedForTests();

it('asks for no more than is installed here', () => {
  // Those of the main entry: services that only verify do without (`resource-server.proofs-spec.ts`).
  const optional = Object.keys(MANIFEST.peerDependenciesMeta);
  expect([...NOT_INSTALLED, 'typeorm', '@nestjs/typeorm']).toEqual(expect.arrayContaining(optional));
});

describe.each(PROJECTS)('in an empty project: $name', (input) => {
  let project: ConsumerProject;
  beforeAll(async () => {
    project = await installConsumer(packed, input);
  }, 180_000);

  it('installs with every peer in its range, and without the optional ones', async () => {
    expect(await project.installedVersion('@nestjs/core')).toMatch(
      new RegExp(`^${/\d+/.exec(input.nest)![0]}[.]`),
    );
    for (const peer of NOT_INSTALLED)
      expect(existsSync(join(project.folder, 'node_modules', peer))).toBe(false);
  });

  it('says which package a bcrypt hash needs', async () => {
    const message = await project.node(`
      import { PasswordHasher } from 'nestjs-aerie';
      const stored = '$2b$04$aj4cqM0YA2xWF.5db8dEieUPo/O4NvIgXfyV6LaoviBDUKh0/mgUG';
      await new PasswordHasher().verify(stored, 'correct horse battery').catch((error) => console.log(error.message));
    `);
    expect(message).toContain('bcrypt hashes need an optional package: npm install @node-rs/bcrypt');
  });

  it('gives every entry, by import and by require, and each only once', async () => {
    const found = JSON.parse(
      await project.node(`
        import { createRequire } from 'node:module';
        const require = createRequire(process.cwd() + '/');
        const [index, testing, json] = [
          await import('nestjs-aerie'),
          await import('nestjs-aerie/testing'),
          await import('nestjs-aerie/package.json', { with: { type: 'json' } }),
        ];
        const inner = await import('nestjs-aerie/dist/index.js').then(() => 'open', (error) => error.code);
        console.log(JSON.stringify({
          sameGuard: require('nestjs-aerie').JwtAuthGuard === index.JwtAuthGuard,
          guard: typeof index.JwtAuthGuard,
          sameStores: require('nestjs-aerie/stores').AuthStores === (await import('nestjs-aerie/stores')).AuthStores,
          sameTesting: Object.keys(testing).every((name) => require('nestjs-aerie/testing')[name] === testing[name]),
          name: json.default.name,
          requiredName: require('nestjs-aerie/package.json').name,
          inner,
        }));
      `),
    ) as unknown;
    expect(found).toEqual({
      sameGuard: true,
      guard: 'function',
      sameStores: true,
      sameTesting: true,
      name: 'nestjs-aerie',
      requiredName: 'nestjs-aerie',
      inner: 'ERR_PACKAGE_PATH_NOT_EXPORTED',
    });
  });

  // Our own declarations and those they lead to included: skipLibCheck is off.
  it('compiles, with module nodenext', async () => {
    expect(await project.compile({ module: 'nodenext' })).toBe('');
    const loading = await readFile(join(project.folder, 'dist/applications.js'), 'utf8');
    expect(loading).toMatch(input.module === 'esm' ? /from 'nestjs-aerie'/ : /require\("nestjs-aerie"\)/);
  }, 120_000);

  it('has types for moduleResolution bundler', async () => {
    expect(await project.compile({ module: 'preserve', moduleResolution: 'bundler', noEmit: true })).toBe('');
  }, 120_000);

  it.each(APPLICATIONS)(
    'serves what is set up by %s',
    async (application) => {
      const main = join(project.folder, `dist/main.${input.adapter}.js`);
      const server = await startServer([main, application], /listens on \S+ \./, { cwd: project.folder });
      try {
        const url = /listens on (\S+) \./.exec(server.printed)![1]!;
        expect(await driven(url.replace(/\/$/, ''))).toEqual({
          anonymous: [401, 'AUTH_CREDENTIALS_MISSING'],
          login: 200,
          guarded: [200, 'user-1'],
          // The one with a guard of its own, beside `globalGuard`.
          seen: application === 'UseExisting' ? 'user-1' : null,
          refresh: 200,
          guardedAgain: 200,
          session: [200, 200],
          logout: 204,
          afterwards: [401, 401],
        });
      } finally {
        await server.stop();
      }
    },
    60_000,
  );

  it('does not start where a guard has nothing to ask, and names its module', async () => {
    const main = join(project.folder, `dist/main.${input.adapter}.js`);
    const { code, stderr } = await runToEnd(process.execPath, [main, 'Unwired'], {
      cwd: project.folder,
      timeoutMs: 30_000,
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain('FeatureModule, which uses JwtAuthGuard, must import AuthModule');
  }, 60_000);

  it('brings a command, which examines what was built', async () => {
    const npx = (...args: string[]) =>
      runToEnd('npx', ['nestjs-aerie', ...args], { cwd: project.folder, timeoutMs: 60_000 });
    const version = await project.installedVersion('nestjs-aerie');
    expect(await npx('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    // On standard error is what the application logs when it is loaded.
    const { code, stdout } = await npx('doctor', 'dist/applications.js#ForRoot', '--json');
    const found = { code, ...(JSON.parse(stdout) as object) };
    expect(found).toMatchObject({ code: 0, ok: true, application: 'dist/applications.js#ForRoot' });
    expect(stdout).toContain('"audit-off"');
  }, 120_000);

  it.each([
    ['nestjs-aerie/openapi', '@nestjs/swagger'],
    ['nestjs-aerie/terminus', '@nestjs/terminus'],
    ['nestjs-aerie/opentelemetry', '@opentelemetry/api'],
  ])('says what to install for %s', async (entry, peer) => {
    const said = await project.node(
      `await import('${entry}').then(() => console.log('open'), (error) => console.log(error.code, error.message));`,
    );
    expect(said).toMatch(/^ERR_MODULE_NOT_FOUND /);
    expect(said).toContain(`'${peer}'`);
    expect(said).toContain(entry.replace('/', '/dist/'));
  });

  it('describes its routes once @nestjs/swagger is installed', async () => {
    await project.install([`@nestjs/swagger@${input.versions?.['@nestjs/swagger'] ?? input.nest}`]);
    await writeFile(join(project.folder, 'src/described.ts'), DESCRIBED);
    expect(await project.compile({ module: 'nodenext' })).toBe('');
    expect(await project.compile({ module: 'preserve', moduleResolution: 'bundler', noEmit: true })).toBe('');
    const { stdout } = await runToEnd(process.execPath, ['dist/described.js'], { cwd: project.folder });
    // The lines before are what the application logs when it is loaded.
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toEqual({
      guarded: [{ bearer: [] }],
      login: 'Sign in with a password',
      schemes: ['bearer', 'refresh', 'session'],
    });
  }, 180_000);

  it('serves health and metrics once their packages are installed', async () => {
    await project.install([
      `@nestjs/terminus@${input.versions?.['@nestjs/terminus'] ?? input.nest}`,
      '@opentelemetry/api@^1.9.0',
    ]);
    await writeFile(join(project.folder, 'src/observed.ts'), OBSERVED);
    expect(await project.compile({ module: 'nodenext' })).toBe('');
    expect(await project.compile({ module: 'preserve', moduleResolution: 'bundler', noEmit: true })).toBe('');
    const { stdout } = await runToEnd(process.execPath, ['dist/observed.js'], { cwd: project.folder });
    expect(JSON.parse(stdout)).toEqual({
      auth: {
        status: 'up',
        mode: 'feed',
        stores: 'reachable',
        lagMs: expect.any(Number),
        entries: 0,
        overflowing: false,
        notifierConnected: null,
      },
    });
  }, 180_000);
});

/** An application with the versions of a row: CommonJS, as most are on Nest 11; ESM as of Nest 12. */
function projectOf({ name, packages, typescript }: MatrixRow): ProjectInput {
  const nest = packages['@nestjs/core'] ?? '^12.0.0';
  const module = nest.includes('11.') ? 'commonjs' : 'esm';
  return { name, nest, module, adapter: 'express', versions: { ...packages, typescript } };
}

/** An application with both, on stores in memory. */
const OBSERVED = `
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AuthModule } from 'nestjs-aerie';
import { AuthMetrics } from 'nestjs-aerie/opentelemetry';
import { AuthHealthIndicator } from 'nestjs-aerie/terminus';
import { MemoryStores } from 'nestjs-aerie/testing';
import { Users } from './users.js';

@Module({
  imports: [
    TerminusModule,
    AuthModule.forRoot({
      users: Users,
      stores: MemoryStores,
      secret: 'x'.repeat(48),
      issuer: 'https://api.example.com',
    }),
  ],
  providers: [AuthMetrics, AuthHealthIndicator],
})
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  console.log(JSON.stringify(await app.get(AuthHealthIndicator).isHealthy('auth')));
  await app.close();
}
void main();
`;

/** The document of an application. */
const DESCRIBED = `
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder } from '@nestjs/swagger';
import { createAuthDocument } from 'nestjs-aerie/openapi';
import { ForRoot } from './applications.js';

async function main(): Promise<void> {
  const app = await NestFactory.create(ForRoot, { logger: ['error'] });
  const document = createAuthDocument(app, new DocumentBuilder().build());
  const guarded = document.paths['/me']!.get!.security;
  const login = document.paths['/auth/login']!.post!.summary;
  const schemes = Object.keys(document.components!.securitySchemes!).sort();
  console.log(JSON.stringify({ guarded, login, schemes }));
  await app.close();
}
void main();
`;

/** What a client sees: by tokens, then by a session cookie. */
async function driven(url: string): Promise<Record<string, unknown>> {
  const client = new HttpClient(url);
  const browser = new HttpClient(url);
  const credentials = { identifier: 'ada', password: 'correct horse battery' };
  const anonymous = await client.get('/me');
  const login = await client.post('/auth/login', { json: { ...credentials, mode: 'tokens' } });
  const guarded = await client.get('/me', { bearer: login.body.access_token });
  const refresh = await client.post('/auth/refresh', { json: { refresh_token: login.body.refresh_token } });
  const guardedAgain = await client.get('/me', { bearer: refresh.body.access_token });
  const session = [await browser.post('/auth/login', { json: credentials }), await browser.get('/auth/me')];
  const logout = await client.post('/auth/logout', { bearer: refresh.body.access_token });
  const late = { refresh_token: refresh.body.refresh_token as string };
  const afterwards = [
    await client.get('/me', { bearer: refresh.body.access_token }),
    await client.post('/auth/refresh', { json: late }),
  ];
  return {
    anonymous: [anonymous.status, anonymous.body.code],
    login: login.status,
    guarded: [guarded.status, guarded.body.id],
    seen: guarded.headers.get('x-seen'),
    refresh: refresh.status,
    guardedAgain: guardedAgain.status,
    session: session.map(({ status }) => status),
    logout: logout.status,
    afterwards: afterwards.map(({ status }) => status),
  };
}
