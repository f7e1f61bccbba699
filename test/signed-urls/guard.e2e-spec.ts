import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, UseGuards, VersioningType } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { AnyAuthGuard, SignedUrl, SignedUrls, type SignedUrlTerms } from 'nestjs-aerie';
import { cookieOf, tokenOf } from '../nest-integration/credentials.js';
import { rawRequest } from '../support/raw-request.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { CONTENT, FilesController } from './files-controller.js';

const sign = (app: TestApp, url: string, terms: Partial<SignedUrlTerms> = {}) =>
  app.app.get(SignedUrls).sign('GET', url, { expires: '15m', ...terms });

@Controller('both')
@UseGuards(AnyAuthGuard)
class BothController {
  @SignedUrl()
  @Get()
  both() {
    return 'both';
  }
}

describe.each(ADAPTERS)('the guard of signed URLs, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [FilesController, BothController],
      options: { globalGuard: true },
    });
    await app.users.add('ada', undefined, { roles: ['admin'] });
    await app.users.add('bob');
  });
  afterAll(() => app.close());
  const get = (path: string, headers: Record<string, string> = {}) => app.client().get(path, { headers });

  it('stands for a sign-in where globalGuard asks for one, and for nothing else', async () => {
    expect(await get('/files/mine')).toMatchObject({
      status: 403,
      body: { code: 'AUTH_SIGNED_URL_INVALID' },
    });
    expect(await get(sign(app, '/files/mine'))).toMatchObject({ status: 200, body: { user: null } });
    const bearer = await tokenOf(app, 'user-1');
    expect(await app.client().get('/files/mine', { bearer })).toMatchObject({ status: 403 });
    expect(await get(sign(app, '/auth/me'))).toMatchObject({ status: 401 });
  });

  it('answers HEAD, and a part of a file', async () => {
    const url = sign(app, '/files/content/a');
    const whole = await get(url);
    expect([whole.status, whole.body]).toEqual([200, CONTENT]);
    expect((await app.client().send('HEAD', url)).status).toBe(200);
    const part = await get(url, { range: 'bytes=2-4' });
    expect([part.status, part.body, part.headers.get('content-range')]).toEqual([206, 234, 'bytes 2-4/10']);
  });

  it('keeps the URL from shared caches and from pages that it leads to', async () => {
    const { headers } = await get(sign(app, '/files/mine'));
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual([
      'private',
      'no-referrer',
    ]);
    const refused = await get('/files/mine');
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(refused.headers.get('www-authenticate')).toBeNull();
  });

  it('is not switched off by @Public', async () => {
    expect((await get('/files/public')).status).toBe(403);
    expect((await get(sign(app, '/files/public'))).status).toBe(200);
    expect((await get(sign(app, '/files/public', { subject: 'user-1' }))).status).toBe(401);
  });

  it('admits the user alone whom the URL was signed for, signed in in any way', async () => {
    const url = sign(app, '/files/mine', { subject: 'user-1' });
    expect(url).not.toContain('user-1');
    expect(await get(url)).toMatchObject({ status: 401, body: { code: 'AUTH_CREDENTIALS_MISSING' } });
    const cookie = await cookieOf(app, 'user-1');
    const own = await get(url, { cookie });
    expect(own).toMatchObject({ status: 200, body: { user: 'user-1' } });
    expect(own.headers.get('cache-control')).toBe('no-store');
    const bearer = await tokenOf(app, 'user-1');
    expect(await app.client().get(url, { bearer })).toMatchObject({ status: 200 });
    const other = await get(url, { cookie: await cookieOf(app, 'user-2') });
    expect(other).toMatchObject({ status: 403, body: { code: 'AUTH_FORBIDDEN' } });
    // The tag of the subject is of this URL alone, and cannot be left out.
    const tag = /signature=\d+\.([\w-]{22})\./.exec(url)![1]!;
    expect(sign(app, '/files/public', { subject: 'user-1' })).not.toContain(tag);
    expect(await get(url.replace(tag, ''), { cookie })).toMatchObject({ status: 403 });
  });

  it('checks the signature before it asks anything about the caller', async () => {
    const url = `${sign(app, '/files/mine', { subject: 'user-1' })}`.replace(/.$/, (last) =>
      last === 'A' ? 'E' : 'A',
    );
    expect(await get(url)).toMatchObject({ status: 403, body: { code: 'AUTH_SIGNED_URL_INVALID' } });
  });

  it('asks for a user where roles are asked for', async () => {
    const url = sign(app, '/files/admin');
    expect((await get(url)).status).toBe(401);
    expect((await get(url, { cookie: await cookieOf(app, 'user-2') })).status).toBe(403);
    expect(await get(url, { cookie: await cookieOf(app, 'user-1') })).toMatchObject({ status: 200 });
    expect((await get('/files/admin', { cookie: await cookieOf(app, 'user-1') })).status).toBe(403);
  });

  it('asks for a user where a recent sign-in is asked for', async () => {
    const url = sign(app, '/files/recent');
    expect((await get(url)).status).toBe(401);
    expect(await get(url, { cookie: await cookieOf(app, 'user-1') })).toMatchObject({
      body: { id: 'user-1' },
    });
  });

  it('does not replace a guard that is there as well', async () => {
    const cookie = await cookieOf(app, 'user-1');
    expect((await get(sign(app, '/both'))).status).toBe(401);
    expect((await get('/both', { cookie })).status).toBe(403);
    expect((await get(sign(app, '/both'), { cookie })).status).toBe(200);
  });
});

@Module({ controllers: [FilesController] })
class FilesModule {}

describe.each(ADAPTERS)('signed URLs under prefixes and versions, on %s', (adapter) => {
  let app: TestApp;
  let bare: TestApp;
  beforeAll(async () => {
    const imports = [FilesModule, RouterModule.register([{ path: 'shop', module: FilesModule }])];
    app = await startTestApp({
      adapter,
      imports,
      configure: (nest) =>
        nest
          .setGlobalPrefix('api')
          .enableVersioning({ type: VersioningType.URI, defaultVersion: ['1', '2'] }),
    });
    bare = await startTestApp({ adapter, imports, options: { signedUrls: { proxyPrefix: '/edge/one' } } });
  });
  afterAll(async () => {
    await app.close();
    await bare.close();
  });

  it('are of the whole path that clients use', async () => {
    const url = sign(app, '/api/v1/shop/files/mine');
    expect((await app.client().get(url)).status).toBe(200);
    expect((await app.client().get(url.replace('/v1/', '/v2/'))).status).toBe(403);
    const within = sign(app, '/files/mine').replace('/files', '/api/v1/shop/files');
    expect((await app.client().get(within)).status).toBe(403);
  });

  it('are of the path before the proxy, where it removes a prefix', async () => {
    const url = sign(bare, 'https://api.example.com/edge/one/shop/files/mine');
    const { pathname, search } = new URL(url);
    const seen = pathname.replace('/edge/one', '') + search;
    expect((await rawRequest(bare.url, 'GET', seen)).status).toBe(200);
    for (const prefix of ['/edge/two', '/edge', '/edge/one/edge/one', '']) {
      const other = sign(bare, `${prefix}/shop/files/mine`);
      expect((await rawRequest(bare.url, 'GET', other.slice(prefix.length))).status).toBe(403);
    }
    const reached = await rawRequest(bare.url, 'GET', pathname + search);
    expect([403, 404]).toContain(reached.status);
  });
});
