import { afterEach, describe, expect, it } from '@jest/globals';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { MemorySigningKeyStore } from '../testing/memory/memory-signing-key-store.js';
import { KeyRing, derivedSigningKeys } from './key-ring.js';
import { PrivateKeyEncryption } from './private-key-encryption.js';
import type { ManagedAlgorithm } from './key-options.js';
import { KeyRotation } from './key-rotation.js';
import { SigningKeys } from './signing-keys.js';

const ISSUER = 'https://api.example.com';
const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(32)];
const DAY = 86_400_000;
const HOUR = 3_600_000;
const started: KeyRotation[] = [];
afterEach(() => started.splice(0).forEach((keys) => keys.stop()));

/** A store whose clock a test moves. */
function storeAt(now: number) {
  const clock = { now };
  return { clock, store: new MemorySigningKeyStore(() => clock.now) };
}

function nodeOn(
  store: MemorySigningKeyStore,
  secrets = [OLD],
  alg: ManagedAlgorithm = 'ES256',
  derived = new DerivedKeys(secrets, ISSUER),
) {
  const ring = new KeyRing(null);
  const rules = { alg, rotateEveryMs: 90 * DAY, announceMs: 14 * DAY, retentionMs: HOUR };
  const keys = new KeyRotation(
    store,
    ring,
    new PrivateKeyEncryption(derived),
    rules,
    derivedSigningKeys(derived),
  );
  started.push(keys);
  return { keys, ring, admin: new SigningKeys(keys, ring) };
}

const kids = async (store: MemorySigningKeyStore) => (await store.read()).keys.map(({ kid }) => kid);

describe('KeyRotation', () => {
  it('makes the first key, once, however many nodes start at the same moment', async () => {
    const { store } = storeAt(1);
    const nodes = Array.from({ length: 5 }, () => nodeOn(store));
    await Promise.all(nodes.map(({ keys }) => keys.start()));
    expect(new Set(nodes.map(({ ring }) => ring.active.kid)).size).toBe(1);
    expect(await kids(store)).toHaveLength(1);
  });

  it.each(['ES256', 'EdDSA', 'RS256', 'PS256'] as const)('makes keys for %s', async (alg) => {
    const { ring, keys } = nodeOn(storeAt(1).store, [OLD], alg);
    await keys.start();
    expect(ring.active).toMatchObject({ alg, state: 'active' });
    expect(ring.publicKeys()).toEqual([expect.objectContaining({ alg, use: 'sig', kid: ring.active.kid })]);
  });

  it('announces, begins, retires and drops a key, with one change of keys for those who remember', async () => {
    const { store, clock } = storeAt(0);
    const { ring, keys } = nodeOn(store);
    await keys.start();
    const first = ring.active.kid;
    clock.now = 76 * DAY;
    await keys.refresh();
    const [, second] = await kids(store);
    expect([ring.active.kid, ring.find(second!)?.state]).toEqual([first, 'next']);
    let changes = 0;
    ring.onChange(() => changes++);
    clock.now = 90 * DAY;
    await keys.refresh();
    expect([ring.active.kid, ring.find(first)?.state, changes]).toEqual([second, 'retired', 0]);
    clock.now = 90 * DAY + HOUR;
    await keys.refresh();
    expect([ring.find(first), changes, await kids(store)]).toEqual([undefined, 1, [second]]);
  });

  it('makes one next key, however many nodes find it due at the same moment', async () => {
    const { store, clock } = storeAt(0);
    const nodes = Array.from({ length: 4 }, () => nodeOn(store));
    await Promise.all(nodes.map(({ keys }) => keys.start()));
    clock.now = 80 * DAY;
    await Promise.all(nodes.map(({ keys }) => keys.refresh()));
    expect(await kids(store)).toHaveLength(2);
  });

  it('verifies what the secret signed before, for as long as that may live', async () => {
    const { store, clock } = storeAt(0);
    const { ring, keys } = nodeOn(store);
    await keys.start();
    const [former] = derivedSigningKeys(new DerivedKeys([OLD], ISSUER));
    expect(ring.find(former!.kid)?.state).toBe('retired');
    expect(ring.publicKeys()).toHaveLength(1);
    clock.now = HOUR;
    await keys.refresh();
    expect(ring.find(former!.kid)).toBeUndefined();
  });

  it('seals anew what a former secret sealed, which then opens without it', async () => {
    const { store } = storeAt(0);
    const before = nodeOn(store);
    await before.keys.start();
    const rolled = nodeOn(store, [NEW, OLD]);
    await rolled.keys.start();
    const after = nodeOn(store, [NEW]);
    await after.keys.start();
    expect(after.ring.active.kid).toBe(before.ring.active.kid);
    await before.keys.refresh().catch(() => undefined);
    expect(before.ring.active.kid).toBe(after.ring.active.kid);
  });

  it('does not start under a secret that opens nothing, and makes no key of its own', async () => {
    const { store } = storeAt(0);
    await nodeOn(store).keys.start();
    const before = await store.read();
    const stranger = nodeOn(store, [NEW]);
    await expect(stranger.keys.start()).rejects.toThrow(AuthConfigError);
    await expect(stranger.keys.start()).rejects.toThrow('"secret" must contain the secret that encrypted');
    expect((await store.read()).keys).toEqual(before.keys);
    expect(() => stranger.ring.active).toThrow();
  });

  it('says which issuer the keys are sealed for, and which one it is', async () => {
    const { store } = storeAt(0);
    await nodeOn(store).keys.start();
    const moved = new DerivedKeys([OLD], 'https://new.example.com');
    const { keys } = nodeOn(store, [OLD], 'ES256', moved);
    await expect(keys.start()).rejects.toThrow(
      /^"issuer" must be .* \(got "https:\/\/new\.example\.com"; the key \S+ is encrypted for "https:\/\/api\.example\.com"\): .*"formerIssuers" with an "until" that has not passed/,
    );
    expect((await store.read()).keys).toHaveLength(1);
  });

  it('seals anew what was sealed for a former issuer, which then opens without it', async () => {
    const { store } = storeAt(0);
    const before = nodeOn(store);
    await before.keys.start();
    const former = [{ issuer: ISSUER, until: Date.now() + HOUR }];
    const moving = nodeOn(store, [OLD], 'ES256', new DerivedKeys([OLD], 'https://new.example.com', former));
    await moving.keys.start();
    const after = nodeOn(store, [OLD], 'ES256', new DerivedKeys([OLD], 'https://new.example.com'));
    await after.keys.start();
    expect(after.ring.active.kid).toBe(before.ring.active.kid);
    expect(after.ring.publicKeys()).toEqual(before.ring.publicKeys());
  });

  it('takes no key whose beginning somebody moved', async () => {
    const { store, clock } = storeAt(0);
    const { keys, ring, admin } = nodeOn(store);
    await keys.start();
    const leaked = (await store.read()).keys[0]!;
    await admin.replaceAll();
    const { kid } = ring.active;
    // Who writes to the database brings the former key back, and lets its successor begin in a thousand years.
    const [successor] = (await store.read()).keys;
    await store.dropUpTo(successor!.id);
    await store.add(leaked);
    await store.add({ ...successor!, beginsAt: 365_000 * DAY });
    clock.now = HOUR;
    const restarted = nodeOn(store);
    await restarted.keys.start();
    expect(restarted.ring.find(kid)).toBeUndefined();
    const moved = { ...leaked, beginsAt: DAY };
    await store.dropUpTo(successor!.id);
    await store.add(moved);
    await expect(nodeOn(store).keys.start()).rejects.toThrow(AuthConfigError);
  });

  it('takes no key that somebody wrote into the table', async () => {
    const { store, clock } = storeAt(0);
    const { ring, keys } = nodeOn(store);
    await keys.start();
    const [mine] = (await store.read()).keys;
    // The seal of the first, under another kid; a seal under another secret.
    await store.add({ ...mine!, id: 2, kid: 'planted', beginsAt: DAY });
    await keys.refresh();
    expect(ring.find('planted')).toBeUndefined();
    clock.now = 2 * DAY;
    // It would sign now: the ring stays as it was, and says so.
    await expect(keys.refresh()).rejects.toThrow(AuthConfigError);
    expect(ring.active.kid).toBe(mine!.kid);
  });

  it('goes on with what it knows while the store is away', async () => {
    const { store } = storeAt(0);
    const { ring, keys } = nodeOn(store);
    await keys.start();
    const { kid } = ring.active;
    store.read = () => Promise.reject(new Error('away'));
    await expect(keys.refresh()).rejects.toThrow('away');
    expect(ring.active.kid).toBe(kid);
  });
});

