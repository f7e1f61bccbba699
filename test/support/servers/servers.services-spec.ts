import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster } from 'redis';
import { until } from '../until.js';
import { CuttableProxy } from './cuttable-proxy.js';
import { OwnMariaDb } from './own-mariadb.js';
import { OwnPostgres } from './own-postgres.js';
import { OwnRedis } from './own-redis.js';
import { OwnRedisCluster } from './own-redis-cluster.js';
import { redisCommand } from './redis-command.js';

// Servers start: a limit that only a hang reaches.
jest.setTimeout(120_000);

const SILENT_MS = 300;
const WELL_MS = 10_000;

describe('a Redis of its own', () => {
  let redis: OwnRedis;
  beforeAll(async () => {
    redis = await OwnRedis.start({ settings: { maxmemory: '64mb', 'maxmemory-policy': 'volatile-lru' } });
  });
  afterAll(() => redis?.close());

  it('takes settings', async () => {
    expect(String(await redis.command('INFO', 'memory'))).toContain('maxmemory_policy:volatile-lru');
  });

  it('hung, it accepts a connection and answers nothing; resumed, it answers', async () => {
    await redis.hang();
    await expect(redisCommand(redis.port, ['PING'], SILENT_MS)).rejects.toThrow('no answer within 300 ms');
    redis.resume();
    expect(await redis.answers(WELL_MS)).toBe(true);
  });

  it('flushed, it is empty', async () => {
    await redis.command('SET', 'key', 'value');
    await redis.flush();
    expect(await redis.command('GET', 'key')).toBeNull();
  });

  it.each(['stop', 'kill'] as const)(
    'after %s it refuses; started again, it is empty and on the same port',
    async (how) => {
      const { url } = redis;
      await redis.command('SET', 'key', 'value');
      await redis[how]();
      await expect(redis.command('PING')).rejects.toThrow('ECONNREFUSED');
      await redis.start();
      expect(redis.url).toBe(url);
      expect(await redis.command('GET', 'key')).toBeNull();
    },
  );

  it('stops when it hangs', async () => {
    await redis.hang();
    await redis.stop();
    await redis.start();
  });

  it('has a replica, which lacks what was written after it fell behind, once it is promoted', async () => {
    const replica = await OwnRedis.start({ replicaOf: redis });
    try {
      await redis.command('SET', 'early', 'yes');
      await replica.catchUp(redis);
      await replica.fallBehind();
      await redis.command('SET', 'late', 'yes');
      await expect(replica.command('SET', 'own', 'no')).rejects.toThrow('READONLY');
      await replica.promote();
      expect(await replica.command('GET', 'early')).toBe('yes');
      expect(await replica.command('GET', 'late')).toBeNull();
      expect(await replica.command('SET', 'own', 'yes')).toBe('OK');
    } finally {
      await replica.close();
    }
  });
});

describe('a Redis Cluster of its own', () => {
  let cluster: OwnRedisCluster;
  beforeAll(async () => {
    cluster = await OwnRedisCluster.start();
  });
  afterAll(() => cluster?.close());

  it('takes keys of all slots, each on one of its nodes', async () => {
    const client = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) });
    client.on('error', () => undefined);
    await client.connect();
    const keys = Array.from({ length: 60 }, (_, i) => `key-${i}`);
    for (const key of keys) await client.set(key, `value of ${key}`);
    expect(await Promise.all(keys.map((key) => client.get(key)))).toEqual(
      keys.map((key) => `value of ${key}`),
    );
    client.destroy();
    const sizes = await Promise.all(cluster.nodes.map((node) => node.command('DBSIZE')));
    for (const size of sizes) expect(size).toBeGreaterThan(0);
    expect(sizes.reduce((sum: number, size) => sum + Number(size), 0)).toBe(keys.length);
  });
});

