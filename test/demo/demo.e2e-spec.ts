import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { createApp } from '../../src/create-app.js';
import { demoConfig } from '../../src/demo-config.js';
import { startText } from '../../src/start-text.js';
import { HttpClient } from '../support/http-client.js';
import { ADAPTERS, SECRET } from '../support/test-app.js';

const PASSWORD = 'correct horse battery';

describe.each(ADAPTERS)('the demo, on %s', (adapter) => {
  let app: INestApplication;
  let url: string;
  beforeAll(async () => {
    const env = { HTTP_ADAPTER: adapter, DATABASE_URL: 'sqlite::memory:', AUTH_SECRET: SECRET, PORT: '0' };
    app = await createApp(demoConfig(env));
    await app.listen(0, '127.0.0.1');
    url = (await app.getUrl()).replace(/\/$/, '');
  });
  afterAll(() => app.close());

  async function registered(email: string): Promise<HttpClient> {
    const client = new HttpClient(url);
    expect((await client.post('/users', { json: { email, password: PASSWORD } })).status).toBe(201);
    const login = { json: { identifier: email, password: PASSWORD } };
    expect((await client.post('/auth/login', login)).status).toBe(200);
    return client;
  }

  it('registers an address once, whatever its case', async () => {
    const client = new HttpClient(url);
    const first = await client.post('/users', { json: { email: 'Bea@example.com', password: PASSWORD } });
    expect([first.status, first.body]).toEqual([201, { id: expect.any(String), email: 'bea@example.com' }]);
    const again = await client.post('/users', { json: { email: 'bea@EXAMPLE.com', password: PASSWORD } });
    expect(again.status).toBe(409);
  });

  it.each([
    ['a short one', 'short'],
    ['a common one', 'password'],
    ['one letter over and over', 'aaaaaaaaaaaa'],
    ['the address itself', 'dan@example.com'],
    ['one of over 1024 characters', 'correct horse '.repeat(100)],
    ['a number', 5],
    ['null', null],
  ])('refuses %s for a password', async (_what, password) => {
    const client = new HttpClient(url);
    const answer = await client.post('/users', { json: { email: 'dan@example.com', password } });
    expect(answer.status).toBe(400);
  });

  it('shows each user their own notes, and no others', async () => {
    const ada = await registered('ada@example.com');
    const eve = await registered('eve@example.com');
    const note = await ada.post('/notes', { json: { text: 'milk' } });
    expect([note.status, note.body.text]).toEqual([201, 'milk']);
    expect((await ada.get('/notes')).body).toEqual([note.body]);
    expect((await eve.get('/notes')).body).toEqual([]);
    expect((await eve.delete(`/notes/${note.body.id}`)).status).toBe(404);
    expect((await ada.delete(`/notes/${note.body.id}`)).status).toBe(204);
    expect((await ada.get('/notes')).body).toEqual([]);
  });

  it('asks for a sign-in everywhere else', async () => {
    const anonymous = new HttpClient(url);
    expect((await anonymous.get('/notes')).body.code).toBe('AUTH_CREDENTIALS_MISSING');
    expect((await anonymous.post('/notes', { json: { text: 'x' } })).status).toBe(401);
    expect((await anonymous.get('/.well-known/jwks.json')).body).toEqual({
      keys: [expect.objectContaining({ kty: 'EC', alg: 'ES256', use: 'sig' })],
    });
  });

  it('keeps the address out of the access token, and tells it to the user alone', async () => {
    const client = await registered('fay@example.com');
    const me = { id: expect.any(String), roles: [], scopes: [] };
    expect((await client.get('/auth/me')).body.user).toEqual(me);
    const json = { identifier: 'fay@example.com', password: PASSWORD, mode: 'tokens' };
    const { body } = await new HttpClient(url).post('/auth/login', { json });
    expect(Buffer.from(body.access_token.split('.')[1], 'base64url').toString()).not.toMatch(/fay|email/);
    const own = await new HttpClient(url).get('/users/me', { bearer: body.access_token });
    expect(own.body).toEqual({ id: body.user.id, email: 'fay@example.com' });
    expect((await new HttpClient(url).get('/users/me')).status).toBe(401);
  });

  it('does not name its framework', async () => {
    for (const path of ['/notes', '/auth/me', '/nothing', '/.well-known/jwks.json'])
      expect((await fetch(`${url}${path}`)).headers.get('x-powered-by')).toBeNull();
  });
});

