import { describe, expect, it } from '@jest/globals';
import { CookieJar } from 'nestjs-aerie/testing';

const answered = (...lines: string[]) => ({ headers: { 'set-cookie': lines } });
const HOST = '__Host-session=abc; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=60';

describe('a jar for cookies', () => {
  it('keeps Secure cookies over http, from every kind of response', () => {
    const fetched = { headers: new Headers([['set-cookie', HOST]]) };
    for (const response of [answered(HOST), { headers: { 'set-cookie': HOST } }, fetched]) {
      const jar = new CookieJar();
      expect(jar.keep(response)).toBe(response);
      expect(jar.headers('http://127.0.0.1:3000/me?x=1')).toEqual({ cookie: '__Host-session=abc' });
      expect(jar.get('__Host-session')).toBe('abc');
    }
  });

  it('sends what the latest response says', () => {
    const jar = new CookieJar();
    expect(jar.headers()).toEqual({});
    jar.keep({ headers: {} });
    jar.keep(answered(HOST, 'theme=dark', 'nothing', '=x'));
    jar.keep(answered('__Host-session=def; Path=/; Secure'));
    expect(jar.headers()).toEqual({ cookie: '__Host-session=def; theme=dark' });
  });

  it('forgets what the server removes, and all of it when it is cleared', () => {
    const jar = new CookieJar();
    jar.keep(answered('a=1; Max-Age=9', 'b=2; Expires=Wed, 01 Jan 2098 00:00:00 GMT', 'c=3', 'd=4'));
    jar.keep(answered('a=; max-age=0', 'b=; expires=Thu, 01 Jan 1970 00:00:00 GMT'));
    jar.keep(answered('c=; Max-Age=-1; Expires=Wed, 01 Jan 2098 00:00:00 GMT'));
    expect(jar.headers()).toEqual({ cookie: 'd=4' });
    jar.clear();
    expect(jar.headers()).toEqual({});
  });

  it('sends a cookie of a path to that path alone', () => {
    const jar = new CookieJar();
    jar.keep(answered('__Secure-refresh=r; Path=/auth/refresh; Secure'));
    const sentTo = (path: string) => jar.headers(path).cookie !== undefined;
    expect(['/auth/refresh', '/auth/refresh/x', '/auth/refreshed', '/auth', '/'].map(sentTo)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('is a plugin of supertest: it sets the header, and hears the response', () => {
    const jar = new CookieJar();
    const seen: string[] = [];
    let respond: (response: object) => void = () => {};
    const request = {
      url: 'http://127.0.0.1:3000/me',
      set: (name: string, value: string) => seen.push(`${name}: ${value}`),
      on: (_event: 'response', listener: (response: never) => void) => {
        respond = listener as never;
      },
    };
    jar.plugin(request);
    respond(answered(HOST));
    jar.plugin(request);
    expect(seen).toEqual(['cookie: __Host-session=abc']);
  });
});
