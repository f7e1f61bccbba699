import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { StoreUnavailableError } from '../../errors/auth-error.js';
import { POSTGRES } from './dialect.js';
import { trustedSql } from './sql.js';
import { type ServerConnection, ServerDatabase } from './server-database.js';

Logger.overrideLogger(false);

const STATEMENT = trustedSql('select 1');
const log = { query: () => undefined, failure: () => undefined };
const table = () => {
  throw new Error('no table is asked for');
};
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
    const database = new ServerDatabase({ dialect: POSTGRES, begin: [], connect, table, log }, 30);
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
