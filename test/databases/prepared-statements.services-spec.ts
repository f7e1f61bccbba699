import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { LogTrap } from '../support/log-trap.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';

describe('prepared statements on PostgreSQL', () => {
  let app: TestApp;
  const log = new LogTrap();
  beforeAll(async () => {
    const connection = { ...testConnection('postgres'), poolSize: 1 } as TypeOrmModuleOptions;
    app = await startTestApp({ connection, override: (builder) => log.override(builder) });
    await app.users.add('ada');
  });
  afterAll(async () => {
    await dropTables(app.source);
    await app.close();
  });

  const prepared = async (): Promise<number> => {
    const [{ count }] = await app.source.query(
      `select count(*)::int as count from pg_prepared_statements where name like 'aerie_%'`,
    );
    return count;
  };

  it('are kept for a connection, and done without once a pooler has lost one', async () => {
    const { refreshToken } = (await app.authentication.signIn('user-1', { mode: 'tokens' })) as {
      refreshToken: string;
    };
    const second = await app.authentication.refresh(refreshToken);
    expect(await prepared()).toBeGreaterThan(0);

    // What a pooler in transaction mode does: the next statement finds a connection that never heard of it.
    await app.source.query('deallocate all');
    const third = await app.authentication.refresh(second.refreshToken);
    expect(third.refreshToken).not.toBe(second.refreshToken);
    expect(await prepared()).toBe(0);
    expect(log.lines.join('\n')).toContain('prepared statements get lost');

    await app.authentication.refresh(third.refreshToken);
    expect(app.events.filter(({ type }) => type === 'token_rotated')).toHaveLength(3);
  });
});
