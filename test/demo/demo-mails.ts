import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PasswordHasher } from 'nestjs-aerie';
import { userDirectoryContract, type UserDirectoryHarness } from 'nestjs-aerie/testing';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { createApp } from '../../src/create-app.js';
import { demoConfig } from '../../src/demo-config.js';
import { Outbox } from '../../src/mail/outbox.js';
import { UsersService } from '../../src/users/users.service.js';
import { emptyDatabase, type EmptyDatabase } from '../support/empty-database.js';
import { HttpClient } from '../support/http-client.js';
import { SECRET } from '../support/test-app.js';
import type { TestDatabase } from '../support/test-databases.js';

const PASSWORD = 'correct horse battery';
/** The table as the demo made it before it kept whether an address is verified. */
const FORMER_TABLE = `create table demo_user (id varchar(36) not null primary key,
  email varchar(320) not null unique, password_hash varchar(255) not null)`;

/** The demo's mails, and its users as the flows ask for them. */
export function demoMails(database: TestDatabase): void {
  describe(`the demo's users and mails, on ${database}`, () => {
    let folder: string;
    let place: EmptyDatabase;
    let app: INestApplication;
    let url: string;
    const source = (): DataSource => app.get(DataSource);

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'demo-mails-'));
      const file = join(folder, 'demo.sqlite');
      place = await emptyDatabase(database, file);
      const former = await new DataSource(place.connection as DataSourceOptions).initialize();
      await former.query(FORMER_TABLE);
      const hash = await new PasswordHasher().hash(PASSWORD);
      await former.query(`insert into demo_user values ('former', 'former@example.com', '${hash}')`);
      await former.destroy();
      const { url: at = `sqlite:${file}` } = place.connection as { url?: string };
      const outbox = join(folder, 'outbox');
      const env = { DATABASE_URL: at, AUTH_SECRET: SECRET, PORT: '0', OUTBOX: outbox };
      app = await createApp(demoConfig(env));
      await app.listen(0, '127.0.0.1');
      url = (await app.getUrl()).replace(/\/$/, '');
    }, 60_000);
    afterAll(async () => {
      await app?.close();
      await place?.drop();
      await rm(folder, { recursive: true, force: true });
    });

    it('keeps the users of a table that was made before, with addresses that are not verified', async () => {
      const json = { identifier: 'former@example.com', password: PASSWORD };
      expect((await new HttpClient(url).post('/auth/login', { json })).status).toBe(200);
      const users = app.get(UsersService, { strict: false });
      expect(await users.emailOf('former')).toEqual({ address: 'former@example.com', verified: false });
      await users.voidCredentials('former');
      expect(await users.passwordHashOf('former')).toBeNull();
    });

    it('mails a link to a new user, who verifies the address with it', async () => {
      const client = new HttpClient(url);
      const json = { email: 'Ada@example.com', password: PASSWORD };
      expect((await client.post('/users', { json })).status).toBe(201);
      const outbox = new Outbox(join(folder, 'outbox'));
      const mail = await outbox.open('verify-email', 'ada@example.com', 5_000);
      expect(mail).toMatchObject({ subject: 'Verify your e-mail address for the demo' });
      expect(await outbox.open('verify-email', 'ada@example.com', 0)).toBeNull();
      const [, token] = /^http:\/\/127\.0\.0\.1:3000\/auth\/email\/verify#token=(.+)$/.exec(mail!.secret!)!;
      const login = { json: { identifier: 'ada@example.com', password: PASSWORD } };
      await client.post('/auth/login', login);
      expect((await client.post('/auth/email/verify', { json: { token } })).status).toBe(200);
      const { id } = (await client.get('/users/me')).body as { id: string };
      expect(await app.get(UsersService, { strict: false }).emailOf(id)).toMatchObject({ verified: true });
    });

    const harness = (): UserDirectoryHarness => ({
      directory: app.get(UsersService, { strict: false }),
      newUser: async () => {
        const user = { id: randomUUID(), email: `${randomUUID()}@example.com` };
        const passwordHash = `$argon2id$${randomBytes(30).toString('hex')}`;
        await source()
          .getRepository('User')
          .insert({ ...user, passwordHash });
        return { id: user.id, identifier: user.email };
      },
    });
    for (const { name, run } of userDirectoryContract(harness, { emails: true })) it(name, run);
  });
}
