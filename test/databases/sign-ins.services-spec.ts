import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily, Revocation } from 'nestjs-aerie/typeorm';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';
import { refresh, refreshed, signIn, statusOf } from '../support/sign-ins.js';
import { age, dropTables } from '../support/test-stores.js';

const WHERE = (['postgres', 'mariadb'] as const).flatMap((database) =>
  BELOW_THE_EDGE.map((adapter) => ({ database, adapter })),
);

describe.each(WHERE)('sign-ins on $database, over $adapter', ({ database, adapter }) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter, connection: testConnection(database) });
    for (const name of ['ada', 'bob', 'eve']) await app.users.add(name);
  });
  afterAll(async () => {
    await dropTables(app.source);
    await app.close();
  });

  it('live by a session cookie', async () => {
    const { client, id } = await signIn(app, 'session');
    expect((await client.get('/auth/me')).body.user.id).toBe('user-1');
    expect((await client.get('/auth/sign-ins')).body.map((one: { id: string }) => one.id)).toContain(id);
    expect((await client.post('/auth/logout')).status).toBe(204);
    expect((await client.get('/auth/me')).status).toBe(401);
  });

  it('live by a refresh cookie', async () => {
    const { client, body } = await signIn(app, 'hybrid');
    expect(await statusOf(app, body.access_token)).toBe(200);
    const next = await client.post('/auth/refresh');
    expect(next.status).toBe(200);
    expect((await client.post('/auth/refresh')).status).toBe(200);
    expect((await client.post('/auth/logout')).status).toBe(204);
    expect(await statusOf(app, next.body.access_token)).toBe(401);
  });

  it('live by tokens: a retry gets the same successor, a thief ends the family', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const second = await refreshed(app, body.refresh_token);
    expect((await refreshed(app, body.refresh_token)).refresh_token).toBe(second.refresh_token);
    const third = await refreshed(app, second.refresh_token);
    expect(await statusOf(app, third.access_token)).toBe(200);
    app.events.length = 0;
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
    expect((await refresh(app, third.refresh_token)).status).toBe(401);
    expect(await statusOf(app, third.access_token)).toBe(401);
    expect(app.events.map(({ type }) => type)).toEqual(['reuse_detected', 'refresh_refused']);
    expect(await app.source.getRepository(Revocation).countBy({ kind: 'sign_in', value: id })).toBe(1);
  });

  it('end when the parent comes late, unless it comes with its key', async () => {
    const key = { 'idempotency-key': 'one-key-for-this-token' };
    const keyed = await signIn(app, 'tokens');
    await refreshed(app, keyed.body.refresh_token, key);
    await age(app.source, RefreshTokenFamily, keyed.id, 60_000);
    const replaced = await refreshed(app, keyed.body.refresh_token, key);
    await refreshed(app, replaced.refresh_token);

    const late = await signIn(app, 'tokens');
    await refreshed(app, late.body.refresh_token);
    await age(app.source, RefreshTokenFamily, late.id, 60_000);
    expect((await refresh(app, late.body.refresh_token)).status).toBe(401);
    const { revokedReason } = await app.source
      .getRepository(RefreshTokenFamily)
      .findOneByOrFail({ id: late.id });
    expect(revokedReason).toBe('reuse_parent_late');
  });

  it('are listed, ended one by one, and all at once', async () => {
    const session = await signIn(app, 'session', 'bob');
    const tokens = await signIn(app, 'tokens', 'bob');
    const hybrid = await signIn(app, 'hybrid', 'bob');
    const other = await signIn(app, 'tokens', 'eve');
    const listed = (await session.client.get('/auth/sign-ins')).body;
    expect(listed.map((one: { id: string }) => one.id).sort()).toEqual(
      [session.id, tokens.id, hybrid.id].sort(),
    );

    expect((await session.client.delete(`/auth/sign-ins/${other.id}`)).status).toBe(404);
    expect((await session.client.delete(`/auth/sign-ins/${hybrid.id}`)).status).toBe(204);
    expect((await hybrid.client.post('/auth/refresh')).status).toBe(401);
    expect(await statusOf(app, tokens.body.access_token)).toBe(200);

    expect((await session.client.post('/auth/logout-all')).status).toBe(204);
    expect((await session.client.get('/auth/me')).status).toBe(401);
    expect((await refresh(app, tokens.body.refresh_token)).status).toBe(401);
    expect(await statusOf(app, tokens.body.access_token)).toBe(401);
    expect(await statusOf(app, other.body.access_token)).toBe(200);
  });

  it('are told by access tokens: stale after a change of roles, and dead with everything', async () => {
    const { body } = await signIn(app, 'tokens', 'eve');
    await app.authentication.rolesChanged('user-3');
    const stale = await app.client().get('/auth/me', { bearer: body.access_token });
    expect(stale.body.code).toBe('AUTH_ACCESS_TOKEN_STALE');
    const next = await refreshed(app, body.refresh_token);
    expect(await statusOf(app, next.access_token)).toBe(200);
    await app.authentication.revokeEverything();
    const dead = await app.client().get('/auth/me', { bearer: next.access_token });
    expect(dead.body.code).toBe('AUTH_ACCESS_TOKEN_REVOKED');
    expect((await refresh(app, next.refresh_token)).status).toBe(401);
    expect(await statusOf(app, (await signIn(app, 'tokens', 'eve')).body.access_token)).toBe(200);
  });
});
