import { afterEach, expect, it, jest } from '@jest/globals';
import { Revocation } from 'nestjs-aerie/typeorm';
import { nextRevocationId } from '../support/revocation-ids.js';
import { signIn } from '../support/sign-ins.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { type TestDatabase, testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';

// Real databases: a limit that only a hang reaches.
jest.setTimeout(60_000);

/** Ids of revocations are of 64 bits, and never given twice. */
export function revocationIds(database: TestDatabase): void {
  let app: TestApp;
  const started = async (): Promise<void> => {
    app = await startTestApp({ connection: testConnection(database) });
    await app.users.add('ada');
  };
  afterEach(async () => {
    await dropTables(app.source);
    await app.close();
  });
  const ids = async (): Promise<number[]> =>
    (await app.source.getRepository(Revocation).find({ order: { id: 'asc' } })).map(({ id }) => id);
  const refusedAfterLogout = async (): Promise<void> => {
    const { body, client } = await signIn(app, 'tokens');
    const bearer = body.access_token as string;
    expect((await client.get('/auth/me', { bearer })).status).toBe(200);
    expect((await client.post('/auth/logout', { json: { refresh_token: body.refresh_token } })).status).toBe(
      204,
    );
    expect((await client.get('/auth/me', { bearer })).status).toBe(401);
  };

  it.each([2 ** 31, 2 ** 32 + 7, Number.MAX_SAFE_INTEGER - 1])(
    'an ending is heard of past %d',
    async (id) => {
      await started();
      await refusedAfterLogout();
      await nextRevocationId(app.source, database, id);
      await refusedAfterLogout();
      await refusedAfterLogout();
      expect((await ids()).slice(1)).toEqual([id, id + 1]);
    },
  );

  it('an id is not given again when the last row was deleted', async () => {
    await started();
    await refusedAfterLogout();
    const [first] = await ids();
    await app.source.getRepository(Revocation).delete({ id: first! });
    await refusedAfterLogout();
    expect((await ids())[0]).toBeGreaterThan(first!);
  });
}
