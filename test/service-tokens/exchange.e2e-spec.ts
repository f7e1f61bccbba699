import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AuthenticationService, type Principal, type TokensResult } from 'nestjs-aerie';
import { TokenExchange, serviceIssuer } from 'nestjs-aerie/service-tokens';
import {
  ACCESS_TOKEN_URN,
  askExchange,
  EXCHANGE_GRANT,
  exchanged,
  type Held,
  introspected,
  postForm,
  basic,
  registered,
  SESSION_URN,
  serviceToken,
} from '../support/service-requests.js';
import { claimsOf, refreshed, SESSION_COOKIE, type SignedIn, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { MINUTE, timePasses } from '../support/time-passes.js';

const BILLS = 'https://bills.example.com';

describe.each(BELOW_THE_EDGE)('a sign-in in exchange for a token, on %s', (adapter) => {
  let app: TestApp;
  let caller: Held;
  let bills: Held;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      options: {
        features: [serviceIssuer()],
        accessTokens: { audience: [ISSUER, 'https://api2.example.com'] },
      },
    });
    const common = { scopes: ['bills:read', 'bills:pay', 'mail'], grants: ['token-exchange'] as const };
    caller = await registered(app, {
      id: 'caller',
      ...common,
      audiences: [BILLS, ISSUER, 'https://api2.example.com'],
    });
    bills = await registered(app, { id: 'bills', scopes: [], audiences: ['x'], resource: BILLS });
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    app.users.byId.clear();
    await app.users.add('ada', undefined, { roles: ['admin'], scopes: ['bills:read', 'bills:pay', 'notes'] });
  });

  const toBills = { audience: BILLS };
  const credential = async (held: SignedIn): Promise<[string, string]> =>
    held.body.access_token
      ? [held.body.access_token, ACCESS_TOKEN_URN]
      : [(await held.client.cookie(SESSION_COOKIE))!, SESSION_URN];

  describe.each(['session', 'tokens'] as const)('of kind %s', (mode) => {
    const given = async (fields: Record<string, string> = toBills) => {
      const held = await signIn(app, mode);
      const [value, type] = await credential(held);
      return { held, value, type, token: await exchanged(app, caller, value, fields, type) };
    };

    it('gives a short token for the other service: narrower, and without roles', async () => {
      const held = await signIn(app, mode);
      const [value, type] = await credential(held);
      const { status, body } = await askExchange(app, caller, value, toBills, type);
      expect(status).toBe(200);
      expect(body).toEqual({
        access_token: expect.any(String),
        issued_token_type: ACCESS_TOKEN_URN,
        token_type: 'Bearer',
        expires_in: 300,
        scope: 'bills:read bills:pay',
      });
      const claims = claimsOf(body.access_token);
      expect(claims).toEqual({
        iss: ISSUER,
        aud: BILLS,
        sub: 'user-1',
        sid: held.id,
        client_id: 'caller',
        act: { sub: 'client:caller' },
        scope: 'bills:read bills:pay',
        roles: [],
        amr: ['pwd'],
        auth_time: expect.any(Number),
        sep: expect.any(Number),
        cep: expect.any(Number),
        gep: expect.any(Number),
        jti: expect.any(String),
        iat: expect.any(Number),
        exp: claims['iat'] + 300,
      });
      expect(app.events.at(-1)).toEqual({
        type: 'token_exchanged',
        subject: 'user-1',
        signInId: held.id,
        clientId: 'caller',
        tokenId: claims['jti'],
        audience: BILLS,
        scopes: ['bills:read', 'bills:pay'],
      });
    });

    it.each<[string, Record<string, string>, string]>([
      ['a scope that the person has not', { scope: 'mail' }, 'invalid_scope'],
      ['a scope that the client has not', { scope: 'notes' }, 'invalid_scope'],
      ['another audience', { audience: 'https://mail.example.com' }, 'invalid_target'],
      ['this application', { audience: ISSUER }, 'invalid_target'],
      ['another name of this application', { audience: 'https://api2.example.com' }, 'invalid_target'],
      ['none of several audiences', { audience: '' }, 'invalid_target'],
      ['another type of token', { requested_token_type: 'urn:x' }, 'invalid_request'],
      ['an actor', { actor_token: 'x' }, 'invalid_request'],
    ])('is refused for %s', async (_, fields, error) => {
      const [value, type] = await credential(await signIn(app, mode));
      const answer = await askExchange(app, caller, value, { ...toBills, ...fields }, type);
      expect([answer.status, answer.body.error]).toEqual([400, error]);
    });

    it('is refused by the other type, and as no credential', async () => {
      const [value, type] = await credential(await signIn(app, mode));
      const other = type === SESSION_URN ? ACCESS_TOKEN_URN : SESSION_URN;
      for (const [text, as] of [
        [value, other],
        [`${value}x`, type],
        ['x', type],
        [value, 'urn:x'],
      ] as const) {
        const { status, body } = await askExchange(app, caller, text, toBills, as);
        expect([status, body.error]).toEqual([400, 'invalid_request']);
      }
    });

    it.each<[string, (held: SignedIn) => Promise<unknown>]>([
      ['a logout', (held) => app.authentication.endSignIn('user-1', held.id)],
      ['the end of all sign-ins', () => app.authentication.endAllSignIns('user-1')],
      ['other roles', () => app.authentication.rolesChanged('user-1')],
      ['the end of everything', () => app.app.get(AuthenticationService).revokeEverything()],
    ])('dies, and is not given again, after %s', async (what, change) => {
      const { held, value, type, token } = await given();
      expect(await introspected(app, bills, token)).toMatchObject({
        active: true,
        sub: 'user-1',
        scope: 'bills:read bills:pay',
      });
      await change(held);
      expect(await introspected(app, bills, token)).toEqual({ active: false });
      const again = await askExchange(app, caller, value, toBills, type);
      // A session survives other roles: what is exchanged then is of now.
      const survives = what === 'other roles' && mode === 'session';
      expect([again.status, again.body.code]).toEqual(
        survives ? [200, undefined] : [400, 'AUTH_GRANT_INVALID'],
      );
    });

    it('is not given for a person who is gone, and ends what they had', async () => {
      const [value, type] = await credential(await signIn(app, mode));
      app.users.byId.get('user-1')!.disabled = true;
      expect((await askExchange(app, caller, value, toBills, type)).body.code).toBe('AUTH_GRANT_INVALID');
      app.users.byId.get('user-1')!.disabled = false;
      expect((await askExchange(app, caller, value, toBills, type)).body.code).toBe('AUTH_GRANT_INVALID');
    });

    it('is 503 while the directory is away, and no user is signed out', async () => {
      const [value, type] = await credential(await signIn(app, mode));
      app.users.failure = new Error('away');
      const { status, body, headers } = await askExchange(app, caller, value, toBills, type);
      app.users.failure = undefined;
      expect([status, body.error, headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '1']);
      expect((await askExchange(app, caller, value, toBills, type)).status).toBe(200);
    });

    it('is no credential here, nor to be exchanged again', async () => {
      const { token } = await given();
      expect((await app.client().get('/auth/me', { bearer: token })).body.code).toBe(
        'AUTH_ACCESS_TOKEN_INVALID',
      );
      expect((await askExchange(app, caller, token, toBills)).body.code).toBe('AUTH_GRANT_INVALID');
    });
  });

  it('never outlives the sign-in', async () => {
    const held = await signIn(app, 'session');
    const [value, type] = await credential(held);
    // 12 hours, less what is left.
    await timePasses(app, 20 * MINUTE);
    await app.source.query(
      `update "${app.source.options.entityPrefix}auth_session" set expires_at = expires_at - ${12 * 60 * MINUTE - 21 * MINUTE}`,
    );
    const { body } = await askExchange(app, caller, value, toBills, type);
    expect(body.expires_in).toBeLessThanOrEqual(60);
    expect(body.expires_in).toBeGreaterThan(30);
  });

  it('of a narrowed sign-in has no more than that', async () => {
    const { accessToken } = (await app.authentication.signIn('user-1', {
      mode: 'tokens',
      scopes: ['bills:read'],
    })) as TokensResult;
    expect((await askExchange(app, caller, accessToken, toBills)).body.scope).toBe('bills:read');
    expect((await askExchange(app, caller, accessToken, { ...toBills, scope: 'bills:pay' })).body.error).toBe(
      'invalid_scope',
    );
  });

  it('is not for a client without the grant, nor for a token of a service', async () => {
    const { body } = await signIn(app, 'tokens');
    const plain = await registered(app, {
      id: `plain-${adapter}`,
      scopes: ['bills:read'],
      audiences: [BILLS],
    });
    expect(await askExchange(app, plain, body.access_token, toBills)).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client', code: 'AUTH_GRANT_FORBIDDEN' },
    });
    const service = await serviceToken(app, plain);
    expect(await askExchange(app, caller, service, toBills)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', code: 'AUTH_GRANT_INVALID' },
    });
    const missing = await postForm(app, 'token', { grant_type: EXCHANGE_GRANT, ...toBills }, basic(caller));
    expect(missing.body.error).toBe('invalid_request');
  });

  describe('by the application itself', () => {
    const of = (principal: Principal, options: Partial<Parameters<TokenExchange['exchange']>[1]> = {}) =>
      app.app.get(TokenExchange).exchange(principal, { ...toBills, ...options });

    it('gives the sign-in of a principal, of either kind', async () => {
      for (const mode of ['session', 'tokens'] as const) {
        const { principal } = await app.authentication.signIn('user-1', { mode });
        const token = await of(principal, { scopes: ['notes'], lifetime: '30s' });
        expect(token).toEqual({ accessToken: expect.any(String), expiresIn: 30, scopes: ['notes'] });
        const claims = claimsOf(token.accessToken);
        expect(claims).toMatchObject({
          aud: BILLS,
          sub: 'user-1',
          sid: principal.signInId,
          scope: 'notes',
          roles: [],
        });
        expect(claims).not.toHaveProperty('client_id');
        expect(claims).not.toHaveProperty('act');
        expect(await introspected(app, bills, token.accessToken)).toMatchObject({ active: true });
        await app.authentication.signOut(principal);
        expect(await introspected(app, bills, token.accessToken)).toEqual({ active: false });
        await expect(of(principal)).rejects.toMatchObject({ code: 'AUTH_GRANT_INVALID' });
      }
    });

    it('is refused for a forbidden audience, or for none', async () => {
      const { principal } = await app.authentication.signIn('user-1', { mode: 'session' });
      await expect(of(principal, { audience: ISSUER })).rejects.toMatchObject({
        code: 'AUTH_TARGET_INVALID',
      });
      await expect(of(principal, { scopes: ['mail'] })).rejects.toMatchObject({ code: 'AUTH_SCOPE_INVALID' });
      await expect(of(principal, { lifetime: '1h' })).rejects.toMatchObject({ code: 'AUTH_CONFIG_INVALID' });
      await expect(of({ ...principal, signInId: '' })).rejects.toMatchObject({ code: 'AUTH_GRANT_INVALID' });
      await app.users.add('bob', undefined, { id: 'user-2' });
      await app.authentication.signIn('user-2', { mode: 'session' });
      await expect(of({ ...principal, id: 'user-2' })).rejects.toMatchObject({ code: 'AUTH_GRANT_INVALID' });
    });

    it('has no more than the credential of the request', async () => {
      const { principal } = await app.authentication.signIn('user-1', { mode: 'tokens', scopes: ['notes'] });
      expect((await of(principal)).scopes).toEqual(['notes']);
      expect((await of({ ...principal, scopes: [] })).scopes).toEqual([]);
    });
  });

  it('a token that a refresh has left behind is as good as its family', async () => {
    const { body } = await signIn(app, 'tokens');
    await refreshed(app, body.refresh_token);
    expect((await askExchange(app, caller, body.access_token, toBills)).status).toBe(200);
  });
});
