// The application of examples/moving before, side by side and afterwards: its own tests, the same for all three; and its
// users, who stay signed in from one to the next, and back.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AfterModule } from '../../examples/moving/after.js';
import { BeforeModule } from '../../examples/moving/before.js';
import { BesideModule } from '../../examples/moving/beside.js';
import { Users } from '../../examples/moving/users.js';
import { HttpClient } from '../support/http-client.js';

const PASSWORD = 'correct horse battery';

interface Running {
  readonly app: INestApplication;
  readonly client: HttpClient;
}

async function start(state: Type, database: string): Promise<Running> {
  const connection = { type: 'better-sqlite3', database, autoLoadEntities: true, synchronize: true } as const;
  const builder = Test.createTestingModule({ imports: [TypeOrmModule.forRoot(connection), state] });
  const app = (await builder.setLogger(false as never).compile()).createNestApplication();
  await app.listen(0, '127.0.0.1');
  return { app, client: new HttpClient((await app.getUrl()).replace(/\/$/, '')) };
}

describe('examples/moving', () => {
  let folder: string;
  beforeAll(async () => {
    // As light as bcrypt allows: these tests are not about the cost of a hash.
    process.env['BCRYPT_COST'] = '4';
    folder = await mkdtemp(join(tmpdir(), 'aerie-moving-'));
  });
  afterAll(async () => {
    delete process.env['BCRYPT_COST'];
    await rm(folder, { recursive: true, force: true });
  });
  const freshDatabase = () => join(folder, `${randomUUID()}.sqlite`);

  /** The tests that the application has had since the first day. */
  describe.each([
    ['before', BeforeModule],
    ['side by side', BesideModule],
    ['afterwards', AfterModule],
  ] as const)('the application %s', (_, state) => {
    let running: Running;
    let made = 0;
    beforeAll(async () => {
      running = await start(state, freshDatabase());
    });
    afterAll(() => running.app.close());
    const post = (path: string, json: object, bearer?: string) =>
      running.client.post(path, { json, ...(bearer !== undefined && { bearer }) });
    const get = (path: string, bearer: string) => running.client.get(path, { bearer });
    async function signedIn(role = 'user') {
      const email = `user-${made++}@example.com`;
      const { id } = await running.app.get(Users, { strict: false }).add(email, PASSWORD, role);
      const { status, body } = await post('/sign-in', { email, password: PASSWORD });
      expect([status, body]).toEqual([
        200,
        { userId: id, accessToken: expect.any(String), refreshToken: expect.any(String) },
      ]);
      return { id, email, ...(body as { accessToken: string; refreshToken: string }) };
    }

    it('signs in with the right password alone', async () => {
      const { email } = await signedIn();
      expect((await post('/sign-in', { email, password: 'wrong' })).status).toBe(401);
      expect((await post('/sign-in', { email: 'nobody@example.com', password: PASSWORD })).status).toBe(401);
    });

    it('knows the user of an access token, and none without a good one', async () => {
      const { id, accessToken } = await signedIn();
      const { status, body } = await get('/me', accessToken);
      expect([status, body]).toEqual([200, { id, role: 'user' }]);
      expect((await running.client.get('/me')).status).toBe(401);
      expect((await get('/me', `${accessToken}x`)).status).toBe(401);
      expect((await get('/me', 'x.y.z')).status).toBe(401);
    });

    it('shows reports to admins alone', async () => {
      expect((await get('/reports', (await signedIn('admin')).accessToken)).status).toBe(200);
      expect((await get('/reports', (await signedIn()).accessToken)).status).toBe(403);
    });

    it('refreshes, and the new tokens are good', async () => {
      const { id, refreshToken } = await signedIn();
      const { status, body } = await post('/refresh', { refreshToken });
      expect([status, body.userId]).toEqual([200, id]);
      expect(body.refreshToken).not.toBe(refreshToken);
      expect((await get('/me', body.accessToken)).status).toBe(200);
      expect((await post('/refresh', { refreshToken: body.refreshToken })).status).toBe(200);
      expect((await post('/refresh', { refreshToken: 'x.y.z' })).status).toBe(401);
      expect((await post('/refresh', { refreshToken: body.accessToken })).status).toBe(401);
    });

    it('refreshes no more after signing out', async () => {
      const { accessToken, refreshToken } = await signedIn();
      expect((await post('/sign-out', {}, accessToken)).status).toBe(204);
      expect((await post('/refresh', { refreshToken })).status).toBe(401);
    });

    it('refreshes no more after the password has changed, and takes the new one', async () => {
      const { email, accessToken, refreshToken } = await signedIn();
      const to = 'another horse battery';
      expect((await post('/password', { from: 'wrong', to }, accessToken)).status).toBe(401);
      expect((await post('/password', { from: PASSWORD, to }, accessToken)).status).toBe(204);
      expect((await post('/refresh', { refreshToken })).status).toBe(401);
      expect((await post('/sign-in', { email, password: PASSWORD })).status).toBe(401);
      expect((await post('/sign-in', { email, password: to })).status).toBe(200);
    });
  });

  describe('a user who is signed in', () => {
    /** An application of one state after another on one database, each for as long as it is looked at. */
    async function inState<T>(
      state: Type,
      database: string,
      look: (running: Running) => Promise<T>,
    ): Promise<T> {
      const running = await start(state, database);
      try {
        return await look(running);
      } finally {
        await running.app.close();
      }
    }
    const refreshed = async ({ client }: Running, refreshToken: string) =>
      client.post('/refresh', { json: { refreshToken } });
    const signIn = async ({ client }: Running, email: string) =>
      (await client.post('/sign-in', { json: { email, password: PASSWORD } })).body as {
        accessToken: string;
        refreshToken: string;
      };
    async function moving() {
      const database = freshDatabase();
      const email = 'ada@example.com';
      const held = await inState(BeforeModule, database, async (running) => {
        await running.app.get(Users, { strict: false }).add(email, PASSWORD);
        return signIn(running, email);
      });
      return { database, email, held };
    }

    it('stays so, from the first state to the last', async () => {
      const { database, held } = await moving();
      const ours = await inState(BesideModule, database, async (running) => {
        expect((await running.client.get('/me', { bearer: held.accessToken })).status).toBe(200);
        const { status, body } = await refreshed(running, held.refreshToken);
        expect(status).toBe(200);
        expect((await running.client.get('/me', { bearer: body.accessToken })).body).toEqual({
          id: 1,
          role: 'user',
        });
        return body as { refreshToken: string };
      });
      await inState(AfterModule, database, async (running) => {
        expect((await refreshed(running, ours.refreshToken)).status).toBe(200);
        // It is not accepted any more.
        expect((await refreshed(running, held.refreshToken)).status).toBe(401);
      });
    });

    it('stays so when the move is taken back, with what the first state handed out', async () => {
      const { database, held } = await moving();
      await inState(BesideModule, database, async (running) => {
        expect((await refreshed(running, held.refreshToken)).status).toBe(200);
      });
      await inState(BeforeModule, database, async (running) => {
        expect((await running.client.get('/me', { bearer: held.accessToken })).status).toBe(200);
        expect((await refreshed(running, held.refreshToken)).status).toBe(200);
      });
    });

    it('is signed out of both by signing out with what is ours', async () => {
      const { database, held } = await moving();
      await inState(BesideModule, database, async (running) => {
        const { body } = await refreshed(running, held.refreshToken);
        const { status } = await running.client.post('/sign-out', { json: {}, bearer: body.accessToken });
        expect(status).toBe(204);
        for (const token of [held.refreshToken, body.refreshToken as string])
          expect((await refreshed(running, token)).status).toBe(401);
      });
      await inState(BeforeModule, database, async (running) => {
        expect((await refreshed(running, held.refreshToken)).status).toBe(401);
      });
    });

    it('is signed out of both by signing out, and by a new password, side by side', async () => {
      for (const [path, json] of [
        ['/sign-out', {}],
        ['/password', { from: PASSWORD, to: 'another horse battery' }],
      ] as const) {
        const { database, held } = await moving();
        await inState(BesideModule, database, async (running) => {
          expect((await running.client.post(path, { json, bearer: held.accessToken })).status).toBe(204);
          expect((await refreshed(running, held.refreshToken)).status).toBe(401);
        });
        await inState(BeforeModule, database, async (running) => {
          expect((await refreshed(running, held.refreshToken)).status).toBe(401);
        });
      }
    });
  });
});
