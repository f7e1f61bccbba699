import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_REVOKED_TOKENS, TOO_MANY_REVOKED } from 'nestjs-aerie/stores';
import { claimsOf, refresh, refreshed, signIn, statusOf } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { oneAccessToken } from './one-access-token.js';

const ROUTE = '/auth/access-token/revoke';

oneAccessToken('sqlite');

describe.each(ADAPTERS)('POST /auth/access-token/revoke, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada', undefined, { id: 'ada' });
    await app.users.add('bob', undefined, { id: 'bob' });
  });
  afterAll(() => app.close());
  const revoke = (input: Parameters<ReturnType<TestApp['client']>['post']>[1]) =>
    app.client().post(ROUTE, input);
  const last = () => app.events.filter(({ type }) => type === 'access_token_revoked').length;

  it('ends the token that it is sent with, once and for good', async () => {
    const { body } = await signIn(app, 'tokens');
    const bearer = body.access_token as string;
    const before = last();
    for (const _again of [1, 2]) {
      const { status, headers } = await revoke({ bearer });
      expect([status, headers.get('cache-control')]).toEqual([204, 'no-store']);
      expect(await statusOf(app, bearer)).toBe(401);
    }
    expect(last()).toBe(before + 1);
    expect((await refresh(app, body.refresh_token)).status).toBe(200);
  });

  it('ends the token in the body for any sender, and not the one in the header', async () => {
    const ada = await signIn(app, 'tokens');
    const bob = await signIn(app, 'tokens', 'bob');
    const json = { access_token: ada.body.access_token };
    expect((await revoke({ json, bearer: bob.body.access_token })).status).toBe(204);
    expect(await statusOf(app, ada.body.access_token)).toBe(401);
    expect(await statusOf(app, bob.body.access_token)).toBe(200);
  });

  it('takes no id, no token of another kind and none that was altered', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const token = body.access_token as string;
    const altered = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const access_token of [claimsOf(token)['jti'], id, body.refresh_token, altered, `${token}.`, 'x'])
      expect(await revoke({ json: { access_token } })).toMatchObject({
        status: 401,
        body: { code: 'AUTH_ACCESS_TOKEN_INVALID' },
      });
    for (const json of [{ jti: claimsOf(token)['jti'] }, { access_token: 7 }, { access_token: '' }, ['x']])
      expect(await revoke({ json })).toMatchObject({ status: 400, body: { code: 'AUTH_REQUEST_INVALID' } });
    expect((await revoke({ json: { access_token: 'x'.repeat(8_193) } })).status).toBe(400);
    expect((await revoke({})).body.code).toBe('AUTH_CREDENTIALS_MISSING');
    expect(await statusOf(app, token)).toBe(200);
  });

  it('answers 204 when there is nothing to end any more, and does nothing', async () => {
    const { body } = await signIn(app, 'tokens');
    await app.client().post('/auth/logout', { json: { refresh_token: body.refresh_token } });
    const before = app.events.length;
    expect((await revoke({ bearer: body.access_token })).status).toBe(204);
    expect(app.events.length).toBe(before);
  });

  it('ends the sign-in for one more than its list holds', async () => {
    const { body, id } = await signIn(app, 'tokens');
    let next = body;
    for (let i = 0; i < MAX_REVOKED_TOKENS; i++) {
      expect((await revoke({ bearer: next.access_token })).status).toBe(204);
      next = await refreshed(app, next.refresh_token);
    }
    expect(await statusOf(app, next.access_token)).toBe(200);
    expect((await revoke({ bearer: next.access_token })).status).toBe(204);
    expect(await statusOf(app, next.access_token)).toBe(401);
    expect((await refresh(app, next.refresh_token)).status).toBe(401);
    const ended = { type: 'sign_in_ended', subject: 'ada', signInId: id, reason: TOO_MANY_REVOKED };
    expect(app.events).toContainEqual(ended);
  });

  it("is refused with revocation.mode 'none', and so is the method: nothing would ask", async () => {
    const stateless = await startTestApp({ adapter, options: { revocation: { mode: 'none' } } });
    await stateless.users.add('ada');
    const { body } = await signIn(stateless, 'tokens');
    expect(await stateless.client().post(ROUTE, { bearer: body.access_token })).toMatchObject({
      status: 501,
      body: { code: 'AUTH_REVOCATION_OFF' },
    });
    expect(await statusOf(stateless, body.access_token)).toBe(200);
    await expect(stateless.authentication.revokeAccessToken(body.access_token)).rejects.toMatchObject({
      code: 'AUTH_REVOCATION_OFF',
    });
    await stateless.close();
  });
});

describe('AuthenticationService.revokeAccessToken', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
    await app.users.add('ada', undefined, { id: 'ada' });
  });
  afterAll(() => app.close());
  const given = async () => {
    const { body } = await signIn(app, 'tokens');
    const token = body.access_token as string;
    const { jti, sub: subject, sid: signInId, exp } = claimsOf(token);
    return { token, reference: { jti, subject, signInId, expiresAt: new Date(exp * 1_000) } };
  };

  it('ends a token by what the application kept of it', async () => {
    const { token, reference } = await given();
    for (const _again of [1, 2]) expect(await app.authentication.revokeAccessToken(reference)).toBe(true);
    expect(await statusOf(app, token)).toBe(401);
  });

  it('says when there was nothing to end', async () => {
    const { token, reference } = await given();
    const { authentication } = app;
    expect(await authentication.revokeAccessToken({ ...reference, subject: 'bob' })).toBe(false);
    expect(await authentication.revokeAccessToken({ ...reference, signInId: 'none' })).toBe(false);
    const expiresAt = new Date(Date.now() - 60_001);
    expect(await authentication.revokeAccessToken({ ...reference, expiresAt })).toBe(false);
    expect(await statusOf(app, token)).toBe(200);
  });

  it('names what is wrong with a reference', async () => {
    const { reference } = await given();
    for (const [change, named] of [
      [{ jti: undefined }, 'token.jti'],
      [{ jti: 'a b' }, 'token.jti'],
      [{ subject: '' }, 'token.subject'],
      [{ signInId: 7 }, 'token.signInId'],
      [{ expiresAt: 1_800_000_000 }, 'token.expiresAt'],
      [{ expiresAt: new Date(NaN) }, 'token.expiresAt'],
    ] as const) {
      const wrong = app.authentication.revokeAccessToken({ ...reference, ...change } as never);
      await expect(wrong).rejects.toThrow(new RegExp(`^"${named}" must be`));
      await expect(wrong).rejects.toBeInstanceOf(TypeError);
    }
    for (const nothing of [undefined, null, 7, {}])
      await expect(app.authentication.revokeAccessToken(nothing as never)).rejects.toBeInstanceOf(TypeError);
  });
});
