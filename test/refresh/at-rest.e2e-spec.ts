import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AUTH_ENTITIES, RefreshTokenFamily, Session } from 'nestjs-aerie/typeorm';
import { refresh, REFRESH_COOKIE, refreshed, SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

describe.each(BELOW_THE_EDGE)('what the database holds, on %s', (adapter) => {
  let app: TestApp;
  let held: string[];
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
    const { body } = await signIn(app, 'tokens');
    const key = 'a-key-of-sixteen-letters';
    const next = await refreshed(app, body.refresh_token, { 'idempotency-key': key });
    const { client } = await signIn(app, 'session');
    const session = (await client.cookie(SESSION_COOKIE))!;
    await app.authentication.endOtherSignIns('nobody', randomUUID());
    held = [body.refresh_token, body.access_token, next.refresh_token, next.access_token, session, key];
  });
  afterAll(() => app.close());

  async function everyValue(): Promise<string[]> {
    const values = new Set<string>();
    for (const entity of AUTH_ENTITIES) {
      const { tablePath } = app.source.getMetadata(entity);
      for (const row of await app.source.query<Record<string, unknown>[]>(`SELECT * FROM "${tablePath}"`))
        for (const value of Object.values(row)) if (value !== null && value !== '') values.add(String(value));
    }
    return [...values];
  }

  it('is no token, and no part of one', async () => {
    const values = (await everyValue()).filter((value) => value.length >= 8);
    expect(values.length).toBeGreaterThan(10);
    for (const token of held) {
      const bytes = Buffer.from(token.replace(/^(rt1|s2)_/, ''), 'base64url');
      const secret = bytes.subarray(token.startsWith('rt1_') ? 20 : token.startsWith('s2_') ? 16 : 0);
      for (const value of values) {
        expect(value).not.toContain(token);
        expect(token).not.toContain(value);
        for (const encoding of ['hex', 'base64', 'base64url'] as const)
          expect(value).not.toContain(secret.toString(encoding).slice(0, 40));
      }
    }
  });

  it('is a digest of what the client holds: to know it does not help', async () => {
    const rows = await app.source.getRepository(RefreshTokenFamily).find();
    const digests = held.map((token) => createHash('sha256').update(token).digest('hex'));
    expect(digests).toContain(rows[0]!.currentHash);
    expect(digests).toContain(rows[0]!.previousHash);
  });

  it('opens no door, whatever is tried as whatever credential', async () => {
    const live = await app.authentication.listSignIns('user-1');
    const tries: Promise<unknown>[] = [];
    const refused = async (answer: Promise<{ status: number }>, what: string) => {
      const { status } = await answer;
      expect({ what, refused: status === 400 || status === 401, status }).toMatchObject({ refused: true });
    };
    for (const value of await everyValue()) {
      const bytes = Buffer.from(value.replaceAll('-', ''), 'hex').toString('base64url');
      const cookieSafe = encodeURIComponent(value);
      for (const token of new Set([value, `rt1_${value}`, `rt1_${bytes}`]))
        tries.push(refused(refresh(app, token), `refresh ${token}`));
      for (const token of new Set([cookieSafe, `s2_${cookieSafe}`, `s2_${bytes}`])) {
        const cookie = `${SESSION_COOKIE}=${token}`;
        tries.push(refused(app.client().get('/auth/me', { headers: { cookie } }), `session ${token}`));
      }
      tries.push(refused(app.client().get('/auth/me', { bearer: cookieSafe }), `bearer ${value}`));
    }
    await Promise.all(tries);
    expect(tries.length).toBeGreaterThan(100);
    expect(await app.authentication.listSignIns('user-1')).toEqual(live);
  });

  it('makes no token either when its parts are put into the right form', async () => {
    const session = await app.source.getRepository(Session).findOneByOrFail({ subject: 'user-1' });
    const family = await app.source.getRepository(RefreshTokenFamily).findOneByOrFail({ subject: 'user-1' });
    const idOf = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');
    const forged = [idOf(session.id), Buffer.from(session.secretHash, 'hex')];
    for (const tag of [session.secretHash.slice(0, 32), session.secretHash.slice(32)]) {
      const value = Buffer.concat([...forged, Buffer.from(tag, 'hex')]).toString('base64url');
      const cookie = `${SESSION_COOKIE}=s2_${value}`;
      expect((await app.client().get('/auth/me', { headers: { cookie } })).status).toBe(401);
    }
    const generation = Buffer.alloc(4);
    generation.writeUInt32BE(family.generation);
    const parts = [idOf(family.id), generation, Buffer.from(family.currentHash, 'hex')];
    for (const tag of [family.salt, family.currentHash.slice(0, 32), family.previousHash!.slice(0, 32)]) {
      const token = `rt1_${Buffer.concat([...parts, Buffer.from(tag, 'hex')]).toString('base64url')}`;
      expect(token).toHaveLength(held[0]!.length);
      expect((await refresh(app, token)).status).toBe(401);
      const headers = { cookie: `${REFRESH_COOKIE}=${token}` };
      expect((await app.client().post('/auth/refresh', { headers })).status).toBe(401);
    }
  });
});
