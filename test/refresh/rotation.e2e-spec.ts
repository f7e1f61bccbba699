import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { claimsOf, refresh, refreshed, signIn, statusOf } from '../support/sign-ins.js';
import { StatementLog } from '../support/statement-log.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { DAY, timePasses } from '../support/time-passes.js';

describe.each(BELOW_THE_EDGE)('rotating a refresh token, on %s', (adapter) => {
  const log = new StatementLog();
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter, connection: log.connection() });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const rowOf = (id: string) => app.source.getRepository(RefreshTokenFamily).findOneByOrFail({ id });

  it('gives a successor and a fresh access token of the same sign-in', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const answer = await refresh(app, body.refresh_token);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      refresh_token: expect.stringMatching(/^rt1_[\w-]{91}$/),
      refresh_expires_in: 1_209_600,
      user: { id: 'user-1', roles: [], scopes: [] },
    });
    expect(answer.body.refresh_token).not.toBe(body.refresh_token);
    expect(answer.body.access_token).not.toBe(body.access_token);
    expect(claimsOf(answer.body.access_token)['sid']).toBe(id);
    expect(await statusOf(app, answer.body.access_token)).toBe(200);
    expect(app.events.filter((event) => event.type === 'token_rotated')).toContainEqual(
      expect.objectContaining({ signInId: id, subject: 'user-1', generation: 1 }),
    );
  });

  it('goes on for as many generations as the client likes, in one row', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const before = await app.source.getRepository(RefreshTokenFamily).count();
    let token = body.refresh_token;
    const seen = new Set([token]);
    for (let i = 0; i < 8; i++) {
      token = (await refreshed(app, token)).refresh_token;
      seen.add(token);
    }
    expect(seen.size).toBe(9);
    expect((await rowOf(id)).generation).toBe(8);
    expect(await app.source.getRepository(RefreshTokenFamily).count()).toBe(before);
  });

  it('costs two statements', async () => {
    const { body } = await signIn(app, 'tokens');
    expect(await log.count(() => refreshed(app, body.refresh_token))).toBe(2);
  });

  it('moves the idle limit, never the absolute one', async () => {
    const { body, id } = await signIn(app, 'tokens');
    await timePasses(app, 10 * DAY);
    const before = await rowOf(id);
    await refreshed(app, body.refresh_token);
    const after = await rowOf(id);
    expect(after.expiresAt).toBe(before.expiresAt);
    expect(after.idleExpiresAt - before.idleExpiresAt).toBeGreaterThan(9 * DAY);
  });

  it('caps the idle limit at the absolute one, and says so in refresh_expires_in', async () => {
    const { body, id } = await signIn(app, 'tokens');
    await timePasses(app, 13 * DAY);
    const second = await refreshed(app, body.refresh_token);
    await timePasses(app, 13 * DAY);
    const third = await refreshed(app, second.refresh_token);
    expect(third.refresh_expires_in).toBeLessThanOrEqual(4 * 86_400);
    expect(third.refresh_expires_in).toBeGreaterThan(4 * 86_400 - 60);
    const row = await rowOf(id);
    expect(row.idleExpiresAt).toBe(row.expiresAt);
  });

  it('refuses a token at its idle limit, and does not move it', async () => {
    const { body, id } = await signIn(app, 'tokens');
    await timePasses(app, 14 * DAY);
    const before = await rowOf(id);
    const answer = await refresh(app, body.refresh_token);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      statusCode: 401,
      code: 'AUTH_REFRESH_TOKEN_INVALID',
      message: expect.any(String),
    });
    expect(await rowOf(id)).toEqual(before);
  });

  it('ends at the absolute limit, under constant use', async () => {
    const { body } = await signIn(app, 'tokens');
    let token = body.refresh_token;
    for (let day = 0; day < 29; day += 7) {
      token = (await refreshed(app, token)).refresh_token;
      await timePasses(app, 7 * DAY);
    }
    expect((await refresh(app, token)).status).toBe(401);
  });

  it('gives an access token no longer life than its family has', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const { expiresAt } = await rowOf(id);
    await app.source
      .getRepository(RefreshTokenFamily)
      .update({ id }, { expiresAt: Date.now() + 60_000, idleExpiresAt: Date.now() + 60_000 });
    const { access_token, expires_in, refresh_expires_in } = await refreshed(app, body.refresh_token);
    expect(expiresAt).toBeGreaterThan(Date.now() + DAY);
    expect(expires_in).toBeLessThanOrEqual(60);
    expect(expires_in).toBeGreaterThan(50);
    expect(refresh_expires_in).toBeLessThanOrEqual(60);
    const { exp, iat } = claimsOf(access_token);
    expect(exp - iat).toBe(expires_in);
  });

  it('refuses everybody alike: a dead family, an unknown one, a forged token', async () => {
    const { body, client, id } = await signIn(app, 'tokens');
    await client.post('/auth/logout', { json: { refresh_token: body.refresh_token } });
    const revoked = await refresh(app, body.refresh_token);
    await app.source.getRepository(RefreshTokenFamily).delete({ id });
    const unknown = await refresh(app, body.refresh_token);
    const forged = await refresh(app, `rt1_${'A'.repeat(91)}`);
    for (const answer of [revoked, unknown, forged]) {
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual(revoked.body);
      expect(answer.headers.get('www-authenticate')).toBe(revoked.headers.get('www-authenticate'));
      expect(answer.setCookies).toEqual([]);
    }
    const reasons = app.events.flatMap((event) => (event.type === 'refresh_refused' ? [event.reason] : []));
    expect(reasons.slice(-3)).toEqual(['revoked', 'unknown', 'malformed']);
  });

  it('asks for a credential when there is none', async () => {
    const answer = await app.client().post('/auth/refresh');
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe('AUTH_CREDENTIALS_MISSING');
  });
});
