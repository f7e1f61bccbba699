import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, UseGuards, VersioningType } from '@nestjs/common';
import { JwtAuthGuard } from 'nestjs-aerie';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { HttpClient } from '../support/http-client.js';
import { tokenOf } from './credentials.js';
import { authModule, bootApplication, connection, rootModule } from './host-application.js';

@Controller('vault')
class VaultController {
  @UseGuards(JwtAuthGuard)
  @Get('gold')
  gold() {
    return 'gold';
  }
}

@Controller({ path: 'vault', version: '1' })
class VersionedVaultController extends VaultController {
  @UseGuards(JwtAuthGuard)
  @Get('gold')
  override gold() {
    return 'gold of version 1';
  }
}

const VARIANTS = [
  '/vault/gold/',
  '//vault/gold',
  '/vault//gold',
  '/vault/gold//',
  '/vault%2fgold',
  '/vault%2Fgold',
  '/vault/%67old',
  '/VAULT/GOLD',
  '/Vault/gOLD/',
  '/vault/gold?public=true',
  '/vault/gold?/auth/login',
  '/vault/gold;a=b',
  '/vault/gold%00',
  '/vault/gold%20',
  '/auth/login/..%2f..%2fvault/gold',
];

/** Those that each router takes for the route itself: there, nothing but the guard is in the way. */
const SAME = {
  express: [
    '/vault/gold/',
    '/VAULT/GOLD',
    '/Vault/gOLD/',
    '/vault/gold?public=true',
    '/vault/gold?/auth/login',
  ],
  fastify: ['/vault/%67old', '/vault/gold?public=true', '/vault/gold?/auth/login'],
};

describe.each(ADAPTERS)('a guarded route, on %s', (adapter) => {
  let app: TestApp;
  let bearer: string;
  beforeAll(async () => {
    app = await startTestApp({ adapter, controllers: [VaultController] });
    await app.users.add('ada');
    bearer = await tokenOf(app, 'user-1');
  });
  afterAll(() => app.close());

  it.each(VARIANTS)('is closed at %s, or not there', async (path) => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await app.client().send(method, path);
      expect([400, 401, 404]).toContain(answer.status);
      expect(String(answer.body)).not.toBe('gold');
    }
  });

  it('answers HEAD as it does GET', async () => {
    const anonymous = await app.client().send('HEAD', '/vault/gold');
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toBe('Bearer');
    expect((await app.client().send('HEAD', '/vault/gold', { bearer })).status).toBe(200);
  });

  it('does not change its method for anybody', async () => {
    const headers = { 'x-http-method-override': 'GET', 'x-http-method': 'GET' };
    expect((await app.client().post('/vault/gold?_method=GET', { headers })).status).toBe(404);
  });

  it('opens with a token at the variants that the router takes for the same path', async () => {
    const reached = [];
    for (const path of ['/vault/gold', ...VARIANTS])
      if ((await app.client().get(path, { bearer })).body === 'gold') reached.push(path);
    expect(reached).toEqual(['/vault/gold', ...SAME[adapter]]);
  });
});

describe.each(ADAPTERS)('a global prefix and URI versions, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [VersionedVaultController],
      configure: (nest) =>
        nest
          .setGlobalPrefix('api')
          .enableVersioning({ type: VersioningType.URI, defaultVersion: ['1', '2'] }),
    });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const login = { json: { identifier: 'ada', password: 'correct horse battery', mode: 'hybrid' } };

  it('keep guarded routes guarded', async () => {
    const bearer = await tokenOf(app, 'user-1');
    expect((await app.client().get('/api/v1/vault/gold')).status).toBe(401);
    expect((await app.client().get('/api/v1/vault/gold', { bearer })).body).toBe('gold of version 1');
  });

  it('move the built-in routes under the prefix, and no version into them', async () => {
    expect((await app.client().get('/api/auth/me')).status).toBe(401);
    expect((await app.client().get('/auth/me')).status).toBe(404);
    expect((await app.client().get('/api/v1/auth/me')).status).toBe(404);
    expect((await app.client().get('/api/.well-known/jwks.json')).body).toEqual({
      keys: [expect.objectContaining({ kty: 'EC', alg: 'ES256', use: 'sig' })],
    });
  });

  it.each([
    ['a login', 200, 'POST', '/api/auth/login', login],
    ['nobody', 401, 'GET', '/api/auth/me', {}],
    ['an unknown route', 404, 'GET', '/api/auth/nowhere', {}],
    ['the path itself', 404, 'GET', '/api/auth', {}],
    ['another method', 404, 'PUT', '/api/auth/login', {}],
    ['an escaped path', 404, 'GET', '/api/%61uth/nowhere', {}],
    [
      'malformed JSON',
      400,
      'POST',
      '/api/auth/login',
      { raw: '{"identifier":', headers: { 'content-type': 'application/json' } },
    ],
    ['a body of 20 KiB', 400, 'POST', '/api/auth/login', { json: { identifier: 'a'.repeat(20_480) } }],
  ])('keep no-store on the answer to %s (%i)', async (_what, status, method, path, input) => {
    const answer = await app.client().send(method, path, input);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    if (status === 400) expect(answer.body).toMatchObject({ code: 'AUTH_REQUEST_INVALID' });
  });

  it('leave the caching of other routes alone', async () => {
    expect((await app.client().get('/api/authors')).headers.get('cache-control')).toBeNull();
  });
});

