import { describe, expect, it } from '@jest/globals';
import type { AuthOptions } from 'nestjs-aerie';
import { PASSWORD } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp } from '../support/test-app.js';

const PLAIN = { name: 'session', secure: false, sameSite: 'lax' } as const;

describe.each(ADAPTERS)('cookies as an application wants them, on %s', (adapter) => {
  /** What a login in both modes and a logout set. */
  async function tour(cookies: NonNullable<AuthOptions['cookies']>): Promise<readonly string[]> {
    const app = await startTestApp({ adapter, options: { cookies } });
    await app.users.add('ada');
    const set: string[] = [];
    const sent: string[] = [];
    const step = async (path: string, json?: object) => {
      // Without a jar: this machine is none of the domains that the cookies are for.
      const response = await fetch(app.url + path, {
        method: 'POST',
        headers: {
          ...(sent.length > 0 && { cookie: sent.join('; ') }),
          ...(json && { 'content-type': 'application/json' }),
        },
        ...(json && { body: JSON.stringify(json) }),
      });
      const setCookies = response.headers.getSetCookie();
      expect([200, 204]).toContain(response.status);
      set.push(...setCookies);
      if (json) sent.push(...setCookies.map((cookie) => cookie.split(';')[0]!));
    };
    await step('/auth/login', { identifier: 'ada', password: PASSWORD, mode: 'session' });
    await step('/auth/login', { identifier: 'ada', password: PASSWORD, mode: 'hybrid' });
    await step('/auth/logout');
    await app.close();
    // A second may pass between the database's clock and the answer.
    return set.map((cookie) =>
      cookie.replace(/=(s\d|rt1|d1)_[\w-]+/, '=VALUE').replace('=43199;', '=43200;'),
    );
  }

  it('have names, SameSite and domains of its own', async () => {
    const set = await tour({
      session: { name: '__Secure-s', sameSite: 'lax', domain: 'example.com' },
      refresh: { name: 'r', sameSite: 'none', path: '/api/auth' },
    });
    expect(set).toEqual([
      '__Secure-s=VALUE; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure; Domain=example.com',
      '__Host-device=VALUE; Path=/; Max-Age=15552000; HttpOnly; SameSite=Lax; Secure',
      'r=VALUE; Path=/api/auth; Max-Age=1209600; HttpOnly; SameSite=None; Secure',
      '__Secure-s=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure',
      '__Secure-s=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure; Domain=example.com',
      'r=; Path=/api/auth; Max-Age=0; HttpOnly; SameSite=None; Secure',
    ]);
  });

  it('are partitioned for pages that other sites embed, and the earlier ones are cleared', async () => {
    const set = await tour({ partitioned: true });
    const session = (value: string, age: number, last = '; Partitioned') =>
      `__Host-session=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=None; Secure${last}`;
    const refresh = (value: string, age: number, last = '; Partitioned') =>
      `__Host-refresh=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=None; Secure${last}`;
    expect(set).toEqual([
      session('VALUE', 43_200),
      '__Host-device=VALUE; Path=/; Max-Age=15552000; HttpOnly; SameSite=None; Secure; Partitioned',
      refresh('VALUE', 1_209_600),
      session('', 0, ''),
      session('', 0),
      refresh('', 0, ''),
      refresh('', 0),
    ]);
  });

  it('that were partitioned, and are no longer, are cleared where two of a name come', async () => {
    const app = await startTestApp({ adapter });
    await app.users.add('ada');
    const headers = { cookie: '__Host-session=now; __Host-session=before' };
    const json = { identifier: 'ada', password: PASSWORD };
    const gone = /^__Host-session=; Path=\/; Max-Age=0; .*; Partitioned$/;
    for (const [path, input] of [
      ['/auth/login', { headers, json }],
      ['/auth/logout', { headers }],
    ] as const) {
      const { setCookies } = await app.client().post(path, input);
      expect(setCookies).toContainEqual(expect.stringMatching(gone));
    }
    await app.close();
  });

  it('go without Secure only where it says so, and are HttpOnly all the same', async () => {
    const set = await tour({ session: PLAIN, refresh: { name: 'refresh', secure: false } });
    expect(set).toHaveLength(5);
    for (const cookie of set) {
      expect(cookie).toContain('; HttpOnly; SameSite=');
      expect(cookie).not.toContain('Secure');
    }
  });

  it('that a browser would drop stop the boot', async () => {
    for (const cookies of [
      { session: { secure: false } },
      { session: { domain: 'example.com' } },
      { refresh: { domain: 'example.com' } },
      { refresh: { name: '__Host-refresh', path: '/auth' } },
      { session: { name: 's', secure: false, sameSite: 'none' } },
      { partitioned: true, session: { sameSite: 'strict' } },
      { partitioned: true, refresh: { name: 'r', secure: false } },
    ] as NonNullable<AuthOptions['cookies']>[])
      await expect(startTestApp({ adapter, options: { cookies } })).rejects.toMatchObject({
        code: 'AUTH_CONFIG_INVALID',
      });
  });
});
