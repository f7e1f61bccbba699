import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Nodes } from '../support/nodes.js';
import { OwnPostgres } from '../support/servers/own-postgres.js';
import { until } from '../support/until.js';
import * as signIns from './warm-sign-ins.js';

// Servers start: a limit that only a hang reaches.
jest.setTimeout(120_000);

const LISTENER = `application_name = 'nestjs-aerie revocation feed'`;
/** No poll is due in the time that this takes. */
const SELDOM = { pollInterval: '60s', maxStaleness: '60s' } as const;
const SOON_MS = 10_000;

describe('PostgreSQL ends the connections that listen', () => {
  let server: OwnPostgres;
  let nodes: Nodes;
  beforeAll(async () => {
    server = await OwnPostgres.start();
    nodes = await Nodes.start(2, { database: server, options: { revocation: SELDOM } });
  });
  afterAll(async () => {
    await nodes?.close();
    await server?.close();
  });

  const listeners = async (): Promise<ReadonlySet<number>> => {
    const rows = await server.query<{ pid: number }>(
      `select pid from pg_stat_activity where ${LISTENER} and query ilike 'listen %'`,
    );
    return new Set(rows.map(({ pid }) => pid));
  };

  it('every node listens again by itself, and hears what was said meanwhile', async () => {
    const { all } = nodes;
    const pair = await signIns.warmPair(all);
    const before = await listeners();
    expect(before.size).toBe(2);
    await server.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${LISTENER}`);
    await signIns.end(all[0]!, pair);
    await until('both listen again', async () => {
      const now = await listeners();
      return now.size === 2 && [...now].every((pid) => !before.has(pid));
    });
    await signIns.known(all, pair, SOON_MS);
    const next = await signIns.warmPair(all);
    await signIns.end(all[1]!, next);
    await signIns.known(all, next, SOON_MS);
  });
});
