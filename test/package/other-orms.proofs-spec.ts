/**
 * The recipes of docs/without-typeorm.md, in a project with the packed package, other ORMs and no TypeORM: they are written
 * from the page, and run on PostgreSQL. Prisma's schema engine, which `generate` does not run, is not downloaded.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EmptyDatabase, emptyDatabase } from '../support/empty-database.js';
import { readPage } from '../support/markdown.js';
import { run } from '../support/processes.js';
import { packedForTests } from './packed-library.js';

const NEST = '^12.0.0';
const packed = packedForTests();
const PRISMA_SCHEMA = `
generator client {
  provider = "prisma-client-js"
  output   = "./generated"
}
datasource db {
  provider = "postgresql"
}
model User {
  id    String  @id
  email String?
  role  String?
  @@map("users")
}
`;

/** A program that boots AuthModule on a pool, and what each recipe is tried with. */
const HOST = `
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AuthenticationService, AuthModule, PasswordHasher } from 'nestjs-aerie';
import { migrateAuth, sqlStores } from 'nestjs-aerie/sql';
import { createRequire } from 'node:module';
import pg from 'pg';

class Everybody {
  findSubject = async (email) => email;
  verifyPassword = async () => true;
  loadSubject = async (id) => ({ id });
}

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 3 });
export const hasher = new PasswordHasher();
await pool.query('create table if not exists users (id text primary key, email text, role text)');
await migrateAuth(pool);

/** A boot, and what came of it. */
export async function booted(client, users = { provide: Everybody, useFactory: () => new Everybody() }) {
  const app = await NestFactory.createApplicationContext(
    {
      module: class App {},
      imports: [
        AuthModule.forRoot({
          imports: [{ module: class UsersModule {}, providers: [users], exports: [users.provide] }],
          users: users.provide,
          stores: sqlStores({ client }),
          secret: 'a secret of at least thirty-two bytes, for tests',
          issuer: 'https://api.example.com',
          routes: false,
        }),
      ],
    },
    { logger: false, abortOnError: false },
  );
  return { app, auth: app.get(AuthenticationService) };
}

export const refusal = (client) => {
  try {
    sqlStores({ client });
    return 'it was taken';
  } catch (error) {
    return error.message;
  }
};

const one = async (text) => Number((await pool.query(text)).rows[0].count);
const seen = async () => ({
  admins: await one("select count(*) from users where role = 'admin'"),
  announced: await one("select count(*) from auth_revocation where kind = 'subject_stale'"),
});

/** A change of a role that is rolled back, and one that is committed: what there is after each. */
export async function tried(promote) {
  await pool.query('delete from auth_revocation');
  await pool.query("insert into users values ('u1', 'ada@example.com', 'user') on conflict (id) do update set role = 'user'");
  const { app, auth } = await booted(pool);
  const { refreshToken } = await auth.signIn('u1', { mode: 'tokens' });
  const next = await auth.refresh(refreshToken);
  const failing = {
    rolesChanged: async (...values) => {
      await auth.rolesChanged(...values);
      throw new Error('the host changed its mind');
    },
  };
  const error = await promote(failing, 'u1').catch((thrown) => thrown.message);
  const rolledBack = await seen();
  await promote(auth, 'u1');
  const committed = await seen();
  const refreshes = next.refreshToken !== refreshToken;
  await app.close();
  const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => /node_modules.(@nestjs.)?typeorm/.test(path));
  return { error, rolledBack, committed, refreshes, typeorm: loaded.length };
}
`;

