import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServiceClients, serviceIssuer } from 'nestjs-aerie/service-tokens';
import { Clock, SystemClock } from '../../libs/auth/src/time/clock.js';
import {
  askExchange,
  basic,
  exchanged,
  type Held,
  introspected,
  postForm,
  registered,
  serviceToken,
} from '../support/service-requests.js';
import { claimsOf, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';

const BILLS = 'https://bills.example.com';

class MovedClock extends SystemClock {
  ahead = 0;
  override now(): number {
    return super.now() + this.ahead;
  }
}

describe.each(BELOW_THE_EDGE)('what a service learns of a token, on %s', (adapter) => {
  let app: TestApp;
  const clock = new MovedClock();
  let api: Held;
  let bills: Held;
  let caller: Held;
  let nobody: Held;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      options: { features: [serviceIssuer()] },
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    await app.users.add('ada', undefined, { roles: ['admin'], scopes: ['a'] });
    const none = { scopes: [], audiences: ['x'] };
    api = await registered(app, { id: 'api', ...none, resource: ISSUER });
    bills = await registered(app, { id: 'bills', ...none, resource: BILLS });
    nobody = await registered(app, { id: 'nobody', ...none });
    caller = await registered(app, {
      id: 'caller',
      scopes: ['a'],
      audiences: [BILLS, ISSUER],
      grants: ['client_credentials', 'token-exchange'],
    });
  });
  afterAll(() => app.close());

  it('of a person: who, for whom, until when; no roles', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const claims = claimsOf(body.access_token);
    const told = await introspected(app, api, body.access_token);
    expect(told).toEqual({
      active: true,
      token_type: 'Bearer',
      iss: ISSUER,
      aud: ISSUER,
      sub: 'user-1',
      sid: id,
      scope: 'a',
      jti: claims['jti'],
      iat: claims['iat'],
      exp: claims['exp'],
      auth_time: claims['auth_time'],
      amr: ['pwd'],
    });
  });

  it('of a service', async () => {
    const token = await serviceToken(app, caller, { audience: BILLS });
    const told = await introspected(app, bills, token);
    expect(told).toMatchObject({
      active: true,
      sub: 'client:caller',
      client_id: 'caller',
      aud: BILLS,
      scope: 'a',
    });
  });

  it('is nothing of one for another audience', async () => {
    const token = await serviceToken(app, caller, { audience: BILLS });
    const { body } = await signIn(app, 'tokens');
    for (const [held, text] of [
      [api, token],
      [bills, body.access_token],
    ])
      expect(await introspected(app, held as Held, text as string)).toEqual({ active: false });
  });

  it('is refused to a client that serves no audience, whatever the token', async () => {
    const token = await serviceToken(app, caller, { audience: BILLS });
    for (const held of [caller, nobody])
      for (const text of [token, 'x'])
        expect(await postForm(app, 'introspect', { token: text }, basic(held))).toMatchObject({
          status: 403,
          body: { error: 'unauthorized_client', code: 'AUTH_FORBIDDEN' },
        });
  });

  it.each(['x', 'a.b.c', 'rt1_x', 'x'.repeat(9_000)])(
    'is nothing of a text that is no token (%#)',
    async (text) => {
      expect(await introspected(app, api, text)).toEqual({ active: false });
    },
  );

  it('is nothing of a refresh token, nor of one that was altered', async () => {
    const { body } = await signIn(app, 'tokens');
    expect(await introspected(app, api, body.refresh_token)).toEqual({ active: false });
    const [header, , signature] = body.access_token.split('.');
    const claims = { ...claimsOf(body.access_token), roles: ['root'] };
    const forged = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
    expect(await introspected(app, api, forged)).toEqual({ active: false });
  });

  it('is nothing of one whose time has passed', async () => {
    const { body } = await signIn(app, 'tokens');
    const token = await serviceToken(app, caller, { audience: BILLS });
    clock.ahead = 3_600_000;
    try {
      expect(await introspected(app, api, body.access_token)).toEqual({ active: false });
      expect(await introspected(app, bills, token)).toEqual({ active: false });
    } finally {
      clock.ahead = 0;
    }
  });

  it('is nothing after a logout, or once the person has changed', async () => {
    const first = await signIn(app, 'tokens');
    await first.client.post('/auth/logout', { bearer: first.body.access_token });
    expect(await introspected(app, api, first.body.access_token)).toEqual({ active: false });
    const second = await signIn(app, 'tokens');
    await app.authentication.rolesChanged('user-1');
    expect(await introspected(app, api, second.body.access_token)).toEqual({ active: false });
  });

  it('is nothing of what a client that was disabled asked for', async () => {
    const clients = app.app.get(ServiceClients);
    const { body } = await signIn(app, 'tokens');
    const own = await serviceToken(app, caller, { audience: BILLS });
    const token = await exchanged(app, caller, body.access_token, { audience: BILLS });
    expect(await introspected(app, bills, token)).toMatchObject({ active: true });
    await clients.disable('caller');
    for (const text of [own, token]) expect(await introspected(app, bills, text)).toEqual({ active: false });
    await clients.enable('caller');
    expect(await introspected(app, bills, own)).toEqual({ active: false });
    expect((await askExchange(app, caller, body.access_token, { audience: BILLS })).status).toBe(200);
  });

  it('is told to clients alone, who ask properly', async () => {
    const { body } = await signIn(app, 'tokens');
    const token = body.access_token as string;
    expect((await postForm(app, 'introspect', { token })).status).toBe(401);
    expect((await postForm(app, 'introspect', { token }, { authorization: `Bearer ${token}` })).status).toBe(
      401,
    );
    expect((await postForm(app, 'introspect', {}, basic(api))).body.error).toBe('invalid_request');
    expect(
      (await postForm(app, 'introspect', { token, token_type_hint: 'whatever' }, basic(api))).body.active,
    ).toBe(true);
    expect((await postForm(app, 'introspect', `token=${token}&token=x`, basic(api))).status).toBe(400);
    expect((await app.client().get(`/auth/introspect?token=${token}`, { headers: basic(api) })).status).toBe(
      404,
    );
  });
});
