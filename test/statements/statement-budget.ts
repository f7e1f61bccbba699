import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { PASSWORD, refreshed, SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import { age, dropTables } from '../support/test-stores.js';
import type { DriverWatch } from './driver-watch.js';

// Real databases and hundreds of requests: a limit that only a hang reaches.
jest.setTimeout(60_000);

const KEY = 'the-key-of-this-refresh-token';
const MINUTE_MS = 60_000;

/**
 * How many statements the driver gets. `brackets`: what a transaction costs beside its statements (MariaDB has its
 * isolation set by a statement of its own). `counting`: what it costs more to count a try (MariaDB's upsert returns no
 * counts: a read and a transaction).
 */
export function statementBudget(
  watched: () => DriverWatch,
  { adapter, brackets, counting = 0 }: { adapter: Adapter; brackets: number; counting?: number },
): void {
  let app: TestApp;
  let watch: DriverWatch;
  beforeAll(async () => {
    watch = watched();
    // Managed keys are read now and then, by the clock.
    app = await startTestApp({
      adapter,
      connection: watch.connection,
      trustProxy: true,
      options: { keys: 'secret' },
    });
    await app.users.add('ada');
  });
  afterAll(async () => {
    await dropTables(app.source);
    await app.close();
  });

  async function sent(work: () => Promise<unknown>): Promise<number> {
    const before = watch.statements.length;
    await work();
    return watch.statements.length - before;
  }
  const open = async (subject = 'user-1') => {
    const { principal, refreshToken } = (await app.authentication.signIn(subject, { mode: 'tokens' })) as {
      principal: { signInId: string };
      refreshToken: string;
    };
    return { id: principal.signInId, token: refreshToken };
  };
  /** A sign-in by password over HTTP, and the device cookie that it set. */
  const login = async (password: string, cookie = '', status = 200) => {
    const answer = await app.client().post('/auth/login', {
      // An address of the Internet: clients of this machine have no limit by address.
      headers: { 'x-forwarded-for': '203.0.113.7', ...(cookie && { cookie }) },
      json: { identifier: 'ada', password },
    });
    expect(answer.status).toBe(status);
    return answer.setCookies.find((line) => line.startsWith('__Host-device='))?.split(';')[0] ?? cookie;
  };
  const refresh = (token: unknown, idempotencyKey?: string) =>
    app.authentication.refresh(token as string, idempotencyKey === undefined ? {} : { idempotencyKey });
  const refused = (token: unknown, idempotencyKey?: string) =>
    expect(refresh(token, idempotencyKey)).rejects.toMatchObject({ code: 'AUTH_REFRESH_TOKEN_INVALID' });

  describe('a rotation costs two: the read, and the statement that decides', () => {
    it('by the service, each of a hundred', async () => {
      let { token } = await open();
      for (let i = 0; i < 100; i++) {
        const count = await sent(async () => (token = (await refresh(token)).refreshToken));
        expect([i, count]).toEqual([i, 2]);
      }
      const [read, decision] = watch.statements.slice(-2);
      expect(read).toMatch(/^select /);
      expect(decision).toMatch(/^update .*auth_refresh_token_family/);
    });

    it('with an Idempotency-Key, and right after a step-up', async () => {
      const { token } = await open();
      expect(await sent(() => refresh(token, KEY))).toBe(2);
      const other = await open();
      const { refreshToken } = (await app.authentication.stepUp('user-1', { refreshToken: other.token }, [
        'otp',
      ])) as { refreshToken: string };
      expect(await sent(() => refresh(refreshToken))).toBe(2);
    });

    it('over HTTP, from a body and from a cookie', async () => {
      const { body } = await signIn(app, 'tokens');
      expect(await sent(() => refreshed(app, body.refresh_token))).toBe(2);
      const { client } = await signIn(app, 'hybrid');
      const count = await sent(async () => expect((await client.post('/auth/refresh')).status).toBe(200));
      expect(count).toBe(2);
    });

    it('of twenty families at once: forty', async () => {
      const families = await Promise.all(Array.from({ length: 20 }, () => open()));
      expect(await sent(() => Promise.all(families.map(({ token }) => refresh(token))))).toBe(40);
    });
  });

  describe('what we did not make costs none', () => {
    it('any bit of a token flipped', async () => {
      const { token } = await open();
      const raw = Buffer.from(token.slice(4), 'base64url');
      const count = await sent(async () => {
        for (let bit = 0; bit < raw.length * 8; bit++) {
          const forged = Buffer.from(raw);
          forged[bit >> 3]! ^= 1 << (bit & 7);
          await refused(`rt1_${forged.toString('base64url')}`, bit % 2 ? KEY : undefined);
        }
      });
      expect(count).toBe(0);
      expect(await sent(() => refresh(token))).toBe(2);
    });

    it('chance of the right form, other forms, and what is no text', async () => {
      const { token } = await open();
      const random = Array.from({ length: 200 }, () => `rt1_${randomBytes(68).toString('base64url')}`);
      const lengths = Array.from({ length: 120 }, (_, length) => `rt1_${'A'.repeat(length)}`);
      const around = [' ', '\0', '=', '"', "'", ';', '--', '%00', '\u2028'].flatMap((one) => [
        one + token,
        token + one,
        // Nothing is replaced: by chance the token itself might have '--' in that place.
        token.slice(0, 40) + one + token.slice(40),
      ]);
      const others = [token.slice(4), `RT1_${token.slice(4)}`, `rt2_${token.slice(4)}`, token + token, ''];
      const noText = [
        null,
        undefined,
        0,
        1,
        true,
        [],
        [token],
        {},
        { token },
        Buffer.from(token),
        new Date(0),
      ];
      const huge = ['A'.repeat(1_048_576), token + 'A'.repeat(1_048_576)];
      const presented = [...random, ...lengths, ...around, ...others, ...noText, ...huge];
      const count = await sent(async () => {
        for (const value of presented) await refused(value);
      });
      expect([presented.length, count]).toEqual([365, 0]);
    });

    it('a session cookie of chance, of the former form, and any bit of one flipped', async () => {
      const { client } = await signIn(app, 'session');
      const good = (await client.cookie(SESSION_COOKIE))!;
      const raw = Buffer.from(good.slice(3), 'base64url');
      const flipped = Array.from({ length: raw.length * 8 }, (_, bit) => {
        const forged = Buffer.from(raw);
        forged[bit >> 3]! ^= 1 << (bit & 7);
        return `s2_${forged.toString('base64url')}`;
      });
      const random = Array.from({ length: 100 }, () => `s2_${randomBytes(64).toString('base64url')}`);
      const former = [`s1_${raw.subarray(0, 48).toString('base64url')}`, `s1_${good.slice(3)}`];
      const count = await sent(async () => {
        for (const value of [...flipped, ...random, ...former]) {
          for (const path of ['/auth/me', '/auth/sign-ins']) {
            const headers = { cookie: `${SESSION_COOKIE}=${value}` };
            expect((await app.client().get(path, { headers })).status).toBe(401);
          }
        }
      });
      expect(count).toBe(0);
      expect((await client.get('/auth/me')).status).toBe(200);
    });
  });

  // A transaction has its brackets; the rest is said beside each.
  it.each([
    {
      what: 'a sign-in of a subject that has a row: its epochs, its lock, the row',
      cost: 3 + brackets,
      prepare: async () => () => open(),
    },
    {
      what: 'a login on an unknown device: the epochs, a unit of each counter, their return, a sign-in',
      cost: 5 + brackets + counting,
      prepare: async () => () => login(PASSWORD),
    },
    {
      what: 'a login on a known device: as many, for one counter',
      cost: 5 + brackets + counting,
      prepare: async () => {
        const cookie = await login(PASSWORD);
        return () => login(PASSWORD, cookie);
      },
    },
    {
      what: 'a wrong password: the epochs, a unit of each counter',
      cost: 2 + counting,
      prepare: async () => () => login('wrong', '', 401),
    },
    {
      what: 'a wrong password on a known device: as many',
      cost: 2 + counting,
      prepare: async () => {
        const cookie = await login(PASSWORD);
        return () => login('wrong', cookie, 401);
      },
    },
    {
      what: 'a guarded request: none, whatever was tried',
      cost: 0,
      prepare: async () => {
        const { client } = await signIn(app, 'session');
        await client.get('/auth/me');
        return () => client.get('/auth/me');
      },
    },
    {
      what: 'the first sign-in of a subject: its epochs, its row, its epochs again, its lock, the row',
      cost: 5 + brackets,
      prepare: async () => {
        const { id } = await app.users.add(`new ${randomBytes(4).toString('hex')}`);
        return () => open(id);
      },
    },
    {
      what: 'a replay: the read, the refusal to rotate, the lock, the count of replays',
      cost: 4 + brackets,
      prepare: async () => {
        const { token } = await open();
        await refresh(token);
        return () => refresh(token);
      },
    },
    {
      what: 'a late retry: as a replay, with the replacement',
      cost: 4 + brackets,
      prepare: async () => {
        const { id, token } = await open();
        await refresh(token, KEY);
        await age(app.source, RefreshTokenFamily, id, MINUTE_MS);
        return () => refresh(token, KEY);
      },
    },
    {
      what: 'a reuse: the read, the refusal to rotate, the lock, the revocation, its revocation',
      cost: 5 + brackets,
      prepare: async () => {
        const { token } = await open();
        await refresh((await refresh(token)).refreshToken);
        return () => refused(token);
      },
    },
    {
      what: 'any token of a family that has ended: the read',
      cost: 1,
      prepare: async () => {
        const { id, token } = await open();
        const { refreshToken } = await refresh(token);
        await app.authentication.endSignIn('user-1', id);
        return () => refused(refreshToken);
      },
    },
    {
      what: 'a step-up: the read, the lock, the new secret',
      cost: 3 + brackets,
      prepare: async () => {
        const { token } = await open();
        return () => app.authentication.stepUp('user-1', { refreshToken: token }, ['otp']);
      },
    },
    {
      what: 'a listing of sign-ins: sessions, families',
      cost: 2,
      prepare: async () => () => app.authentication.listSignIns('user-1'),
    },
  ])('$what: $cost', async ({ cost, prepare }) => {
    const work = await prepare();
    expect(await sent(work)).toBe(cost);
  });
}
