import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { limitConnecting, type LimitedPool } from './pg-connecting-limit.js';

const LIMIT_MS = 100;

describe('connections that a silent server never finishes', () => {
  const sockets = new Set<Socket>();
  let server: Server;
  let connectionString: string;
  beforeEach(async () => {
    server = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    connectionString = `postgres://user@127.0.0.1:${(server.address() as AddressInfo).port}/test`;
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('lose their place in the pool to the next one that waits', async () => {
    const pool = new pg.Pool({ connectionString, max: 1 });
    limitConnecting(pool as unknown as LimitedPool, LIMIT_MS);
    limitConnecting(pool as unknown as LimitedPool, LIMIT_MS);
    const both = await Promise.allSettled([pool.connect(), pool.connect()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(sockets.size).toBe(2);
    await pool.end();
  });

  it("are given up at the host's own limit, where it has one", async () => {
    const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: LIMIT_MS });
    limitConnecting(pool as unknown as LimitedPool, 60_000);
    await expect(pool.connect()).rejects.toThrow('timeout');
    await pool.end();
  });
});

it('hands all on that a connection is made with, the hidden password too, and hides it still', () => {
  const given: object[] = [];
  class Client {
    constructor(options: object) {
      given.push(options);
    }
  }
  const options = Object.defineProperty({ user: 'ada' }, 'password', { value: 'secret', enumerable: false });
  const pool: LimitedPool = { options: {}, Client };
  limitConnecting(pool, LIMIT_MS);
  new pool.Client!(options);
  expect(given).toEqual([{ user: 'ada', connectionTimeoutMillis: LIMIT_MS }]);
  expect((given[0] as { password: string }).password).toBe('secret');
  expect(Object.keys(given[0]!)).not.toContain('password');
});
