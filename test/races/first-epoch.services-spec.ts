import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthStores } from 'nestjs-aerie/stores';
import { hostTransaction } from 'nestjs-aerie/typeorm';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';

describe.each(['postgres', 'mariadb'] as const)('a subject without a row yet, on %s', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ connection: testConnection(database) });
  });
  afterAll(async () => {
    await dropTables(app.source);
    await app.close();
  });

  it('is moved past the epoch that a sign-in reads while it is being changed', async () => {
    const { subjects } = app.app.get(AuthStores);
    const runner = app.source.createQueryRunner();
    // At REPEATABLE READ, MariaDB locks the gap, and the sign-in waits instead.
    await runner.startTransaction('READ COMMITTED');
    let read: number | undefined;
    // The host's transaction; a sign-in makes the row on another connection right after its first statement.
    const transaction = hostTransaction(runner.manager);
    const watched = {
      query: async (text: string, params: readonly (string | number | boolean | null)[]) => {
        const result = await transaction.query(text, params);
        read ??= (await subjects.epochs('late')).epoch;
        return result;
      },
    };
    await app.authentication.rolesChanged('late', { transaction: watched });
    await runner.commitTransaction();
    await runner.release();
    expect((await subjects.epochs('late')).epoch).toBeGreaterThan(read!);
  });
});
