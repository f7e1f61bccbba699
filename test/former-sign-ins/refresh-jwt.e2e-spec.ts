// Refresh tokens that an application wrote itself: what the refresh route gives for one.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { createHmac } from 'node:crypto';
import { AuthenticationService } from 'nestjs-aerie';
import { formerSignIns, refreshJwt } from 'nestjs-aerie/former-sign-ins';
import { FormerTokenUsers, JWT_SECRET } from '../support/former-tokens.js';
import { claimsOf, refresh, refreshed, REFRESH_COOKIE, statusOf } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { DAY, SECOND, timePasses } from '../support/time-passes.js';
import { inDays, liveOf, told } from './places.js';

describe.each(ADAPTERS)('a refresh token of its own making (%s)', (adapter) => {
  const former = new FormerTokenUsers();
  let app: TestApp;
  let subjects = 100;
  let ada: string;
  beforeAll(async () => {
    const accept = [
      refreshJwt({
        secret: ['another one of at least thirty-two bytes', JWT_SECRET],
        isCurrent: former.isCurrent,
        cookie: 'rt',
      }),
    ];
    app = await startTestApp({
      adapter,
      options: { features: [formerSignIns({ accept, until: inDays(30) })] },
    });
  });
  beforeEach(async () => {
    ada = String(subjects++);
    await app.users.add(`ada-${ada}`, undefined, { id: ada });
  });
  afterEach(() => void (app.events.length = 0));
  afterAll(() => app.close());

  it('is exchanged for tokens of ours, which go on as usual', async () => {
    const first = await refreshed(app, former.issue(ada));
    expect(first).toMatchObject({ token_type: 'Bearer', user: { id: ada } });
    expect(claimsOf(first.access_token)).toMatchObject({ sub: ada, auth_time: 0 });
    expect(await statusOf(app, first.access_token)).toBe(200);
    const next = await refreshed(app, first.refresh_token);
    expect(next.refresh_token).not.toBe(first.refresh_token);
    expect(told(app)).toEqual(['accepted']);
    expect(JSON.stringify(app.events)).not.toMatch(/rt1_|eyJ/);
  });

  it('comes by cookie as well, and is answered with ours', async () => {
    const client = app.client();
    await client.jar.setCookie(`rt=${former.issue(ada)}; Path=/`, app.url);
    const headers = { 'sec-fetch-site': 'same-origin' };
    const foreign = await client.post('/auth/refresh', { headers: { origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
    const { status, body } = await client.post('/auth/refresh', { headers });
    expect([status, body.refresh_token]).toEqual([200, undefined]);
    const ours = await client.cookie(REFRESH_COOKIE);
    expect(ours).toBeDefined();
    // Ours decides from now on.
    expect((await client.post('/auth/refresh', { headers })).status).toBe(200);
    expect(await client.cookie(REFRESH_COOKIE)).not.toBe(ours);
    expect(await liveOf(app, ada)).toHaveLength(1);
  });

  it('comes to a route of the application, too', async () => {
    const result = await app.authentication.refresh(former.issue(ada));
    expect([result.mode, result.principal.id, result.principal.methods]).toEqual(['tokens', ada, []]);
    expect(app.authentication).toBeInstanceOf(AuthenticationService);
  });

  it('is exchanged beside a former access token, but not beside a refresh token of ours', async () => {
    const token = former.issue(ada);
    const cookie = `rt=${token}; ${REFRESH_COOKIE}=a-bad-one`;
    const headers = { 'sec-fetch-site': 'same-origin', cookie };
    expect((await app.client().post('/auth/refresh', { headers })).status).toBe(401);
    expect(await liveOf(app, ada)).toEqual([]);
    expect((await refresh(app, token, { authorization: 'Bearer of-before' })).status).toBe(200);
  });

  it('gives the same tokens to requests that run in parallel, and for thirty seconds', async () => {
    const token = former.issue(ada);
    const all = await Promise.all(Array.from({ length: 10 }, () => refreshed(app, token)));
    expect(new Set(all.map(({ refresh_token }) => refresh_token)).size).toBe(1);
    await timePasses(app, 25 * SECOND);
    expect((await refreshed(app, token)).refresh_token).toBe(all[0].refresh_token);
    expect(await liveOf(app, ada)).toHaveLength(1);
  });

  it('ends what it opened, if it comes again later: one of two parties has a copy', async () => {
    const token = former.issue(ada);
    const owner = await refreshed(app, token);
    await timePasses(app, 31 * SECOND);
    expect((await refresh(app, token)).status).toBe(401);
    expect(told(app)).toEqual(['accepted', 'refused reused']);
    expect(app.events).toContainEqual(
      expect.objectContaining({ type: 'sign_in_ended', reason: 'reuse_former' }),
    );
    expect((await refresh(app, owner.refresh_token)).status).toBe(401);
  });

  it('is retried late with the Idempotency-Key of its first use, if the answer was lost', async () => {
    const token = former.issue(ada);
    const key = { 'idempotency-key': 'the-key-of-this-refresh' };
    const lost = await refreshed(app, token, key);
    await timePasses(app, 31 * SECOND);
    const again = await refreshed(app, token, key);
    expect(again.refresh_token).not.toBe(lost.refresh_token);
    expect((await refresh(app, lost.refresh_token)).status).toBe(401);
    // Not once the new one was used.
    await refreshed(app, again.refresh_token);
    await timePasses(app, 31 * SECOND);
    expect((await refresh(app, token, key)).status).toBe(401);
    expect(await liveOf(app, ada)).toEqual([]);
  });

  it('is not retried late with another key', async () => {
    const token = former.issue(ada);
    await refreshed(app, token, { 'idempotency-key': 'the-key-of-this-refresh' });
    await timePasses(app, 31 * SECOND);
    const other = { 'idempotency-key': 'another-key-of-somebody' };
    expect((await refresh(app, token, other)).status).toBe(401);
    expect(await liveOf(app, ada)).toEqual([]);
  });

  it('is refused within thirty seconds once its successor was used, and ends nothing', async () => {
    const token = former.issue(ada);
    const { refresh_token } = await refreshed(app, token);
    const { refresh_token: next } = await refreshed(app, refresh_token);
    expect((await refresh(app, token)).status).toBe(401);
    await refreshed(app, next);
  });

  it('is refused where it is not the current one, past its time, forged, or made otherwise', async () => {
    const old = former.issue(ada);
    former.issue(ada);
    const [header, payload, signature] = former.issue(ada).split('.') as [string, string, string];
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const input = `${Buffer.from('{"alg":"HS512"}').toString('base64url')}.${payload}`;
    const misnamed = `${input}.${createHmac('sha256', JWT_SECRET).update(input).digest('base64url')}`;
    const other = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect((await refresh(app, old)).status).toBe(401);
    // The users table has each of these: it is not what refuses them.
    const cases: Record<string, string> = {
      none,
      misnamed,
      'no signature': `${header}.${payload}.`,
      'another signature': `${header}.${payload}.${other}`,
      'a longer signature': `${header}.${payload}.${signature}A`,
      'another secret': former.issue(
        ada,
        { expiresIn: '7d' },
        'a secret of somebody else, of thirty-two bytes',
      ),
      'another algorithm': former.issue(ada, { expiresIn: '7d', algorithm: 'HS512' }),
      expired: former.issue(ada, { expiresIn: -1 }),
      early: former.issue(ada, { expiresIn: '7d', notBefore: '1h' }),
      'without an end': former.issue(ada, {}),
      'without a user': jwt.sign({}, JWT_SECRET, { expiresIn: '7d' }),
      'of a user who is not there': former.issue('nobody'),
    };
    for (const [name, token] of Object.entries(cases)) {
      former.keep(ada, token);
      expect([name, (await refresh(app, token)).status]).toEqual([name, 401]);
    }
    expect(await liveOf(app, ada)).toEqual([]);
  });

  it('is refused from another issuer, or for another audience, where these are named', async () => {
    const [issuer, audience] = ['https://api.example.com', 'shop'];
    const accept = [refreshJwt({ secret: JWT_SECRET, issuer, audience })];
    const features = [formerSignIns({ accept, until: inDays(30) })];
    const strict = await startTestApp({ adapter, options: { features } });
    await strict.users.add('ada', undefined, { id: '7' });
    const answerTo = async (options: jwt.SignOptions) =>
      (await refresh(strict, former.issue('7', { expiresIn: '7d', ...options }))).status;
    expect(await answerTo({ issuer, audience })).toBe(200);
    expect(await answerTo({ issuer, audience: ['app', audience] })).toBe(200);
    for (const wrong of [
      { issuer },
      { audience },
      { issuer, audience: 'app' },
      { issuer, audience: ['app'] },
      { issuer: `${issuer}/`, audience },
    ])
      expect([wrong, await answerTo(wrong)]).toEqual([wrong, 401]);
    await strict.close();
  });

  it('stands as spent after a logout with it, in the body or by cookie', async () => {
    const headers = { 'sec-fetch-site': 'same-origin' };
    const used = former.issue(ada);
    const { refresh_token } = await refreshed(app, used);
    expect((await app.client().post('/auth/logout', { json: { refresh_token: used } })).status).toBe(204);
    expect((await refresh(app, used)).status).toBe(401);
    expect((await refresh(app, refresh_token)).status).toBe(401);
    const fresh = former.issue(ada);
    expect((await app.client().post('/auth/logout', { json: { refresh_token: fresh } })).status).toBe(204);
    expect((await refresh(app, fresh)).status).toBe(401);
    const client = app.client();
    const inCookie = former.issue(ada);
    await client.jar.setCookie(`rt=${inCookie}; Path=/`, app.url);
    expect((await client.post('/auth/logout', { headers })).status).toBe(204);
    expect((await refresh(app, inCookie)).status).toBe(401);
  });

  it('is refused after a change of the password, and a logout everywhere', async () => {
    const token = former.issue(ada);
    await app.authentication.credentialsChanged(ada);
    expect((await refresh(app, token)).status).toBe(401);
    expect(told(app)).toEqual(['refused ended']);
  });

  it('stays refused when the family that it opened has ended, and its row is deleted', async () => {
    const token = former.issue(ada, { expiresIn: '90d' });
    const { refresh_token } = await refreshed(app, token);
    expect((await app.client().post('/auth/logout', { json: { refresh_token } })).status).toBe(204);
    await timePasses(app, 31 * DAY);
    expect((await app.authentication.sweep()).families).toBeGreaterThan(0);
    expect((await refresh(app, token)).status).toBe(401);
    expect(await liveOf(app, ada)).toEqual([]);
  });

  it('is 503 while the application cannot tell whether it is current', async () => {
    const token = former.issue(ada);
    const { get } = former.hashes;
    former.hashes.get = () => {
      throw new Error('the table of users is away');
    };
    expect((await refresh(app, token)).status).toBe(503);
    former.hashes.get = get;
    expect((await refresh(app, token)).status).toBe(200);
  });

  it('may be longer than ours, and not of any length', async () => {
    const options = { expiresIn: '7d', audience: 'x'.repeat(600) } as const;
    expect((await refresh(app, former.issue(ada, options))).status).toBe(200);
    expect((await refresh(app, 'x'.repeat(4_097))).status).toBe(400);
  });
});
