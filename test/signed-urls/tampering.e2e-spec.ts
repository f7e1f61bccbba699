import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignedUrls, type SignedMethod, type SignedUrlTerms } from 'nestjs-aerie';
import { Clock } from '../../libs/auth/src/time/clock.js';
import { rawRequest } from '../support/raw-request.js';
import { ADAPTERS, ISSUER, SECRET, startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';
import { DAY, MINUTE } from '../support/time-passes.js';
import { FilesController } from './files-controller.js';

const PATH = '/files/of/caf%C3%A9-1?b=2&a=1&a=0';
const sign = (app: TestApp, method: SignedMethod, url: string, terms: Partial<SignedUrlTerms> = {}) =>
  app.app.get(SignedUrls).sign(method, url, { expires: '15m', ...terms });

describe.each(ADAPTERS)('a signed URL, on %s', (adapter) => {
  const clock = new TestClock();
  let app: TestApp;
  let good: string;
  let signature: string;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [FilesController],
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    good = sign(app, 'GET', PATH);
    signature = good.slice(good.indexOf('signature='));
  });
  afterAll(() => app.close());

  const ask = (target: string, method = 'GET') => rawRequest(app.url, method, target);

  it('is the URL and its signature, and opens the route', async () => {
    expect(good).toMatch(/^\/files\/of\/caf%C3%A9-1\?b=2&a=1&a=0&signature=\d+\.\.[\w-]{43}$/);
    const { status, text } = await ask(good);
    expect([status, text]).toEqual([200, expect.stringContaining('"name":"café-1"')]);
  });

  it.each([
    ['GET', `https://api.example.com${PATH}`],
    ['GET', 'https://api.example.com/files/of/café-1?b=2&a=1&a=0'],
  ] as const)('is as good when it was signed as %s %s', async (method, url) => {
    const signed = new URL(sign(app, method, url));
    expect(signed.origin).toBe('https://api.example.com');
    expect((await ask(signed.pathname + signed.search)).status).toBe(200);
  });

  describe('means the same', () => {
    it.each([
      ['for HEAD', () => good, 'HEAD'],
      ['with the names in another order', () => `/files/of/caf%C3%A9-1?a=1&a=0&b=2&${signature}`],
      ['with the signature in front', () => `/files/of/caf%C3%A9-1?${signature}&b=2&a=1&a=0`],
      ['with escapes in lower case', () => good.replace('%C3%A9', '%c3%a9')],
      ['with an escaped letter', () => good.replace('caf', '%63af')],
      ['with an escaped unreserved sign', () => good.replace('-1', '%2D1')],
      ['with an escaped name', () => good.replace('b=2', '%62=%32')],
      ['with the signature escaped', () => good.replace('signature', '%73ignature')],
    ])('%s', async (_what, target, method = 'GET') => {
      expect((await ask(target(), method)).status).toBe(200);
    });
  });

  describe('is refused', () => {
    it.each([
      ['without its signature', () => PATH],
      ['with an empty signature', () => `${PATH}&signature=`],
      ['with a made-up signature', () => `${PATH}&signature=9999999999..${'A'.repeat(43)}`],
      ['with two signatures', () => `${good}&${signature}`],
      ['with a second, escaped signature', () => `${good}&%73ignature=x`],
      ['with a signature that is a list', () => good.replace('signature=', 'signature[]=')],
      ['with a signature of another case', () => good.replace('signature=', 'Signature=')],
      ['with another expiry', () => good.replace(/signature=\d/, (text) => `${text}9`)],
      ['with a zero before its expiry', () => good.replace('signature=', 'signature=0')],
      ['with a subject', () => good.replace('..', `.${'A'.repeat(22)}.`)],
      ['with one letter of the signature changed', () => changed(good)],
      ['with a longer signature', () => `${good}A`],
      ['with another path', () => good.replace('-1?', '-2?')],
      ['with a path in another case', () => good.replace('caf', 'CAF')],
      ['with another route', () => good.replace('/of/', '/content/')],
      ['with a slash more', () => good.replace('-1?', '-1/?')],
      ['with a doubled slash', () => good.replace('/of/', '//of/')],
      ['with another value', () => good.replace('b=2', 'b=3')],
      ['with a parameter more', () => `${good}&c=1`],
      ['with a parameter in front', () => good.replace('?', '?c=1&')],
      ['with an empty parameter more', () => `${good}&`],
      ['with a parameter less', () => good.replace('b=2&', '')],
      ['with a doubled name more', () => `${good}&b=2`],
      ['with the values of one name in another order', () => good.replace('a=1&a=0', 'a=0&a=1')],
      ['with one of two values less', () => good.replace('&a=0', '')],
      ['with a value twice', () => good.replace('a=0', 'a=1')],
      ['with the equals sign escaped', () => good.replace('b=2', 'b%3D2')],
      ['with the ampersand escaped', () => good.replace('b=2&', 'b=2%26')],
      ['with a semicolon for an ampersand', () => good.replace('b=2&', 'b=2;')],
      ['with a name of another nesting', () => good.replace('b=2', 'b[]=2')],
      ['with double encoding', () => good.replace('%C3', '%25C3')],
      ['with double encoding of a letter', () => good.replace('caf', '%2563af')],
      ['with raw bytes beyond ASCII', () => good.replace('%C3%A9', 'é')],
      ['with the other Unicode form of a letter', () => good.replace('%C3%A9', 'e%CC%81')],
      ['with an overlong escape', () => good.replace('caf', '%C1%A3af')],
      ['with an escape of another kind', () => good.replace('caf', '%u0063af')],
      ['with a malformed escape', () => good.replace('b=2', 'b=2%')],
      ['with an escaped slash', () => good.replace('of/', 'of%2F')],
      ['with a dot segment', () => good.replace('/of/', '/of/./')],
      ['with a dot segment that leads away and back', () => good.replace('/of/', '/of/x/../')],
      ['with an escaped dot segment', () => good.replace('/of/', '/of/%2e%2E/of/')],
      ['with a parameter of a segment', () => good.replace('-1?', '-1;v=2?')],
      ['with a prefix', () => `/api${good}`],
      ['with its start for a prefix', () => good.replace('/files', '/files/files')],
      ['for another method', () => good, 'DELETE'],
    ])('%s', async (_what, target, method = 'GET') => {
      const sent = target();
      expect(sent).not.toBe(method === 'GET' ? good : '');
      const { status, text } = await ask(sent, method);
      // Some of them no route has, and some no framework reads.
      expect([400, 403, 404]).toContain(status);
      expect(text).not.toContain('"name"');
      if (status === 403) expect(text).toContain('"code":"AUTH_SIGNED_URL_INVALID"');
    });

    it('with a header that names another prefix, path or method', async () => {
      const headers = {
        'x-forwarded-prefix': '/files/of',
        'x-original-url': good,
        'x-rewrite-url': good,
        'x-http-method-override': 'GET',
      };
      const { status } = await rawRequest(app.url, 'GET', PATH, headers);
      expect(status).toBe(403);
      expect((await rawRequest(app.url, 'DELETE', good, headers)).status).toBe(403);
    });

    it('for a purpose that it does not have', async () => {
      const purposes = [undefined, 'unsubscribe', 'confirm', 'Confirm'];
      const answers = [];
      for (const purpose of purposes)
        answers.push((await ask(sign(app, 'GET', '/files/confirm', { ...(purpose && { purpose }) }))).code);
      expect(answers).toEqual([
        'AUTH_SIGNED_URL_INVALID',
        'AUTH_SIGNED_URL_INVALID',
        undefined,
        'AUTH_SIGNED_URL_INVALID',
      ]);
    });
  });

  it('tells a space from a plus sign, and a plus sign from its escape', async () => {
    for (const [own, others] of [
      ['a+b', ['a%20b', 'a%2Bb']],
      ['a%20b', ['a+b', 'a%2Bb']],
      ['a%2Bb', ['a%20b', 'a+b']],
    ] as const) {
      const signed = sign(app, 'GET', `/files/of/x?q=${own}`);
      expect((await ask(signed)).status).toBe(200);
      for (const other of others) expect((await ask(signed.replace(own, other))).status).toBe(403);
    }
  });

  it('keeps the order of parameters that a parser merges', async () => {
    const signed = sign(app, 'GET', '/files/of/x?a[x]=1&z=3&a[y]=2&a.z=4&a=5');
    const reach = async (from: string, to: string) => {
      const target = signed.replace(from, to);
      expect(target).not.toBe(signed);
      return (await ask(target)).status;
    };
    expect((await ask(signed)).status).toBe(200);
    expect(await reach('a[x]=1&z=3', 'z=3&a[x]=1')).toBe(200);
    expect(await reach('a[x]=1&z=3&a[y]=2', 'a[y]=2&z=3&a[x]=1')).toBe(403);
    expect(await reach('a.z=4&a=5', 'a=5&a.z=4')).toBe(403);
    expect(await reach('a[x]=1&z=3&a[y]=2', 'a%5By%5D=2&z=3&a%5bx%5d=1')).toBe(403);
    // The same name to qs, which is the parser of Express with "extended".
    const bracketed = sign(app, 'GET', '/files/of/x?[a]=1&z=3&a=2');
    const [query] = bracketed.split('?')[1]!.split('&signature');
    const inOrder = async (other: string) => (await ask(bracketed.replace(query!, other))).status;
    expect(await inOrder('z=3&[a]=1&a=2')).toBe(200);
    expect(await inOrder('a=2&z=3&[a]=1')).toBe(403);
    expect(await inOrder('a=2&z=3&%5Ba%5d=1')).toBe(403);
  });

  it('expires, and a signature that is not genuine does not say so', async () => {
    const target = sign(app, 'GET', PATH, { expires: new Date(clock.now() + 2 * MINUTE) });
    const forged = changed(target);
    expect((await ask(target)).status).toBe(200);
    clock.pass(2 * MINUTE);
    const late = await ask(target);
    expect([late.status, late.code]).toEqual([403, 'AUTH_SIGNED_URL_EXPIRED']);
    expect((await ask(forged)).code).toBe('AUTH_SIGNED_URL_INVALID');
  });

  it('is good under a former secret and a former issuer of this application, and of no other one', async () => {
    const other = async (options: object) => {
      const running = await startTestApp({ adapter, controllers: [FilesController], options });
      try {
        return sign(running, 'GET', PATH);
      } finally {
        await running.close();
      }
    };
    const NEW = 'another secret of at least thirty-two bytes, for tests';
    const [foreign, elsewhere] = [
      await other({ secret: NEW }),
      await other({ issuer: 'https://b.example.com' }),
    ];
    expect((await ask(foreign)).code).toBe('AUTH_SIGNED_URL_INVALID');
    expect((await ask(elsewhere)).code).toBe('AUTH_SIGNED_URL_INVALID');
    const rolled = await startTestApp({
      adapter,
      controllers: [FilesController],
      options: {
        secret: [NEW, SECRET],
        issuer: 'https://b.example.com',
        formerIssuers: [{ issuer: ISSUER, until: new Date(Date.now() + DAY).toISOString() }],
      },
    });
    try {
      const reach = (target: string) => rawRequest(rolled.url, 'GET', target);
      expect((await reach(sign(app, 'GET', PATH))).status).toBe(200);
      expect((await reach(elsewhere)).status).toBe(200);
      expect((await ask(sign(rolled, 'GET', PATH))).code).toBe('AUTH_SIGNED_URL_INVALID');
    } finally {
      await rolled.close();
    }
  });
});

/** The same with another last letter but one of the signature. */
function changed(url: string): string {
  return url.slice(0, -2) + (url.at(-2) === 'A' ? 'B' : 'A') + url.at(-1);
}
