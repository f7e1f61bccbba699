/** PgBouncer of Debian 12 (1.18): in transaction mode it knows no prepared statements, and no LISTEN. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { AuthStatus } from 'nestjs-aerie';
import { typeOrmStores } from 'nestjs-aerie/typeorm';
import { LogTrap } from '../support/log-trap.js';
import { OwnPgBouncer, type PoolMode } from '../support/servers/own-pgbouncer.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { POSTGRES_URL, testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';
import { until } from '../support/until.js';

// Servers start, and what never arrives is waited for: a limit that only a hang reaches.
jest.setTimeout(120_000);

describe.each<PoolMode>(['transaction', 'session'])('through PgBouncer in %s mode', (mode) => {
  let pooler: OwnPgBouncer;
  let app: TestApp | undefined;
  const log = new LogTrap();
  beforeAll(async () => {
    pooler = await OwnPgBouncer.start(POSTGRES_URL, mode);
  });
  afterEach(async () => {
    if (app) await dropTables(app.source);
    await app?.close();
    app = undefined;
    log.lines.length = 0;
  });
  afterAll(() => pooler?.close());

  const start = async (preparedStatements: boolean, notifications: boolean): Promise<TestApp> => {
    const connection = { ...testConnection('postgres'), url: pooler.url } as TypeOrmModuleOptions;
    app = await startTestApp({
      connection,
      options: {
        stores: typeOrmStores({ database: { preparedStatements } }),
        revocation: { notifications },
      },
      override: (builder) => log.override(builder),
    });
    await app.users.add('ada');
    return app;
  };
  const connected = () => app!.app.get(AuthStatus).feed()!.notifierConnected;

  /** Sign-ins, refreshes and ends of several callers at a time, who get each other's connections. */
  const used = async ({ authentication }: TestApp): Promise<void> => {
    const one = async (): Promise<void> => {
      let { refreshToken } = (await authentication.signIn('user-1', { mode: 'tokens' })) as {
        refreshToken: string;
      };
      for (let i = 0; i < 5; i++) ({ refreshToken } = await authentication.refresh(refreshToken));
    };
    await Promise.all(Array.from({ length: 6 }, one));
    await authentication.rolesChanged('user-1');
    await authentication.endAllSignIns('user-1');
    expect(await authentication.listSignIns('user-1')).toEqual([]);
  };

  it('works without prepared statements, by polling', async () => {
    await used(await start(false, false));
    expect(log.lines.filter((line) => /prepared statements|notifications/.test(line))).toEqual([]);
  });

  it('works with prepared statements left on, and says once that they are given up', async () => {
    await used(await start(true, false));
    const said = log.lines.filter((line) => line.includes('prepared statements get lost'));
    expect(said).toHaveLength(mode === 'transaction' ? 1 : 0);
  });

  it('tells whether notifications come through', async () => {
    await start(false, true);
    if (mode === 'session') {
      await until('it listens', () => connected() === true);
      return;
    }
    await until('the log says it', () =>
      log.lines.some((line) => line.includes('did not arrive through it')),
    );
    expect(connected()).toBe(false);
    expect(log.lines.filter((line) => line.includes('does not carry notifications'))).toHaveLength(1);
    await used(app!);
  });
});
