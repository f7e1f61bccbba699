import { describe, expect, it } from '@jest/globals';
import { AccessTokenInvalidError, RequestInvalidError } from '../errors/auth-error.js';
import { cpuMs } from '../../../../test/support/cpu-time.js';
import { bearerToken, cookieOf, hasAuthorization } from './request-credentials.js';

const bearer = (authorization?: string | string[]) => bearerToken({ headers: { authorization } });
const cookie = (header: string | string[] | undefined, name = '__Host-session') =>
  cookieOf({ headers: { cookie: header } }, name);

describe('bearerToken', () => {
  it.each([
    'Bearer a.b.c',
    'bearer a.b.c',
    'BEARER a.b.c',
    'Bearer   a.b.c',
    'Bearer a.b.c  ',
    'bEaReR a.b.c ',
  ])('reads "%s"', (header) => {
    expect(bearer(header)).toBe('a.b.c');
  });

  it.each([undefined, 'Basic YTpi', 'JWT a.b.c', 'a.b.c', '', ' Bearer a', 'Bearerx a', 'Token Bearer a'])(
    'sees none in %j',
    (header) => {
      expect(bearer(header)).toBeUndefined();
    },
  );

  it.each([
    'Bearer',
    'Bearer ',
    'bearer',
    'Bearer  ',
    'Bearer a b',
    'Bearer a\tb',
    'bearer a b',
    'Bearer=a',
    'Bearer,a',
    'Bearer a\n',
    'Bearer: a',
  ])('refuses %j', (header) => {
    // What a header cannot hold may come through in any form but that of a token.
    if (header === 'Bearer a\tb' || header === 'Bearer a\n') {
      let found: string | undefined;
      try {
        found = bearer(header);
      } catch (error) {
        expect(error).toBeInstanceOf(AccessTokenInvalidError);
      }
      expect(found).not.toBe('a');
    } else expect(() => bearer(header)).toThrow(AccessTokenInvalidError);
  });

  it('is not slow for any header', () => {
    const start = cpuMs();
    for (const header of [
      `Bearer${' '.repeat(1e5)}`,
      `bearer ${'a '.repeat(5e4)}`,
      `bearer ${'a'.repeat(1e5)} b`,
    ])
      expect(() => bearer(header)).toThrow(AccessTokenInvalidError);
    expect(cpuMs() - start).toBeLessThan(500);
  });
});

describe('hasAuthorization', () => {
  it('is true for any scheme, an empty one included', () => {
    for (const authorization of ['', 'x', 'Basic x', 'Bearer x'])
      expect(hasAuthorization({ headers: { authorization } })).toBe(true);
    expect(hasAuthorization({ headers: {} })).toBe(false);
  });
});

describe('cookieOf', () => {
  it.each<[string | string[] | undefined, string | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['__Host-session=v', 'v'],
    ['a=b; __Host-session=v; c=d', 'v'],
    ['a=b;__Host-session=v;c=d', 'v'],
    [' __Host-session = v ', 'v'],
    ['__Host-session=', ''],
    ['__Host-session=a=b', 'a=b'],
    ['__Host-session="v"', '"v"'],
    ['__Host-session', undefined],
    ['x__Host-session=v', undefined],
    ['__Host-session2=v', undefined],
    ['__host-session=v', undefined],
    ['a=__Host-session=v', undefined],
    ['a="x; __Host-session=v"', 'v"'],
    [['a=b', '__Host-session=v'], 'v'],
  ])('reads %j as %j', (header, value) => {
    expect(cookie(header)).toBe(value);
  });

  it('refuses two of the name, even if they are the same', () => {
    for (const header of [
      '__Host-session=a; __Host-session=b',
      '__Host-session=a;x=y;__Host-session=a',
      '__Host-session=; __Host-session=a',
    ])
      expect(() => cookie(header)).toThrow(RequestInvalidError);
    expect(() => cookie(['__Host-session=a', '__Host-session=b'])).toThrow(RequestInvalidError);
  });

  it('reads nothing of Object.prototype', () => {
    expect(cookie('a=b', 'constructor')).toBeUndefined();
    expect(cookie('a=b', '__proto__')).toBeUndefined();
  });
});
