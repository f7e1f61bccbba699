import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthConfigError, SignedUrl, SignedUrls } from 'nestjs-aerie';
import { ResourceServerModule } from 'nestjs-aerie/resource-server';
import { resolveAuthOptions } from '../../libs/auth/src/options/resolve-auth-options.js';
import { DerivedKeys } from '../../libs/auth/src/crypto/derived-keys.js';
import { es256Key } from '../resource-server/es256.js';
import { ISSUER, SECRET } from '../support/test-app.js';

const urls = new SignedUrls(new DerivedKeys([SECRET], ISSUER), { proxyPrefix: '' }, Date);

describe('signing', () => {
  it.each([
    'files/7',
    '//evil.example/files/7',
    '',
    undefined,
    7,
    'ftp://api.example.com/files',
    'javascript:alert(1)',
    'https://ada:secret@api.example.com/files',
    'https://',
    '/files/../admin',
    '/files/%2e%2E/admin',
    '/files/..',
    '/files/.?a=1',
    '/files/..\\admin',
    '/files\\7',
    '/files/7\n',
    '/files/\t7',
    ' /files/7',
    '/files/7?signature=1',
    '/files/7?%73ignature',
    `/files/${'7'.repeat(9_000)}`,
    `/files?${'a&'.repeat(200)}`,
    '/files/100%',
  ])('refuses the URL %j', (url) => {
    expect(() => urls.sign('GET', url as string, { expires: '15m' })).toThrow(TypeError);
  });

  it.each(['0s', '999ms', '-5m', 'soon', '', undefined, 15, new Date(0), new Date(Number.NaN)])(
    'refuses the expiry %j',
    (expires) => {
      expect(() => urls.sign('GET', '/files/7', { expires: expires as never })).toThrow(TypeError);
    },
  );

  it('refuses a method, a subject and a purpose of another type', () => {
    for (const method of ['get', 'TRACE', undefined])
      expect(() => urls.sign(method as 'GET', '/files/7', { expires: '15m' })).toThrow(TypeError);
    for (const terms of [{ subject: '' }, { subject: 7 }, { subject: null }, { purpose: 7 }])
      expect(() => urls.sign('GET', '/files/7', { expires: '15m', ...terms } as never)).toThrow(TypeError);
  });

  it('keeps the rest of the URL as browsers send it', () => {
    const signed = (url: string) =>
      urls.sign('GET', url, { expires: '15m' }).replace(/signature=.*?(?=#|$)/, 'S');
    expect(signed('/a')).toBe('/a?S');
    expect(signed('/a?b#part')).toBe('/a?b&S#part');
    expect(signed('HTTPS://API.example.com:443/a b/é?q=ü#p')).toBe(
      'https://api.example.com/a%20b/%C3%A9?q=%C3%BC&S#p',
    );
    expect(signed('/.well-known/..a/b..')).toBe('/.well-known/..a/b..?S');
  });
});

describe('the options of signed URLs', () => {
  const resolve = (proxyPrefix: unknown) =>
    resolveAuthOptions({ secret: SECRET, issuer: ISSUER, signedUrls: { proxyPrefix } }, 0);

  it.each(['api', '/api/', '/', '', '/a/../b', '/a%20b', '/a?b', 7])('refuse the prefix %j', (prefix) => {
    expect(() => resolve(prefix)).toThrow(/"signedUrls.proxyPrefix" must be a path/);
  });

  it('take a path', () => {
    expect(resolve('/edge/one').signedUrls).toEqual({ proxyPrefix: '/edge/one' });
  });
});

describe('@SignedUrl', () => {
  it('refuses an option that it does not know when the class is defined', () => {
    expect(() => SignedUrl({ purposes: 'a' } as never)).toThrow(AuthConfigError);
    expect(() => SignedUrl({ purpose: 7 } as never)).toThrow(AuthConfigError);
  });

  it('stops the boot of a resource server, which has no secret', async () => {
    @Controller()
    class OrdersController {
      @SignedUrl()
      @Get()
      all() {}
    }
    @Module({
      imports: [
        ResourceServerModule.forRoot({
          issuer: ISSUER,
          audience: 'orders',
          jwks: { keys: [es256Key('k').jwk] as never },
          revocation: { mode: 'none' },
        }),
      ],
      controllers: [OrdersController],
    })
    class OrdersModule {}
    await expect(
      NestFactory.create(OrdersModule, { logger: false, abortOnError: false }).then((app) => app.init()),
    ).rejects.toThrow('SignedUrlGuard must be used where AuthModule is imported');
  });
});
