import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AuthOptions } from 'nestjs-aerie';
import { ServiceClients } from 'nestjs-aerie/service-tokens';
import { AuthStores } from 'nestjs-aerie/stores';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { es256Key } from '../resource-server/es256.js';
import { StandIn } from '../resource-server/stand-in.js';
import { askWithAssertion, assertion, clientKey } from '../support/assertions.js';
import { startResourceApp } from '../resource-server/resource-app.js';
import { Clock } from '../../libs/auth/src/time/clock.js';
import { refresh, refreshed, SESSION_COOKIE, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';
import { testConnection } from '../support/test-databases.js';

const OLD = 'https://old.example.com';
const NEW = 'https://new.example.com';
const DAY = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();

describe.each(BELOW_THE_EDGE)('an issuer that changes its name, on %s', (adapter) => {
  let folder: string;
  let app: TestApp | undefined;
  let clock: TestClock;
  const folders: string[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'former-issuer-'));
    folders.push(folder);
    clock = new TestClock();
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });
  afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))));

  /** The same deployment, started anew. */
  async function deploy(issuer: string, options: Partial<AuthOptions> = {}): Promise<TestApp> {
    await app?.close();
    const connection = { ...testConnection('sqlite', 'i_'), database: join(folder, 'auth.sqlite') } as never;
    app = await startTestApp({
      adapter,
      connection,
      options: { issuer, ...options },
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    await app.users.add('ada');
    return app;
  }
  const former = (days = 30) => ({ formerIssuers: [{ issuer: OLD, until: inDays(days) }] });
  const me = async (on: TestApp, cookie: string) =>
    (await on.client().get('/auth/me', { headers: { cookie: `${SESSION_COOKIE}=${cookie}` } })).status;

  async function signedInBefore(options: Partial<AuthOptions> = {}) {
    const on = await deploy(OLD, options);
    const tokens = (await signIn(on, 'tokens')).body;
    const cookie = (await (await signIn(on, 'session')).client.cookie(SESSION_COOKIE))!;
    return { tokens, cookie };
  }

  it('stops the boot, names both, and makes no key', async () => {
    await signedInBefore();
    await expect(deploy(NEW)).rejects.toThrow(`(got "${NEW}"; the key `);
    await expect(deploy(NEW)).rejects.toThrow(`is encrypted for "${OLD}"`);
    const on = await deploy(OLD);
    const { keys } = (await on.client().get('/.well-known/jwks.json')).body;
    expect(keys).toHaveLength(1);
  });

  it.each(['managed', 'secret'] as const)(
    'keeps everybody signed in, with keys that are %s',
    async (keys) => {
      const { tokens, cookie } = await signedInBefore({ keys });
      const on = await deploy(NEW, { keys, ...former() });
      expect(await statusOf(on, tokens.access_token)).toBe(200);
      expect(await me(on, cookie)).toBe(200);
      const next = await refreshed(on, tokens.refresh_token);
      expect((await refreshed(on, tokens.refresh_token)).refresh_token).toBe(next.refresh_token);
      expect(payloadOf(next.access_token)).toMatchObject({ iss: NEW, aud: NEW });
      expect(await statusOf(on, next.access_token)).toBe(200);
      // What was issued since needs the former issuer no more, nor do the keys.
      const after = await deploy(NEW, { keys });
      expect(await statusOf(after, next.access_token)).toBe(200);
      expect((await refresh(after, next.refresh_token)).status).toBe(200);
      expect([await statusOf(after, tokens.access_token), await me(after, cookie)]).toEqual([401, 401]);
    },
  );

  it('takes them until the time that was given: then a client is told to refresh, and to sign in', async () => {
    const { tokens, cookie } = await signedInBefore({ accessTokens: { lifetime: '1h' } });
    const until = new Date(Date.now() + 10 * 60_000).toISOString();
    const on = await deploy(NEW, { formerIssuers: [{ issuer: OLD, until }] });
    expect(await statusOf(on, tokens.access_token)).toBe(200);
    clock.pass(11 * 60_000);
    const { status, body } = await on.client().get('/auth/me', { bearer: tokens.access_token });
    expect([status, body.code]).toEqual([401, 'AUTH_ACCESS_TOKEN_EXPIRED']);
    expect(await me(on, cookie)).toBe(401);
    expect((await refresh(on, tokens.refresh_token)).status).toBe(401);
  });

  it('gives no origin: a page of the former domain sends no cookie with an unsafe request', async () => {
    const { cookie } = await signedInBefore();
    const on = await deploy(NEW, former());
    const post = (origin: string) =>
      on.client().post('/auth/logout-all', { headers: { origin, cookie: `${SESSION_COOKIE}=${cookie}` } });
    expect((await post(OLD)).status).toBe(403);
    expect((await post(NEW)).status).toBe(204);
  });

  it('gives no audience beside its own name, and none to tokens of now', async () => {
    const { tokens } = await signedInBefore({ accessTokens: { audience: OLD } });
    // Named: then it stays as it is named.
    const on = await deploy(NEW, { accessTokens: { audience: 'https://x.example.com' }, ...former() });
    expect(await statusOf(on, tokens.access_token)).toBe(401);
    const same = await deploy(NEW, { accessTokens: { audience: OLD }, ...former() });
    expect(await statusOf(same, tokens.access_token)).toBe(200);
    const { body } = await signIn(same, 'tokens');
    const renamed = await deploy(NEW, former());
    expect(await statusOf(renamed, body.access_token)).toBe(401);
  });

  it('is followed by services that were told first', async () => {
    const { tokens } = await signedInBefore();
    const { keys } = (await app!.client().get('/.well-known/jwks.json')).body;
    const told = await startResourceApp({
      adapter,
      options: { issuer: NEW, audience: [OLD, NEW], jwks: { keys }, formerIssuers: former().formerIssuers },
    });
    const untold = await startResourceApp({
      adapter,
      options: { issuer: NEW, audience: [OLD, NEW], jwks: { keys } },
    });
    const on = await deploy(NEW, former());
    const { access_token: next } = await refreshed(on, tokens.refresh_token);
    for (const token of [tokens.access_token, next])
      expect((await told.get('/orders', token)).status).toBe(200);
    expect((await untold.get('/orders', tokens.access_token)).status).toBe(401);
    told.clock.pass(31 * DAY);
    expect((await told.get('/orders', tokens.access_token)).code).toBe('AUTH_ACCESS_TOKEN_EXPIRED');
    await Promise.all([told.close(), untold.close()]);
  });

  it('signs no user out while processes of both run: each lists the other', async () => {
    const { tokens } = await signedInBefore();
    const until = inDays(30);
    const announced = await deploy(OLD, { formerIssuers: [{ issuer: NEW, until }] });
    const here = (await signIn(announced, 'session')).client;
    const moved = await deploy(NEW, former());
    const next = await refreshed(moved, tokens.refresh_token);
    const cookie = (await (await signIn(moved, 'session')).client.cookie(SESSION_COOKIE))!;
    expect(await me(moved, (await here.cookie(SESSION_COOKIE))!)).toBe(200);
    const behind = await deploy(OLD, { formerIssuers: [{ issuer: NEW, until }] });
    expect([await statusOf(behind, next.access_token), await me(behind, cookie)]).toEqual([200, 200]);
    expect((await refresh(behind, next.refresh_token)).status).toBe(200);
  });

  it('is asked by services with assertions for both, since they are told first', async () => {
    const { privateKey, jwk } = es256Key('k1');
    const issuer = await StandIn.start(() => ({ access_token: 'x', token_type: 'Bearer', expires_in: 300 }));
    const service = await startResourceApp({
      adapter,
      options: {
        issuer: NEW,
        formerIssuers: former().formerIssuers,
        jwks: { keys: [jwk] },
        revocation: {
          mode: 'feed',
          url: `${issuer.url}/auth/revocations`,
          client: { clientId: 'orders', privateKey, alg: 'ES256', tokenUrl: `${issuer.url}/auth/token` },
        },
      },
    });
    const asked = issuer.received.find(({ path }) => path === '/auth/token')!;
    expect(payloadOf(new URLSearchParams(asked.body).get('client_assertion')!)['aud']).toEqual([NEW, OLD]);
    await service.close();
    await issuer.stop();
    const on = await deploy(NEW, { features: [serviceIssuer()], ...former() } as never);
    const key = clientKey();
    const registration = { id: 'orders', scopes: [], audiences: [NEW], jwks: { keys: [key.jwk] } };
    await on.app.get(ServiceClients).register(registration);
    const ask = async (aud: string | string[]) =>
      (await askWithAssertion(on, await assertion('orders', key, { aud }))).status;
    expect([await ask(OLD), await ask([NEW, OLD]), await ask('https://x.example')]).toEqual([200, 200, 401]);
    clock.pass(31 * DAY);
    const late = { iat: Math.floor(clock.now() / 1000), exp: Math.floor(clock.now() / 1000) + 60 };
    const text = async (aud: string) => assertion('orders', key, { ...late, aud });
    expect((await askWithAssertion(on, await text(OLD))).status).toBe(401);
    expect((await askWithAssertion(on, await text(NEW))).status).toBe(200);
  });

  it('keeps the seal of a key that it cannot open', async () => {
    await signedInBefore();
    const sealed = async () => (await app!.app.get(AuthStores, { strict: false }).signingKeys()!.read()).keys;
    const before = await sealed();
    await expect(deploy(NEW)).rejects.toThrow('"issuer" must be');
    await deploy(OLD);
    expect(await sealed()).toEqual(before);
  });
});

function payloadOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
}
