import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { StoreUnavailableError } from '../../errors/auth-error.js';
import { POSTGRES } from '../../sql/database/dialect.js';
import { trustedSql } from '../../sql/database/sql.js';
import { type ServerConnection, TypeOrmServerDatabase } from './server-database.js';

Logger.overrideLogger(false);

const STATEMENT = trustedSql('select 1');
const source = { logger: { logQuery: () => undefined } } as unknown as DataSource;
const connection: ServerConnection = {
  pooled: {},
  query: async () => ({ rows: [{ one: 1 }], affected: 0 }),
  release: () => undefined,
  sever: () => undefined,
  cancellation: undefined,
};

describe('a database that hands out no connection', () => {
  it('is asked for no more than some at a time, and never for a call that was given up', async () => {
    const asked: { answer: (connection: ServerConnection) => void }[] = [];
    const connect = () => new Promise<ServerConnection>((answer) => asked.push({ answer }));
    const database = new TypeOrmServerDatabase(source, { dialect: POSTGRES, begin: [], connect }, 30);
    const outcomes = await Promise.allSettled(Array.from({ length: 500 }, () => database.run(STATEMENT)));
    for (const outcome of outcomes)
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(StoreUnavailableError);
    expect(asked.length).toBe(100);

    for (const { answer } of asked) answer(connection);
    await new Promise(setImmediate);
    expect(asked.length).toBe(100);
    const late = database.run(STATEMENT);
    expect(asked.length).toBe(101);
    asked[100]!.answer(connection);
    expect((await late).rows).toEqual([{ one: 1 }]);
  });
});