const STORIES = {
  kysely: `
import { openKysely, promote } from './kysely.mjs';
import { pool, refusal, tried } from './host.mjs';
const db = openKysely(pool);
console.log(JSON.stringify({ ...(await tried((auth, id) => promote(db, auth, id))), refusal: refusal(db) }));
await pool.end();`,
  drizzle: `
import { drizzle } from 'drizzle-orm/node-postgres';
import { promote } from './drizzle.mjs';
import { pool, refusal, tried } from './host.mjs';
const db = drizzle({ client: pool });
const came = await tried((auth, id) => promote(pool, auth, id));
console.log(JSON.stringify({ ...came, refusal: refusal(db) }));
await pool.end();`,
  prisma: `
import { openPrisma, promote } from './prisma.mjs';
import { pool, refusal, tried } from './host.mjs';
const prisma = openPrisma(pool);
const came = await tried((auth, id) => promote(prisma, auth, id));
const refused = refusal(prisma);
await prisma.$disconnect();
console.log(JSON.stringify({ ...came, refusal: refused, ended: pool.ended }));
await pool.end();`,
  mongoose: `
import mongoose from 'mongoose';
import { User, Users } from './mongoose-users.mjs';
import { booted, hasher, pool, refusal } from './host.mjs';
mongoose.set('bufferCommands', false);
const { app, auth } = await booted(pool, { provide: Users, useFactory: () => new Users(hasher) });
const signIn = (password, email = 'Ada@Example.com') =>
  auth.signInWithPassword(email, password).then(
    ({ principal }) => principal.id,
    (error) => error.code,
  );
const away = await signIn('correct horse battery');
const ada = new User({ email: 'ADA@example.com', passwordHash: await hasher.hash('correct horse battery'), roles: ['admin'] });
const answer = (document) => ({ lean: async () => document?.toObject() ?? null });
User.findOne = ({ email }) => answer(email === ada.email ? ada : null);
User.findById = (id) => answer(id === String(ada._id) ? ada : null);
const came = {
  away,
  right: (await signIn('correct horse battery')) === String(ada._id),
  wrong: await signIn('wrong'),
  unknown: await signIn('wrong', 'eve@example.com'),
  foreign: await new Users(hasher).loadSubject('1; drop table users'),
  refusal: refusal(mongoose.connection),
};
await app.close();
console.log(JSON.stringify(came));
await pool.end();`,
} as const;

const BOTH = {
  error: 'the host changed its mind',
  rolledBack: { admins: 0, announced: 0 },
  committed: { admins: 1, announced: 1 },
  refreshes: true,
  typeorm: 0,
};

describe('recipes for other ORMs', () => {
  let folder: string;
  let database: EmptyDatabase;
  beforeAll(async () => {
    folder = packed.folder;
    database = await emptyDatabase('postgres', '');
    const nest = ['common', 'core', 'passport'].map((name) => [`@nestjs/${name}`, NEST]);
    const manifest = {
      private: true,
      type: 'module',
      dependencies: {
        ...Object.fromEntries(nest),
        'nestjs-aerie': `file:${packed.tarball}`,
        passport: '^0.7.0',
        'reflect-metadata': '^0.2.0',
        rxjs: '^7.8.0',
        pg: '^8.16.0',
        kysely: '^0.28.0',
        'drizzle-orm': '^0.45.0',
        '@prisma/client': '^7.0.0',
        '@prisma/adapter-pg': '^7.0.0',
        prisma: '^7.0.0',
        mongoose: '^9.0.0',
      },
    };
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
      cwd: folder,
    });
    for (const { language, file, text } of readPage('docs/without-typeorm.md').blocks)
      if (language === 'mjs') await writeFile(join(folder, file!), text);
    await writeFile(join(folder, 'host.mjs'), HOST);
    for (const [name, text] of Object.entries(STORIES))
      await writeFile(join(folder, `try-${name}.mjs`), text);
  }, 300_000);
  afterAll(() => database.drop());

  const came = async (name: keyof typeof STORIES): Promise<Record<string, unknown>> => {
    const { url } = database.connection as { url: string };
    const env = { ...process.env, DATABASE_URL: url };
    return JSON.parse(await run(process.execPath, [`try-${name}.mjs`], { cwd: folder, env })) as never;
  };

  it('Kysely: its transactions are joined, on the same pool', async () => {
    expect(await came('kysely')).toEqual({ ...BOTH, refusal: expect.stringContaining('got a Kysely') });
  });

  it('Drizzle: a transaction on a client of the same pool is joined', async () => {
    expect(await came('drizzle')).toEqual({
      ...BOTH,
      refusal: expect.stringContaining('got a Drizzle database'),
    });
  });

  it('Prisma: its interactive transactions are joined, on the same pool, which it does not end', async () => {
    await writeFile(join(folder, 'schema.prisma'), PRISMA_SCHEMA);
    const config = `export default { schema: 'schema.prisma' };\n`;
    await writeFile(join(folder, 'prisma.config.mjs'), config);
    const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };
    await run('npx', ['prisma', 'generate', '--config', 'prisma.config.mjs'], { cwd: folder, env });
    expect(await came('prisma')).toEqual({
      ...BOTH,
      refusal: expect.stringContaining('got a Prisma client'),
      ended: false,
    });
  });

  it('Mongoose: users in documents, sign-ins on the pool', async () => {
    expect(await came('mongoose')).toEqual({
      away: 'AUTH_STORE_UNAVAILABLE',
      right: true,
      wrong: 'AUTH_CREDENTIALS_INVALID',
      unknown: 'AUTH_CREDENTIALS_INVALID',
      foreign: null,
      refusal: expect.stringContaining('must be a Pool of pg'),
    });
  });
});
