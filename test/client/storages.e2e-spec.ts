/** The refresh token of the mode `tokens` in a storage: of a phone, of a file, slow, failing or cleared. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TokenStorage } from 'nestjs-aerie/client';
import { ADAPTERS } from '../support/test-app.js';
import { until } from '../support/until.js';
import { asked, type ClientApp, signIn, startClientApp } from './client-app.js';
import { FakeBrowser } from './fake-browser.js';

const MINUTE = 60_000;

/** As AsyncStorage or a keychain: every call takes its time, and may fail. */
class SlowStorage implements TokenStorage {
  text: string | null = null;
  fails: { load?: boolean; save?: boolean; clear?: boolean } = {};
  hangs = false;
  /** What a `save` waits for. */
  beforeSave: Promise<void> = Promise.resolve();
  /** The calls that have ended, in order. */
  readonly ended: string[] = [];

  load = () => this.call('load', () => this.text);
  save = (text: string) => this.call('save', () => void (this.text = text));
  clear = () => this.call('clear', () => void (this.text = null));

  private async call<T>(name: 'load' | 'save' | 'clear', work: () => T): Promise<T> {
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (this.hangs) await new Promise(() => {});
    if (name === 'save') await this.beforeSave;
    if (this.fails[name]) throw new Error('the keychain is locked');
    this.ended.push(name);
    return work();
  }
}