describe.each(ADAPTERS)('where the built-in routes are, on %s', (adapter) => {
  const login = { json: { identifier: 'ada', password: 'correct horse battery', mode: 'hybrid' } };
  const paths = ['/auth/me', '/accounts/auth/me', '/.well-known/jwks.json'];

  it('three applications of one process keep their own: default, moved and none', async () => {
    // All are configured before any of them starts: nothing of one may be left in what they share.
    const roots = [{}, { routes: { path: 'accounts/auth' } }, { routes: false as const }].map((options) =>
      rootModule([connection(), authModule(options)]),
    );
    const apps: INestApplication[] = [];
    try {
      const found = [];
      for (const root of roots) {
        const app = await bootApplication(root, adapter);
        apps.push(app);
        await app.listen(0, '127.0.0.1');
        const client = new HttpClient((await app.getUrl()).replace(/\/$/, ''));
        found.push(await Promise.all(paths.map(async (path) => (await client.get(path)).status)));
      }
      expect(found).toEqual([
        [401, 404, 200],
        [404, 401, 200],
        [404, 404, 404],
      ]);
    } finally {
      for (const app of apps) await app.close();
    }
  });

  it('move, and the refresh cookie comes back there', async () => {
    const app = await startTestApp({ adapter, options: { routes: { path: '/accounts/auth' } } });
    try {
      await app.users.add('ada');
      const client = app.client();
      expect((await client.post('/accounts/auth/login', login)).status).toBe(200);
      expect((await client.post('/accounts/auth/refresh')).status).toBe(200);
      expect((await client.get('/accounts/auth/nowhere')).headers.get('cache-control')).toBe('no-store');
    } finally {
      await app.close();
    }
  });

  it('may be left out: guards and the façade work without them', async () => {
    const app = await startTestApp({
      adapter,
      controllers: [VaultController],
      options: { routes: false },
    });
    try {
      await app.users.add('ada');
      expect((await app.client().get('/vault/gold')).status).toBe(401);
      const bearer = await tokenOf(app, 'user-1');
      expect((await app.client().get('/vault/gold', { bearer })).body).toBe('gold');
      expect((await app.client().post('/auth/login', login)).status).toBe(404);
    } finally {
      await app.close();
    }
  });

  it('leave the JWKS at the root when the application excludes it from its prefix', async () => {
    const app = await startTestApp({
      adapter,
      configure: (nest) => nest.setGlobalPrefix('api', { exclude: ['.well-known/jwks.json'] }),
    });
    try {
      const statuses = [];
      for (const path of ['/.well-known/jwks.json', '/api/auth/me'])
        statuses.push((await app.client().get(path)).status);
      expect(statuses).toEqual([200, 401]);
    } finally {
      await app.close();
    }
  });

  it('stay at the root, with no-store, when the application excludes them too', async () => {
    const app = await startTestApp({
      adapter,
      configure: (nest) => nest.setGlobalPrefix('api', { exclude: ['auth/{*path}'] }),
    });
    try {
      await app.users.add('ada');
      const client = app.client();
      expect((await client.post('/auth/login', login)).status).toBe(200);
      expect((await client.post('/auth/refresh')).status).toBe(200);
      expect((await client.get('/auth/nowhere')).headers.get('cache-control')).toBe('no-store');
    } finally {
      await app.close();
    }
  });
});
