import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily, typeOrmStores } from 'nestjs-aerie/typeorm';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';

interface Connection {
  exec(text: string): void;
  close(): void;
}
const Sqlite = createRequire(import.meta.url)('better-sqlite3') as new (file: string) => Connection;
const DEADLINE_MS = 1_000;

// SQLite locks its file between connections, whether they belong to one process or to two.
describe.each([{ wal: true }, { wal: false }])(
  'a SQLite file that others write too (WAL: $wal)',
  ({ wal }) => {
    const folder = mkdtempSync(join(tmpdir(), 'aerie-'));
    const file = join(folder, 'test.sqlite');
    let app: TestApp;
    let other: Connection;
    beforeAll(async () => {
      app = await startTestApp({
        connection: { ...testConnection('sqlite'), database: file, enableWAL: wal } as never,
        options: { stores: typeOrmStores({ database: { deadline: `${DEADLINE_MS}ms` } }) },
      });
      await app.users.add('ada');
      other = new Sqlite(file);
    });
    afterAll(async () => {
      other.close();
      await app.close();
      rmSync(folder, { recursive: true });
    });

    const signIn = async () => {
      const result = await app.authentication.signIn('user-1', { mode: 'tokens' });
      if (result.mode === 'session') throw new Error('tokens were asked for');
      return { id: result.principal.signInId, token: result.refreshToken };
    };
    const refresh = async (token: string) => (await app.authentication.refresh(token)).refreshToken;
    const row = (id: string) => app.source.getRepository(RefreshTokenFamily).findOneByOrFail({ id });

    it('waits for the others without stopping this process', async () => {
      const { id, token } = await signIn();
      other.exec('begin immediate');
      const running = [refresh(token), refresh(token), app.authentication.endAllSignIns('user-2')];
      // A process that stands still would not get here.
      await wait(100);
      expect((await row(id)).generation).toBe(0);
      other.exec('commit');
      const [one, two] = await Promise.all(running);
      expect(one).toBe(two);
      const { generation, revokedAt } = await row(id);
      expect({ generation, revokedAt }).toEqual({ generation: 1, revokedAt: null });
    });

    it('is unavailable when they take too long, and the token goes on', async () => {
      const { id, token } = await signIn();
      other.exec('begin immediate');
      const started = performance.now();
      const results = await Promise.allSettled([
        refresh(token),
        refresh(token),
        app.authentication.endSignIn('user-1', id),
      ]);
      const took = performance.now() - started;
      other.exec('commit');
      for (const result of results) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'AUTH_STORE_UNAVAILABLE' } });
      }
      expect(took).toBeGreaterThanOrEqual(DEADLINE_MS);
      await refresh(await refresh(token));
      const { generation, revokedAt } = await row(id);
      expect({ generation, revokedAt }).toEqual({ generation: 2, revokedAt: null });
    });

    it('waits for a cursor that the host has open, and answers', async () => {
      const { token } = await signIn();
      const { databaseConnection: handle } = app.source.driver as unknown as {
        databaseConnection: { prepare(text: string): { iterate(): Iterator<unknown> } };
      };
      const cursor = handle.prepare('select 1 union select 2').iterate();
      cursor.next();
      const running = refresh(token);
      await wait(50);
      cursor.return!();
      await running;
    });

    it('leaves the connection the wait that the host gave it', async () => {
      const { token } = await signIn();
      await refresh(token);
      expect(await app.source.query('pragma busy_timeout')).toEqual([{ timeout: 5000 }]);
    });
  },
);
