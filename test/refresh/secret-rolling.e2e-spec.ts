import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { refresh, refreshed, SESSION_COOKIE, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';

const OLD = 'the old secret, thirty-two bytes long at the least';
const NEW = 'the new secret, thirty-two bytes long at the least';

describe.each(BELOW_THE_EDGE)('rolling the secret, on %s', (adapter) => {
  let folder: string;
  let app: TestApp | undefined;
  const folders: string[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rolling-'));
    folders.push(folder);
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });
  afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))));

  /** The same deployment, started anew with these secrets. */
  async function deploy(...secret: string[]): Promise<TestApp> {
    await app?.close();
    const connection = { ...testConnection('sqlite', 'r_'), database: join(folder, 'auth.sqlite') } as never;
    app = await startTestApp({ adapter, connection, options: { secret } });
    await app.users.add('ada');
    return app;
  }

  it('keeps families working over its three steps', async () => {
    let on = await deploy(OLD);
    const { body } = await signIn(on, 'tokens');
    const idle = await signIn(on, 'tokens');
    on = await deploy(OLD, NEW);
    const second = await refreshed(on, body.refresh_token);
    expect(await statusOf(on, body.access_token)).toBe(200);
    on = await deploy(NEW, OLD);
    expect(await statusOf(on, second.access_token)).toBe(200);
    expect((await refresh(on, idle.body.refresh_token)).status).toBe(200);
    const third = await refreshed(on, second.refresh_token);
    on = await deploy(NEW);
    expect(await statusOf(on, third.access_token)).toBe(200);
    const fourth = await refreshed(on, third.refresh_token);
    expect((await refresh(on, fourth.refresh_token)).status).toBe(200);
  });

  it('answers a replay with the same successor, whichever secret made it', async () => {
    let on = await deploy(OLD);
    const { body } = await signIn(on, 'tokens');
    const second = await refreshed(on, body.refresh_token);
    on = await deploy(OLD, NEW);
    expect((await refreshed(on, body.refresh_token)).refresh_token).toBe(second.refresh_token);
    on = await deploy(NEW, OLD);
    expect((await refreshed(on, body.refresh_token)).refresh_token).toBe(second.refresh_token);
    const third = await refreshed(on, second.refresh_token);
    on = await deploy(OLD, NEW);
    expect((await refreshed(on, second.refresh_token)).refresh_token).toBe(third.refresh_token);
    expect(on.events.map((event) => event.type)).not.toContain('family_desynchronised');
  });

  it('still knows a token of the old secret for reuse', async () => {
    let on = await deploy(OLD);
    const { body } = await signIn(on, 'tokens');
    on = await deploy(NEW, OLD);
    const second = await refreshed(on, body.refresh_token);
    const third = await refreshed(on, second.refresh_token);
    expect((await refresh(on, body.refresh_token)).status).toBe(401);
    expect(on.events).toContainEqual(expect.objectContaining({ type: 'reuse_detected', cause: 'ancestor' }));
    expect((await refresh(on, third.refresh_token)).status).toBe(401);
  });

  it('keeps a session for as long as the secret that tagged it is in the list', async () => {
    let on = await deploy(OLD);
    const cookie = await (await signIn(on, 'session')).client.cookie(SESSION_COOKIE);
    const status = async () => {
      const headers = { cookie: `${SESSION_COOKIE}=${cookie}` };
      return (await on.client().get('/auth/me', { headers })).status;
    };
    for (const secrets of [
      [OLD, NEW],
      [NEW, OLD],
    ]) {
      on = await deploy(...secrets);
      expect(await status()).toBe(200);
    }
    on = await deploy(NEW);
    expect(await status()).toBe(401);
  });

  it('after a leak: a secret that is dropped at once takes every token with it, and revokes nothing', async () => {
    let on = await deploy(OLD);
    const { body } = await signIn(on, 'tokens');
    const { source } = on;
    // Nothing that the old secret sealed can be opened: what to do about it is said.
    await expect(deploy(NEW)).rejects.toThrow(
      'delete the stored signing keys (the rows of the table auth_signing_key)',
    );
    expect(source.isInitialized).toBe(false);
    on = await deploy(OLD);
    await on.source.query('delete from r_auth_signing_key');
    on = await deploy(NEW);
    expect((await refresh(on, body.refresh_token)).status).toBe(401);
    expect(await statusOf(on, body.access_token)).toBe(401);
    expect(on.events).toEqual([expect.objectContaining({ type: 'refresh_refused', reason: 'malformed' })]);
  });

  it('two issuers that share a secret by mistake do not take each other for their own', async () => {
    const on = await deploy(OLD);
    const { body } = await signIn(on, 'tokens');
    const connection = { ...testConnection('sqlite', 'r_'), database: join(folder, 'auth.sqlite') } as never;
    const other = await startTestApp({
      adapter,
      connection,
      // In the same tables: managed keys would not open there, and stop the boot.
      options: { secret: OLD, issuer: 'https://staging.example.com', keys: 'secret' },
    });
    await other.users.add('ada');
    expect((await refresh(other, body.refresh_token)).status).toBe(401);
    expect(await statusOf(other, body.access_token)).toBe(401);
    await other.close();
    expect((await refresh(on, body.refresh_token)).status).toBe(200);
  });
});