describe.each([
  ['PostgreSQL', OwnPostgres],
  ['MariaDB', OwnMariaDb],
])('a %s of its own', (_name, Server) => {
  let server: OwnPostgres | OwnMariaDb;
  beforeAll(async () => {
    server = await Server.start();
    await server.query('create table kept (id int primary key)');
  });
  afterAll(() => server?.close());

  it('hung, it answers no client; resumed, it does', async () => {
    await server.hang();
    expect(await server.answers(SILENT_MS)).toBe(false);
    server.resume();
    expect(await server.answers(WELL_MS)).toBe(true);
  });

  it.each(['fast', 'immediate'] as const)(
    'stopped (%s) it refuses; started again, it has its data',
    async (how) => {
      const { url } = server;
      await server.query(`insert into kept values (${how.length})`);
      await server.stop(how);
      await expect(server.query('select 1')).rejects.toThrow('ECONNREFUSED');
      await server.start();
      expect(server.url).toBe(url);
      expect(await server.query(`select id from kept where id = ${how.length}`)).toEqual([
        { id: how.length },
      ]);
    },
  );

  it('is gone at once when it is closed while it hangs', async () => {
    const other = await Server.start();
    await other.hang();
    await other.close();
    expect(await other.answers(SILENT_MS)).toBe(false);
  });
});

describe('a way that can be cut', () => {
  let redis: OwnRedis;
  let proxy: CuttableProxy;
  beforeAll(async () => {
    redis = await OwnRedis.start();
    proxy = await CuttableProxy.to(redis.url);
  });
  afterAll(async () => {
    await proxy?.close();
    await redis?.close();
  });
  const ping = (withinMs: number) => redisCommand(proxy.port, ['PING'], withinMs);

  it('leads there', async () => {
    expect(await ping(WELL_MS)).toBe('PONG');
    expect(proxy.urlOf(redis.url)).toBe(`redis://127.0.0.1:${proxy.port}`);
  });

  it('cut, it refuses; the server itself is well', async () => {
    await proxy.cut();
    await expect(ping(WELL_MS)).rejects.toThrow('ECONNREFUSED');
    expect(await redis.answers(WELL_MS)).toBe(true);
    await proxy.restore();
    expect(await ping(WELL_MS)).toBe('PONG');
  });

  it('hung, nothing passes until it is restored', async () => {
    proxy.hang();
    await expect(ping(SILENT_MS)).rejects.toThrow('no answer');
    const late = ping(WELL_MS);
    await proxy.restore();
    expect(await late).toBe('PONG');
  });

  it('lost, who came meanwhile hears nothing any more', async () => {
    proxy.lose();
    const lost = ping(SILENT_MS * 3).catch((error: Error) => error.message);
    await expect(ping(SILENT_MS)).rejects.toThrow('no answer');
    await proxy.restore();
    expect(await ping(WELL_MS)).toBe('PONG');
    expect(await lost).toContain('no answer');
  });
});

it('leaves nothing behind when the process that started it is killed', async () => {
  const keeper = join(import.meta.dirname, 'process-keeper.mjs');
  // It starts what a test does, says what it started, and is killed.
  const starter = `
    import { spawn } from 'node:child_process';
    import { mkdtempSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    import { join } from 'node:path';
    const directory = mkdtempSync(join(tmpdir(), 'aerie-own-'));
    const keeper = spawn(process.execPath, [${JSON.stringify(keeper)}, directory], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
    const redis = spawn('redis-server', ['--port', '0', '--unixsocket', join(directory, 's'), '--dir', directory, '--save', ''], { stdio: 'ignore' });
    keeper.stdin.write('+' + redis.pid + '\\n');
    console.log(JSON.stringify({ directory, pid: redis.pid }));
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', starter], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data) => resolve(String(data))),
  );
  const { directory, pid } = JSON.parse(printed) as { directory: string; pid: number };
  process.kill(pid, 'SIGSTOP');
  child.kill('SIGKILL');
  await until('the directory is gone', () => !existsSync(directory));
  const states = execFileSync('ps', ['-A', '-o', 'pid=,stat='], { encoding: 'utf8' });
  expect(states).not.toMatch(new RegExp(`^\\s*${pid} [^Z]`, 'm'));
});