describe.each(ADAPTERS)('the demo while another process has its SQLite file locked, on %s', (adapter) => {
  it('is unavailable, and makes the user afterwards', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'demo-'));
    const database = join(folder, 'demo.sqlite');
    const env = { HTTP_ADAPTER: adapter, DATABASE_URL: `sqlite:${database}`, AUTH_SECRET: SECRET, PORT: '0' };
    const app = await createApp(demoConfig(env));
    const other = await new DataSource({ type: 'better-sqlite3', database }).initialize();
    try {
      await app.listen(0, '127.0.0.1');
      const client = new HttpClient((await app.getUrl()).replace(/\/$/, ''));
      const json = { email: 'ada@example.com', password: PASSWORD };
      await other.query('BEGIN IMMEDIATE');
      const refused = await client.post('/users', { json });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      expect(JSON.stringify(refused.body)).not.toMatch(/SQLITE|INSERT/i);
      await other.query('ROLLBACK');
      expect((await client.post('/users', { json })).status).toBe(201);
    } finally {
      await other.destroy();
      await app.close();
      await rm(folder, { recursive: true });
    }
  });
});

describe('the demo’s environment', () => {
  it.each([
    [{ PORT: 'eighty' }, 'PORT'],
    [{ HTTP_ADAPTER: 'koa' }, 'HTTP_ADAPTER'],
    [{ DATABASE_URL: 'oracle://x' }, 'DATABASE_URL'],
    [{ REDIS_URL: '127.0.0.1:6379' }, 'REDIS_URL'],
  ])('says what is wrong with %j', (env, name) => {
    expect(() => demoConfig({ AUTH_SECRET: SECRET, ...env })).toThrow(name);
  });
});

describe('what the demo says when it has started', () => {
  const said = (env: NodeJS.ProcessEnv, redisAnswers: boolean | null = null): string =>
    startText(demoConfig({ AUTH_SECRET: SECRET, ...env }), 'http://127.0.0.1:3000', redisAnswers);

  it('is where it listens, what it uses, and three lines to try', () => {
    const text = said({ DATABASE_URL: 'sqlite::memory:', HTTP_ADAPTER: 'fastify' });
    expect(text).toContain('listens on http://127.0.0.1:3000\n');
    expect(text).toMatch(/adapter +fastify\n/);
    expect(text).toMatch(/database +SQLite, :memory:\n/);
    expect(text).toMatch(/cache +the memory of this process/);
    expect(text).toMatch(/mails +var\/outbox /);
    expect(text).toContain('Open http://127.0.0.1:3000/ in a browser');
    expect(text.match(/curl -i/g)).toHaveLength(3);
  });

  it('is that its Redis does not answer', () => {
    const env = { REDIS_URL: 'redis://127.0.0.1:6379' };
    expect(said(env, true)).toMatch(/cache +Redis, 127\.0\.0\.1:6379: shared by all processes/);
    expect(said(env, false)).toMatch(/cache +Redis, 127\.0\.0\.1:6379: it does not answer/);
    expect(said(env, false)).not.toContain('shared');
  });

  it('is no password of the servers', () => {
    const text = said({
      DATABASE_URL: 'postgres://app:pass-of-db@10.0.0.1:5432/app?password=again-of-db&ssl=true',
      REDIS_URL: 'rediss://default:p@ss-of-redis@10.0.0.2:6379/1',
    });
    expect(text).toMatch(/database +postgres, 10\.0\.0\.1:5432\/app\n/);
    expect(text).toMatch(/cache +Redis, 10\.0\.0\.2:6379\/1:/);
    expect(text).not.toMatch(/of-db|of-redis/);
  });
});

describe('the demo under another PORT', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'demo-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const env = (port: number) => ({
    DATABASE_URL: `sqlite:${join(folder, 'demo.sqlite')}`,
    AUTH_SECRET: SECRET,
    PORT: String(port),
  });

  it('starts on the same database: its issuer stays', async () => {
    for (const port of [0, 0]) {
      const config = { ...demoConfig(env(3_000 + Math.floor(Math.random() * 1_000))), port };
      const app = await createApp(config);
      await app.listen(0, '127.0.0.1');
      await app.close();
    }
    expect(demoConfig(env(4_000)).issuer).toBe(demoConfig(env(3_000)).issuer);
    expect(demoConfig(env(4_000)).trustedOrigins).toEqual(['http://127.0.0.1:4000']);
  });

  it('makes nothing when the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const file = join(folder, 'untouched.sqlite');
    const config = demoConfig({ ...env(port), DATABASE_URL: `sqlite:${file}` });
    await expect(createApp(config)).rejects.toThrow(`cannot listen on 127.0.0.1:${port} (EADDRINUSE)`);
    expect(existsSync(file)).toBe(false);
    taken.close();
  });
});
