import { describe, expect, it } from '@jest/globals';
import {
  browserOf,
  freshAddress,
  loginStatus,
  NEXT_PASSWORD,
  OWN_PAGE,
  startFlows,
} from '../account-flows/places.js';
import { LogTrap } from '../support/log-trap.js';
import { PASSWORD } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp } from '../support/test-app.js';
import { ACCESS_COOKIE } from './cookie-app.js';

describe.each(ADAPTERS)('an access token that no cookie holds, on %s', (adapter) => {
  it('is refused by code before anything was opened or exchanged', async () => {
    const log = new LogTrap();
    let claim = '';
    const app = await startTestApp({
      adapter,
      override: log.override,
      options: { accessTokens: { cookie: true, claims: () => ({ claim }) } },
    });
    await app.users.add('ada');
    const login = (mode: string, client = app.client()) =>
      client.post('/auth/login', { json: { identifier: 'ada', password: PASSWORD, mode } });
    const signIns = () => app.authentication.listSignIns('user-1');
    const client = app.client();
    expect((await login('hybrid', client)).status).toBe(200);
    const fitting = (await client.cookie(ACCESS_COOKIE))!;
    // The longest that fits, to the byte: three bytes of a claim are four of a token.
    claim = 'x'.repeat(Math.floor(((3_800 - fitting.length) * 3) / 4));
    expect((await login('hybrid')).status).toBe(200);
    claim += 'xxx';

    const before = (await signIns()).length;
    const refused = await login('hybrid');
    expect(refused).toMatchObject({ status: 500, body: { code: 'AUTH_ACCESS_TOKEN_TOO_LARGE' } });
    expect(refused.setCookies).toEqual([]);
    expect((await signIns()).length).toBe(before);
    expect(log.lines.join('\n')).toMatch(/access token of the subject user-1 has 380\d bytes/);

    const exchanged = await client.post('/auth/refresh');
    expect(exchanged).toMatchObject({ status: 500, body: { code: 'AUTH_ACCESS_TOKEN_TOO_LARGE' } });
    expect((await login('tokens')).status).toBe(200);
    claim = '';
    expect((await client.post('/auth/refresh')).status).toBe(200);
    const types = app.events.map((event) => event.type);
    expect(types.filter((type) => type === 'token_rotated')).toHaveLength(1);
    expect(types).not.toContain('token_replayed');
    await app.close();
  });

  it('is refused at a step-up too, and a change of password is answered without it', async () => {
    let claim = '';
    const places = await startFlows({
      adapter,
      options: { accessTokens: { cookie: true, claims: () => ({ claim }) }, defaultMode: 'hybrid' },
    });
    const address = freshAddress();
    await places.users.addVerified(address);
    const client = await browserOf(places, address);
    claim = 'x'.repeat(3_000);
    const stepUp = { json: { password: PASSWORD }, headers: OWN_PAGE };
    const refused = await client.post('/auth/step-up', stepUp);
    expect(refused).toMatchObject({ status: 500, body: { code: 'AUTH_ACCESS_TOKEN_TOO_LARGE' } });
    expect(refused.setCookies).toEqual([]);
    claim = '';
    expect((await client.post('/auth/step-up', stepUp)).status).toBe(200);

    claim = 'x'.repeat(3_000);
    const json = { current_password: PASSWORD, password: NEXT_PASSWORD };
    const changed = await client.post('/auth/password', { json, headers: OWN_PAGE });
    expect(changed.status).toBe(200);
    // Browsers would drop a longer one without a word, and keep the former.
    expect(await client.cookie(ACCESS_COOKIE)).toBeUndefined();
    for (const line of changed.setCookies) expect(line.length).toBeLessThan(4_096);
    const next = await client.post('/auth/refresh', { headers: OWN_PAGE });
    expect(next).toMatchObject({ status: 500, body: { code: 'AUTH_ACCESS_TOKEN_TOO_LARGE' } });
    claim = '';
    expect((await client.post('/auth/refresh', { headers: OWN_PAGE })).status).toBe(200);
    expect((await client.get('/auth/me')).status).toBe(200);
    expect(await loginStatus(places, address, NEXT_PASSWORD)).toBe(200);
    await places.close();
  });
});
