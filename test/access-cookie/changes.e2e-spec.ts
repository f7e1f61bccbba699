import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshAddress, NEXT_PASSWORD, OWN_PAGE, type Places, startFlows } from '../account-flows/places.js';
import type { HttpClient } from '../support/http-client.js';
import { PASSWORD, REFRESH_COOKIE } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { ACCESS_COOKIE } from './cookie-app.js';

describe.each(ADAPTERS)('changes with an access token in a cookie, on %s', (adapter) => {
  let places: Places;
  beforeAll(async () => {
    places = await startFlows({
      adapter,
      options: { accessTokens: { cookie: true }, defaultMode: 'hybrid' },
    });
  });
  afterAll(() => places.close());

  async function browser(): Promise<HttpClient> {
    const address = freshAddress();
    await places.users.addVerified(address);
    const client = places.app.client();
    const json = { identifier: address, password: PASSWORD };
    expect((await client.post('/auth/login', { json, headers: OWN_PAGE })).status).toBe(200);
    return client;
  }

  const cookiesOf = async (client: HttpClient) => [
    await client.cookie(ACCESS_COOKIE),
    await client.cookie(REFRESH_COOKIE),
  ];

  it.each([
    ['a step-up', '/auth/step-up', { password: PASSWORD }],
    ['a change of password', '/auth/password', { current_password: PASSWORD, password: NEXT_PASSWORD }],
  ])('%s gives new cookies, and no token to a script', async (_what, path, json) => {
    const client = await browser();
    const before = await cookiesOf(client);
    const { status, body, setCookies } = await client.post(path, { json, headers: OWN_PAGE });
    expect([status, body.access_token, body.refresh_token]).toEqual([200, undefined, undefined]);
    expect(setCookies.filter((line) => /^__Host-(access|refresh)=./.test(line))).toHaveLength(2);
    const after = await cookiesOf(client);
    for (const value of after) expect(before).not.toContain(value);
    expect((await client.get('/auth/me')).status).toBe(200);
    const evil = { json, headers: { origin: 'https://evil.example' } };
    expect((await client.post(path, evil)).status).toBe(403);
  });

  it('a change of password without the refresh cookie hands no token to a script either', async () => {
    const client = await browser();
    const cookie = `${ACCESS_COOKIE}=${await client.cookie(ACCESS_COOKIE)}`;
    const json = { current_password: PASSWORD, password: NEXT_PASSWORD };
    const answer = await places.app
      .client()
      .post('/auth/password', { json, headers: { cookie, ...OWN_PAGE } });
    expect([answer.status, answer.body.access_token]).toEqual([200, undefined]);
    expect(JSON.stringify(answer.body)).not.toMatch(/rt1_|eyJ/);
  });
});
