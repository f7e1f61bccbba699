import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type AuthOptions } from 'nestjs-aerie';
import { AuthStores } from 'nestjs-aerie/stores';
import { authTesting, Clock, CookieJar, ManualClock, MemoryStores } from 'nestjs-aerie/testing';
import { CatsController } from './cats.js';

class Users {
  findSubject = async (name: string) => name;
  verifyPassword = async () => true;
  loadSubject = async (id: string) => ({ id });
}

describe('a clock that a test moves, with stores in memory', () => {
  let clock: ManualClock;
  let app: INestApplication;
  let url: string;
  const start = async (options: Partial<AuthOptions> = {}): Promise<void> => {
    const module = await Test.createTestingModule({
      imports: [authTesting({ users: Users, ...options })],
      controllers: [CatsController],
    })
      .overrideProvider(Clock)
      .useValue(clock)
      .overrideProvider(AuthStores)
      .useValue(new MemoryStores(clock))
      .setLogger(false as never)
      .compile();
    app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    url = (await app.getUrl()).replace(/\/$/, '');
  };
  beforeEach(() => {
    clock = new ManualClock(new Date('2030-01-01T00:00:00Z'));
  });
  afterEach(() => app.close());

  const post = (path: string, body: object, headers: object = {}) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const login = (mode: string) => post('/auth/login', { identifier: 'ada', password: 'any at all', mode });
  const get = async (path: string, headers: object): Promise<[number, string | undefined]> => {
    const response = await fetch(url + path, { headers: { ...headers } });
    const body = (await response.json()) as { code?: string };
    return [response.status, body.code];
  };

  it('ends access tokens after their lifetime and the tolerance, and a refresh gives a new one', async () => {
    await start();
    const first = (await (await login('tokens')).json()) as Record<string, string>;
    const bearer = (tokens: Record<string, string>) => ({
      authorization: `Bearer ${tokens['access_token']}`,
    });
    // A token lives a little shorter than the option says: its `expires_in` is exact.
    clock.advance(`${BigInt(first['expires_in']!)}s`);
    clock.advance('4s');
    expect(await get('/cats/token', bearer(first))).toEqual([200, undefined]);
    clock.advance('2s');
    expect(await get('/cats/token', bearer(first))).toEqual([401, 'AUTH_ACCESS_TOKEN_EXPIRED']);
    const refreshed = await post('/auth/refresh', { refresh_token: first['refresh_token'] });
    expect(refreshed.status).toBe(200);
    const second = (await refreshed.json()) as Record<string, string>;
    expect(await get('/cats/token', bearer(second))).toEqual([200, undefined]);
  });

  it('ends refresh tokens that lie idle, and those that reach their absolute limit', async () => {
    await start({ refreshTokens: { idle: '14d', absolute: '20d' } });
    const refresh = async (token: string) => {
      const response = await post('/auth/refresh', { refresh_token: token });
      return [
        response.status,
        ((await response.json()) as Record<string, string>)['refresh_token']!,
      ] as const;
    };
    const idle = (await (await login('tokens')).json()) as Record<string, string>;
    const used = (await (await login('tokens')).json()) as Record<string, string>;
    clock.advance('13d');
    const [, next] = await refresh(used['refresh_token']!);
    clock.advance('2d');
    expect((await refresh(idle['refresh_token']!))[0]).toBe(401);
    const [status, last] = await refresh(next);
    expect(status).toBe(200);
    clock.advance('6d');
    expect((await refresh(last))[0]).toBe(401);
  });

  it('takes a refresh token that comes again, half a minute later, for a stolen one', async () => {
    await start();
    const { refresh_token: first } = (await (await login('tokens')).json()) as Record<string, string>;
    const status = async (token: string) => (await post('/auth/refresh', { refresh_token: token })).status;
    const rotated = await post('/auth/refresh', { refresh_token: first });
    const { refresh_token: second } = (await rotated.json()) as Record<string, string>;
    expect(await status(first!)).toBe(200);
    clock.advance('31s');
    expect(await status(first!)).toBe(401);
    expect(await status(second!)).toBe(401);
  });

  it('ends sessions that lie idle; those in use go on, until their absolute limit', async () => {
    await start({ sessions: { idle: '30m', absolute: '2h' } });
    const [idle, used] = [new CookieJar(), new CookieJar()];
    idle.keep(await login('session'));
    used.keep(await login('session'));
    for (let minutes = 0; minutes < 100; minutes += 20) {
      clock.advance('20m');
      expect(await get('/cats', used.headers())).toEqual([200, undefined]);
    }
    expect(await get('/cats', idle.headers())).toEqual([401, 'AUTH_SESSION_EXPIRED']);
    clock.advance('20m');
    expect(await get('/cats', used.headers())).toEqual([401, 'AUTH_SESSION_EXPIRED']);
  });

  it('is what cookies and principals are dated by', async () => {
    await start({ sessions: { absolute: '2h' } });
    clock.advance('10d');
    const response = await login('session');
    expect(response.headers.getSetCookie()[0]).toMatch(/; Max-Age=7200(;|$)/);
    const jar = new CookieJar();
    jar.keep(response);
    const seen = (await (await fetch(`${url}/cats`, { headers: { ...jar.headers() } })).json()) as {
      user: { authenticatedAt: string };
    };
    expect(seen.user.authenticatedAt).toBe('2030-01-11T00:00:00.000Z');
  });
});

describe('ManualClock', () => {
  it('refuses what is no date, and what is no duration', () => {
    expect(() => new ManualClock(new Date('never'))).toThrow(RangeError);
    expect(() => new ManualClock().advance('1.5h' as never)).toThrow('"1.5h" is no duration');
  });
});