describe.each(ADAPTERS)('storages of tokens on %s', (adapter) => {
  let server: ClientApp;
  let device: FakeBrowser;
  let storage: SlowStorage;
  beforeAll(async () => void (server = await startClientApp({ adapter })));
  afterAll(() => server.app.close());
  beforeEach(() => {
    device = new FakeBrowser(server.app.url);
    storage = new SlowStorage();
  });
  /** The application, started anew. */
  const started = () => device.tab({ mode: 'tokens', storage }, { Channel: undefined, locks: undefined });
  const reuses = () => server.app.events.filter(({ type }) => type === 'reuse_detected').length;
  const presented = () =>
    device.sent
      .filter(({ url }) => url.endsWith('/auth/refresh'))
      .map(({ headers }) => headers.get('idempotency-key'));

  it('keep the user signed in after a restart', async () => {
    const { id } = await signIn(started());
    const restarted = started();
    await expect(restarted.restore()).resolves.toMatchObject({ id });
    expect(await asked(restarted)).toBe(id);
  });

  it('have the key before the token is sent, and a new one for each token', async () => {
    const client = started();
    await signIn(client);
    const keys: unknown[] = [];
    for (let n = 0; n < 3; n++) {
      keys.push((JSON.parse(storage.text!) as { key: unknown }).key);
      await client.refresh();
    }
    expect(presented()).toEqual(keys);
    expect(new Set(keys).size).toBe(3);
    expect(String(keys[0]).length).toBeGreaterThanOrEqual(16);
  });

  it('make good a lost answer after a restart, an hour later', async () => {
    const client = started();
    const { id } = await signIn(client);
    device.network.after = () => Promise.reject(new TypeError('the battery is empty'));
    await device.passing(client.refresh().catch(() => null));
    client.close();
    device.network = {};
    server.clock.pass(59 * MINUTE);
    const restarted = started();
    await expect(restarted.restore()).resolves.toMatchObject({ id });
    await restarted.refresh();
    expect(new Set(presented().slice(0, -1)).size).toBe(1);
    expect(reuses()).toBe(0);
  });

  it('that fail to save: memory counts until they do', async () => {
    const client = started();
    const { id } = await signIn(client);
    storage.fails = { save: true };
    for (let n = 0; n < 3; n++) await client.refresh();
    server.clock.pass(MINUTE);
    storage.fails = {};
    await client.refresh();
    await expect(started().restore()).resolves.toMatchObject({ id });
    expect(reuses()).toBe(0);
  });

  it('that cannot be read: the user stays, and the caller is told', async () => {
    const client = started();
    const { id } = await signIn(client);
    storage.fails = { load: true };
    await expect(device.passing(client.refresh())).rejects.toMatchObject({
      code: 'AUTH_CLIENT_STORAGE_FAILED',
      cause: expect.objectContaining({ message: 'the keychain is locked' }),
    });
    expect(client.user).toMatchObject({ id });
    const restarted = started();
    await expect(device.passing(restarted.restore())).rejects.toMatchObject({
      code: 'AUTH_CLIENT_STORAGE_FAILED',
    });
    expect(restarted.user).toBeUndefined();
    storage.fails = {};
    await expect(restarted.restore()).resolves.toMatchObject({ id });
  });

  it('that hang: every call ends', async () => {
    const client = started();
    await signIn(client);
    storage.hangs = true;
    await expect(device.passing(client.refresh())).rejects.toMatchObject({
      code: 'AUTH_CLIENT_STORAGE_FAILED',
    });
  });

  it('that were cleared: the user is signed out at the next refresh, here alone', async () => {
    const client = started();
    const { id } = await signIn(client);
    storage.text = null;
    expect(await asked(client)).toBe(id);
    await expect(client.refresh()).resolves.toBeNull();
    expect(device.countOf('POST /auth/refresh')).toBe(0);
  });

  it.each(['{"version":7}', 'null', '', 'not JSON'])(
    'with %j, which is not ours: nobody is signed in',
    async (text) => {
      storage.text = text;
      await expect(started().restore()).resolves.toBeNull();
    },
  );

  it('are cleared by a sign-out, and a save that ends late brings nothing back', async () => {
    const client = started();
    await signIn(client);
    const refresh = client.refresh();
    await new Promise((resolve) => setTimeout(resolve, 1));
    await Promise.all([client.signOut(), refresh]);
    expect(storage.text).toBeNull();
    await expect(started().restore()).resolves.toBeNull();
  });

  it('that save late bring nothing back after a sign-out', async () => {
    const client = started();
    await signIn(client);
    let save!: () => void;
    storage.beforeSave = new Promise((resolve) => (save = resolve));
    await device.passing(client.refresh());
    await expect(device.passing(client.signOut())).rejects.toMatchObject({
      code: 'AUTH_CLIENT_STORAGE_FAILED',
    });
    save();
    await until('both have ended', () => ['save', 'clear'].every((name) => storage.ended.includes(name, 2)));
    expect(storage.ended.slice(-2)).toEqual(['save', 'clear']);
    expect(storage.text).toBeNull();
  });

  it('that cannot be cleared: the server ends the sign-in all the same, and the caller is told', async () => {
    const client = started();
    const { id } = await signIn(client);
    const live = await server.app.authentication.listSignIns(id);
    storage.fails = { clear: true };
    await expect(client.signOut()).rejects.toMatchObject({ code: 'AUTH_CLIENT_STORAGE_FAILED' });
    expect(client.user).toBeNull();
    expect(await server.app.authentication.listSignIns(id)).toHaveLength(live.length - 1);
    storage.fails = {};
    await expect(started().restore()).resolves.toBeNull();
  });

  it('are cleared by a sign-out while offline; a second one ends the sign-in on the server', async () => {
    const client = started();
    const { id } = await signIn(client);
    const live = await server.app.authentication.listSignIns(id);
    device.network.before = () => Promise.reject(new TypeError('offline'));
    await expect(client.signOut()).rejects.toMatchObject({ code: 'AUTH_CLIENT_UNREACHABLE' });
    expect(storage.text).toBeNull();
    device.network = {};
    await client.signOut();
    expect(await server.app.authentication.listSignIns(id)).toHaveLength(live.length - 1);
  });

  it('shared by tabs: the loser takes the token that the winner has stored', async () => {
    const tab = (without = {}) => device.tab({ mode: 'tokens', storage, tabs: true }, without);
    const one = tab();
    const { id } = await signIn(one);
    // Hears no messages, and has no locks.
    const deaf = tab({ Channel: undefined, locks: undefined });
    await deaf.restore();
    await one.refresh();
    let isFirst = true;
    device.network.before = async ({ url }) => {
      if (!url.endsWith('/refresh') || !isFirst) return undefined;
      isFirst = false;
      await one.refresh();
      return Response.json({ code: 'AUTH_REFRESH_TOKEN_INVALID', message: 'no' }, { status: 401 });
    };
    await device.passing(deaf.refresh());
    expect(deaf.user).toMatchObject({ id });
    expect(await asked(deaf)).toBe(id);
    expect(await asked(one)).toBe(id);
    expect(reuses()).toBe(0);
  });

  it('clients of two users in one process hear nothing of each other', async () => {
    const [one, two] = [started(), device.tab({ mode: 'tokens' })];
    const [ada, bob] = [await signIn(one), await signIn(two, 'bob')];
    expect(await asked(one)).toBe(ada.id);
    expect(await asked(two)).toBe(bob.id);
  });
});
