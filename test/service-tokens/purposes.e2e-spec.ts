import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { AnyAuthGuard, CurrentService, CurrentUser, ServiceAuthGuard } from 'nestjs-aerie';
import { ServiceClients, serviceIssuer } from 'nestjs-aerie/service-tokens';
import { askWithAssertion, assertion, clientKey } from '../support/assertions.js';
import {
  ACCESS_TOKEN_URN,
  askExchange,
  askToken,
  basic,
  exchanged,
  type Held,
  postForm,
  registered,
  SESSION_URN,
  serviceToken,
} from '../support/service-requests.js';
import { refresh, SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';

const BILLS = 'https://bills.example.com';
const KEY = clientKey();

@Controller('who')
class WhoController {
  @Get('service')
  @UseGuards(ServiceAuthGuard)
  service(@CurrentService() service: unknown, @CurrentUser() user: unknown) {
    return { service, user: user ?? null };
  }
  @Get('user')
  @UseGuards(AnyAuthGuard)
  user(@CurrentUser() user: unknown, @CurrentService() service: unknown) {
    return { user, service: service ?? null };
  }
}

const MADE = ['access', 'exchanged', 'service', 'refresh', 'session', 'assertion', 'secret'] as const;
type Kind = (typeof MADE)[number];

describe.each(BELOW_THE_EDGE)('every credential in every place, on %s', (adapter) => {
  let app: TestApp;
  let caller: Held;
  let api: Held;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [WhoController],
      options: { features: [serviceIssuer()] },
    });
    await app.users.add('ada', undefined, { scopes: ['a'] });
    const grants = ['client_credentials', 'token-exchange'] as const;
    caller = await registered(app, { id: 'caller', scopes: ['a'], audiences: [ISSUER, BILLS], grants });
    api = await registered(app, { id: 'api', scopes: [], audiences: ['x'], resource: ISSUER });
    const jwks = { keys: [KEY.jwk] };
    await app.app.get(ServiceClients).register({ id: 'keyed', scopes: [], audiences: [ISSUER], jwks });
  });
  afterAll(() => app.close());

  const make: Record<Kind, () => Promise<string>> = {
    access: async () => (await signIn(app, 'tokens')).body.access_token as string,
    exchanged: async () => exchanged(app, caller, await make.access(), { audience: BILLS }),
    service: () => serviceToken(app, caller, { audience: ISSUER }),
    refresh: async () => (await signIn(app, 'tokens')).body.refresh_token as string,
    session: async () => (await (await signIn(app, 'session')).client.cookie(SESSION_COOKIE))!,
    assertion: () => assertion('keyed', KEY),
    secret: async () => caller.secret,
  };
  const get = async (path: string, headers: Record<string, string>) =>
    (await app.client().get(path, { headers })).status === 200;
  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

  /** Each place, whether it takes a text, and the one kind that it takes. */
  const PLACES: readonly (readonly [place: string, kind: Kind, takes: (text: string) => Promise<boolean>])[] =
    [
      ['a guard for users', 'access', (text) => get('/who/user', bearer(text))],
      ['a guard for services', 'service', (text) => get('/who/service', bearer(text))],
      ['the session cookie', 'session', (text) => get('/who/user', { cookie: `${SESSION_COOKIE}=${text}` })],
      ['a refresh', 'refresh', async (text) => (await refresh(app, text)).status === 200],
      [
        'a subject token',
        'access',
        async (text) => (await askExchange(app, caller, text, { audience: BILLS })).status === 200,
      ],
      [
        'a subject token of type session',
        'session',
        async (text) =>
          (await askExchange(app, caller, text, { audience: BILLS }, SESSION_URN)).status === 200,
      ],
      ['a client assertion', 'assertion', async (text) => (await askWithAssertion(app, text)).status === 200],
      [
        'a client secret',
        'secret',
        async (text) =>
          (await askToken(app, { id: 'caller', secret: text }, { audience: ISSUER })).status === 200,
      ],
    ];

  it.each(PLACES)('%s takes %s tokens alone', async (_, kind, takes) => {
    for (const made of MADE) {
      const text = await make[made]();
      // Of this client, too: the one whose secret is right may not be another kind's.
      expect([made, await takes(text)]).toEqual([made, made === kind]);
    }
  });

  it('introspection knows access tokens and service tokens for the resource, and nothing else', async () => {
    const known: string[] = [];
    for (const made of MADE) {
      const { body } = await postForm(app, 'introspect', { token: await make[made]() }, basic(api));
      if (body.active) known.push(made);
    }
    expect(known).toEqual(['access', 'service']);
  });

  it('a user whose id is that of a client is a user, and no service', async () => {
    await app.users.add('eve', undefined, { id: 'caller' });
    const { body } = await signIn(app, 'tokens', 'eve');
    const user = await app.client().get('/who/user', { bearer: body.access_token });
    expect(user.body).toMatchObject({ user: { id: 'caller' }, service: null });
    expect((await app.client().get('/who/service', { bearer: body.access_token })).body.code).toBe(
      'AUTH_ACCESS_TOKEN_INVALID',
    );
    const told = await postForm(app, 'introspect', { token: body.access_token }, basic(api));
    expect(told.body).toMatchObject({ active: true, sub: 'caller' });
    expect(told.body).not.toHaveProperty('client_id');
    // What was ended of the user ends nothing of the client, and the reverse.
    const service = await make.service();
    await app.authentication.endAllSignIns('caller');
    expect((await app.client().get('/who/service', { bearer: service })).body).toMatchObject({
      service: { clientId: 'caller' },
      user: null,
    });
    const again = await signIn(app, 'tokens', 'eve');
    await app.app.get(ServiceClients).disable('caller');
    expect((await app.client().get('/who/user', { bearer: again.body.access_token })).status).toBe(200);
    expect((await app.client().get('/who/service', { bearer: service })).status).toBe(401);
    await app.app.get(ServiceClients).enable('caller');
  });

  it('asks for the type of a subject token that is given', async () => {
    const answer = await askExchange(app, caller, await make.access(), { audience: BILLS }, ACCESS_TOKEN_URN);
    expect(answer.status).toBe(200);
  });
});
