import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { refresh, REFRESH_COOKIE, signIn } from '../support/sign-ins.js';
import { ADAPTERS, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';

const EVIL = 'https://evil.example';

describe.each(ADAPTERS)('how a refresh token travels, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const generationOf = async (id: string) =>
    (await app.source.getRepository(RefreshTokenFamily).findOneByOrFail({ id })).generation;

  it('comes back by body when it came by body', async () => {
    const { body } = await signIn(app, 'hybrid').then(({ client }) =>
      client.cookie(REFRESH_COOKIE, '/auth').then((token) => refresh(app, token)),
    );
    expect(body.refresh_token).toMatch(/^rt1_/);
  });

  it('comes back by cookie when it came by cookie, and then not in the body', async () => {
    const { client } = await signIn(app, 'hybrid');
    const before = await client.cookie(REFRESH_COOKIE, '/auth');
    const { status, body, setCookies } = await client.post('/auth/refresh', { headers: { origin: ISSUER } });
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual([
      'access_token',
      'expires_in',
      'refresh_expires_in',
      'token_type',
      'user',
    ]);
    expect(setCookies).toEqual([
      expect.stringMatching(
        /^__Host-refresh=rt1_[\w-]{91}; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Strict; Secure$/,
      ),
    ]);
    const after = await client.cookie(REFRESH_COOKIE, '/auth');
    expect(after).not.toBe(before);
    expect(JSON.stringify(body)).not.toContain(after);
    expect((await client.post('/auth/refresh')).status).toBe(200);
  });

  it('is never sent in both ways at once', async () => {
    const { client, id } = await signIn(app, 'hybrid');
    const json = { refresh_token: await client.cookie(REFRESH_COOKIE, '/auth') };
    const answer = await client.post('/auth/refresh', { json });
    expect([answer.status, answer.body.code]).toEqual([400, 'AUTH_REQUEST_INVALID']);
    expect(answer.setCookies).toEqual([]);
    expect(await generationOf(id)).toBe(0);
    expect((await client.post('/auth/refresh')).status).toBe(200);
  });

  it('is refused when two cookies of the name come, whichever is right', async () => {
    const { client, id } = await signIn(app, 'hybrid');
    const good = await client.cookie(REFRESH_COOKIE, '/auth');
    const bad = `rt1_${'A'.repeat(91)}`;
    for (const pair of [
      [good, bad],
      [bad, good],
      [good, good],
    ]) {
      const cookie = pair.map((value) => `${REFRESH_COOKIE}=${value}`).join('; ');
      const answer = await app.client().post('/auth/refresh', { headers: { cookie } });
      expect([answer.status, answer.body.code]).toEqual([400, 'AUTH_REQUEST_INVALID']);
    }
    expect(await generationOf(id)).toBe(0);
  });

  it.each([
    ['another site', { origin: EVIL }],
    ['another site that no page opened', { origin: EVIL, 'sec-fetch-site': 'none' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['a subdomain of ours', { origin: 'https://evil.api.example.com', 'sec-fetch-site': 'same-site' }],
    ['another site without Origin', { 'sec-fetch-site': 'cross-site' }],
  ])('by cookie from %s is forbidden, and the token stays good', async (_name, headers) => {
    const { client, id } = await signIn(app, 'hybrid');
    const answer = await client.post('/auth/refresh', { headers });
    expect([answer.status, answer.body.code]).toEqual([403, 'AUTH_CSRF_REJECTED']);
    expect(answer.setCookies).toEqual([]);
    expect(await generationOf(id)).toBe(0);
    expect((await client.post('/auth/refresh')).status).toBe(200);
  });

  it('by body may come from anywhere: a page cannot know a token that it was not given', async () => {
    const { body } = await signIn(app, 'tokens');
    expect((await refresh(app, body.refresh_token, { origin: EVIL })).status).toBe(200);
  });

  it('is left in its cookie by every refusal: a parallel winner may have set it', async () => {
    const { client } = await signIn(app, 'hybrid');
    const token = await client.cookie(REFRESH_COOKIE, '/auth');
    await app.client().post('/auth/logout', { json: { refresh_token: token } });
    const answer = await client.post('/auth/refresh');
    expect(answer.status).toBe(401);
    expect(answer.setCookies).toEqual([]);
    expect(await client.cookie(REFRESH_COOKIE, '/auth')).toBe(token);
  });

  it('is not read from the query or from the Authorization header', async () => {
    const { body } = await signIn(app, 'tokens');
    const inQuery = await app.client().post(`/auth/refresh?refresh_token=${body.refresh_token}`);
    expect(inQuery.status).toBe(400);
    const asBearer = await app.client().post('/auth/refresh', { bearer: body.refresh_token });
    expect(asBearer.status).toBe(401);
    expect((await refresh(app, body.refresh_token)).status).toBe(200);
  });
});