describe('SigningKeys', () => {
  it('lists keys without their secrets', async () => {
    const { admin, keys, ring } = nodeOn(storeAt(DAY).store);
    await keys.start();
    expect(await admin.list()).toEqual([
      {
        kid: ring.active.kid,
        alg: 'ES256',
        state: 'active',
        createdAt: new Date(DAY),
        beginsAt: new Date(DAY),
        verifiesUntil: null,
      },
    ]);
  });

  it('announces the next key when asked, once', async () => {
    const { store, clock } = storeAt(0);
    const { admin, keys, ring } = nodeOn(store);
    await keys.start();
    const first = ring.active.kid;
    clock.now = DAY;
    await admin.rotate();
    await admin.rotate({ announce: '0s' });
    const [old, next] = await admin.list();
    expect([old?.state, next?.state, next?.beginsAt]).toEqual(['active', 'next', new Date(15 * DAY)]);
    expect(old?.verifiesUntil).toEqual(new Date(15 * DAY + HOUR));
    expect(ring.active.kid).toBe(first);
    await expect(admin.rotate({ announce: 'soon' as never })).rejects.toThrow(TypeError);
  });

  it('replaces every key after a leak: nothing older verifies', async () => {
    const { store } = storeAt(0);
    const { admin, keys, ring } = nodeOn(store);
    const other = nodeOn(store);
    await keys.start();
    await other.keys.start();
    const leaked = ring.active.kid;
    await admin.rotate();
    await admin.replaceAll();
    expect([ring.find(leaked), (await admin.list()).length, admin.activeKid]).toEqual([
      undefined,
      1,
      ring.active.kid,
    ]);
    await other.keys.refresh();
    expect([other.ring.find(leaked), other.ring.active.kid]).toEqual([undefined, ring.active.kid]);
    const [former] = derivedSigningKeys(new DerivedKeys([OLD], ISSUER));
    expect(ring.find(former!.kid)).toBeUndefined();
  });

  it('says when there is nothing to manage', async () => {
    const ring = new KeyRing(derivedSigningKeys(new DerivedKeys([OLD], ISSUER)));
    await expect(new SigningKeys(null, ring).rotate()).rejects.toThrow('not managed');
  });
});
