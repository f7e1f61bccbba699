// Writes down what a release leaves in a database, for test/databases/upgrade.ts:
//
//   npm run build && node scripts/write-shape.mjs 0.1.0
//
// The DDL exactly as this version's migrations send it, a few rows as this version writes them, and in comments the
// credentials that belong to them. Needs PostgreSQL and MariaDB on this machine. Commit the files with the release, and
// never change them afterwards: they are what is out there.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AuthenticationService, AuthModule, SecurityEvents, UserDirectory } from '../libs/auth/dist/index.js';
import { serviceIssuer } from '../libs/auth/dist/features/service-issuer/index.js';
import { authMigrations, typeOrmStores } from '../libs/auth/dist/typeorm/index.js';

/** The same as in test/support/test-app.ts: the credentials are good under them alone. */
const SECRET = 'a secret of at least thirty-two bytes, for tests';
const ISSUER = 'https://api.example.com';
/** Far enough away for any test: instants of the database's clock, the 1st of January 9000. */
const FAR_AWAY = 221_845_392_000_000;

const version = process.argv[2];
if (!/^\d+\.\d+\.\d+$/.test(version ?? '')) {
  console.error('usage: node scripts/write-shape.mjs <version>');
  process.exit(2);
}
const database = `shape_${randomBytes(5).toString('hex')}`;
const servers = {
  postgres: process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test',
  mariadb: process.env.TEST_MARIADB_URL ?? 'mariadb://root@127.0.0.1:3306/test',
};

class Users extends UserDirectory {
  async findSubject(identifier) {
    return identifier;
  }
  async verifyPassword() {
    return true;
  }
  async loadSubject(id) {
    return { id };
  }
}

for (const type of Object.keys(servers)) {
  const server = await new DataSource({ type, url: servers[type] }).initialize();
  await server.query(`create database ${database}`);
  try {
    const url = new URL(servers[type]);
    url.pathname = `/${database}`;
    await write(type, { type, url: url.href });
  } finally {
    await server.query(`drop database ${database}`);
    await server.destroy();
  }
}
await write('sqlite', { type: 'better-sqlite3', database: ':memory:' });

async function write(name, connection) {
  const ddl = [];
  const heard = (query) => /^(create|alter)\b/i.test(query) && ddl.push(query);
  const logger = new Proxy({}, { get: (_, member) => (member === 'logQuery' ? heard : () => undefined) });
  const app = await NestFactory.createApplicationContext(
    {
      module: class {},
      imports: [
        TypeOrmModule.forRoot({
          ...connection,
          autoLoadEntities: true,
          migrations: authMigrations([serviceIssuer()]),
          migrationsRun: true,
          logging: true,
          logger,
        }),
        AuthModule.forRoot({
          imports: [{ module: class {}, providers: [Users], exports: [Users] }],
          users: Users,
          secret: SECRET,
          issuer: ISSUER,
          sweepInterval: false,
          stores: typeOrmStores({ audit: true }),
          features: [serviceIssuer()],
          routes: false,
        }),
      ],
    },
    { logger: ['error'] },
  );
  try {
    const credentials = await rowsOfUse(app.get(AuthenticationService));
    // What waits to be written is written first.
    await app.get(SecurityEvents).list('User 1');
    const source = app.get(DataSource);
    const inserts = [];
    for (const table of ['migrations', ...source.entityMetadatas.map(({ tableName }) => tableName).sort()])
      inserts.push(...(await insertsOf(source, table)));
    const comments = Object.entries(credentials).map(([what, value]) => `-- ${what}: ${value}`);
    const header = `-- What version ${version} leaves in ${name}: written by scripts/write-shape.mjs, and never changed.`;
    const statements = [...ddl, ...inserts].map((statement) => `${statement.trim()};`);
    const path = fileURLToPath(new URL(`../test/databases/shapes/${version}.${name}.sql`, import.meta.url));
    writeFileSync(path, `${[header, ...comments, ...statements].join('\n')}\n`);
    console.log(path);
  } finally {
    await app.close();
  }
}

/** A family in use, one that was ended, a session, and a subject that has changed. */
async function rowsOfUse(authentication) {
  const options = { requester: { ip: '203.0.113.7', userAgent: 'a browser' }, label: 'phone' };
  const first = await authentication.signIn('User 1', { mode: 'tokens', methods: ['pwd'], ...options });
  const { refreshToken } = await authentication.refresh(first.refreshToken, {
    idempotencyKey: 'the-key-of-the-first-token',
  });
  const ended = await authentication.signIn('User 1', { mode: 'tokens' });
  await authentication.endSignIn('User 1', ended.principal.signInId);
  const session = await authentication.signIn('User 1', { mode: 'session', ...options });
  await authentication.signIn('user-2', { mode: 'tokens' });
  await authentication.rolesChanged('user-2');
  return {
    family: refreshToken,
    parent: first.refreshToken,
    ended: ended.refreshToken,
    session: session.sessionToken,
  };
}

async function insertsOf(source, table) {
  const quote = (name) => source.driver.escape(name);
  const rows = await source.query(`select * from ${quote(table)}`);
  const generated = table === 'migrations' || table === 'auth_revocation' ? ['id'] : [];
  return rows.map((row) => {
    const columns = Object.keys(row).filter((column) => !generated.includes(column));
    const values = columns.map((column) => literal(column.endsWith('expires_at') ? FAR_AWAY : row[column]));
    return `INSERT INTO ${quote(table)} (${columns.map(quote).join(', ')}) VALUES (${values.join(', ')})`;
  });
}

function literal(value) {
  if (value === null) return 'NULL';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return `'${String(value).replaceAll("'", "''")}'`;
}
