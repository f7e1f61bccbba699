import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createCache } from 'cache-manager';
import { type AuthOptions, AuthStatus } from 'nestjs-aerie';
import { Revocation } from 'nestjs-aerie/typeorm';
import { claimsOf, refreshed, signIn, statusOf } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { freshPrefix, type TestDatabase, testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';
import { until } from '../support/until.js';
import { Routes } from './routes.js';

// Databases and several applications: a limit that only a hang reaches.
jest.setTimeout(120_000);

const REVOKED = 'AUTH_ACCESS_TOKEN_REVOKED';
const HOUR = 3_600_000;
const MOST_ENTRIES = 1_000;

/** How a process may learn that a token was revoked. */
const WAYS = {
  'by the feed': () => ({}),
  'by a feed that overflows': () => ({ revocation: { maxEntries: MOST_ENTRIES } }),
  'by lookup': () => ({ revocation: { mode: 'lookup' } }),
  'by lookup, with a cache': () => ({ revocation: { mode: 'lookup' }, cache: createCache() }),
} satisfies Record<string, () => Partial<AuthOptions>>;
type Way = keyof typeof WAYS;

const CASES = ADAPTERS.flatMap((adapter) => (Object.keys(WAYS) as Way[]).map((way) => ({ adapter, way })));

/** Every way to learn of it, before and after a flush of the cache and a restart, on a route of either kind. */
export function oneAccessToken(database: TestDatabase): void {
  describe.each(CASES)(`one access token that is revoked, $way, on $adapter and ${database}`, (given) => {
    const folder = database === 'sqlite' ? mkdtempSync(join(tmpdir(), 'one-access-token-')) : null;
    const prefix = freshPrefix();
    const options: Partial<AuthOptions> = WAYS[given.way]();
    const nodes: TestApp[] = [];

    const start = async (): Promise<TestApp> => {
      const connection = {
        ...testConnection(database, prefix),
        ...(folder && { database: join(folder, 'sign-ins.db') }),
      };
      const { adapter } = given;
      const app = await startTestApp({
        adapter,
        controllers: [Routes],
        connection: connection as never,
        options,
      });
      await app.users.add('ada', undefined, { id: 'ada' });
      nodes.push(app);
      return app;
    };
    afterEach(async () => {
      const [first, ...others] = nodes.splice(0);
      for (const app of others) await app.close();
      await dropTables(first!.source);
      await first!.close();
      if (folder) rmSync(folder, { recursive: true });
    });

    const overflow = async (): Promise<void> => {
      const { source } = nodes[0]!;
      const now = Date.now();
      const rows = Array.from({ length: MOST_ENTRIES + 200 }, (_, i) => ({
        kind: 'subject_stale' as const,
        value: `other-${i}`,
        epoch: now,
        createdAt: now,
        expiresAt: now + HOUR,
      }));
      await source.getRepository(Revocation).insert(rows);
      for (const { app } of nodes)
        await until('the feed overflows', () => app.get(AuthStatus).feed()?.overflowing === true);
    };

    const codes = async (app: TestApp, bearer: string): Promise<string[]> => {
      const found: string[] = [];
      for (const path of ['/soon', '/now', '/soon']) {
        const { status, body } = await app.client().get(path, { bearer });
        found.push(status === 200 ? 'OK' : (body.code as string));
      }
      return found;
    };
    const good = async (app: TestApp, ...tokens: string[]): Promise<void> => {
      for (const token of tokens) expect(await codes(app, token)).toEqual(['OK', 'OK', 'OK']);
    };
    const bad = async (app: TestApp, token: string): Promise<void> =>
      expect(await codes(app, token)).toEqual([REVOKED, REVOKED, REVOKED]);

    it('is refused at once here and soon elsewhere, and nothing else is', async () => {
      const here = await start();
      const there = await start();
      if (given.way === 'by a feed that overflows') await overflow();
      const { body } = await signIn(here, 'tokens');
      const token = body.access_token as string;
      const next = await refreshed(here, body.refresh_token);
      const others = [
        next.access_token as string,
        (await signIn(here, 'tokens')).body.access_token as string,
      ];
      for (const app of nodes) await good(app, token, ...others);

      const json = { access_token: token };
      expect((await here.client().post('/auth/access-token/revoke', { json })).status).toBe(204);
      await bad(here, token);
      const now = await there.client().get('/now', { bearer: token });
      expect(now.body.code).toBe(REVOKED);
      await until('the other node knows', async () => (await statusOf(there, token)) === 401, 10_000);
      await bad(there, token);
      for (const app of nodes) await good(app, ...others);

      // The cache is lost: the record is what decides.
      await (options.cache as ReturnType<typeof createCache> | undefined)?.clear();
      for (const app of nodes) {
        await bad(app, token);
        await good(app, ...others);
      }
      const restarted = await start();
      await bad(restarted, token);
      await good(restarted, ...others);
      // The sign-in lives on.
      await good(restarted, (await refreshed(restarted, next.refresh_token)).access_token as string);
      expect(here.events).toContainEqual({
        type: 'access_token_revoked',
        subject: 'ada',
        signInId: claimsOf(token)['sid'],
        tokenId: claimsOf(token)['jti'],
      });
    });
  });
}
