import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { SERVICE_CLIENT_STORE } from './service-client-feature-store.js';
import type { NewServiceClient, ServiceClientStore } from './service-client-store.js';
import { casesOn, type ContractCase } from '../../../testing/contracts/contract-case.js';
import type { HarnessSource, StoreHarness } from '../../../testing/contracts/store-harness.js';

const MINUTE_MS = 60_000;

interface Seen {
  readonly store: ServiceClientStore;
  /** How many revocations tell of a new epoch of this client. */
  changesOf(client: string): Promise<number>;
  /** How many revocations tell that this token was revoked. */
  revocationsOf(jti: string): Promise<number>;
}

function seenOf({ stores, announced }: StoreHarness): Seen {
  const store = stores.of(SERVICE_CLIENT_STORE);
  if (!store) throw new TypeError('these stores have no place for ServiceClientStore');
  return {
    store,
    changesOf: async (client) => announced('client', client),
    revocationsOf: async (jti) => announced('token', jti),
  };
}

function client(changes: Partial<NewServiceClient> = {}): NewServiceClient {
  return {
    id: `client-${randomUUID()}`,
    label: null,
    secretHash: 'aa'.repeat(32),
    jwks: null,
    scopes: ['a:read', 'a:write'],
    audiences: ['https://a.example.com'],
    grants: ['client_credentials'],
    resource: null,
    ...changes,
  };
}

const spent = (lifeMs = MINUTE_MS) => ({ purpose: 'assertion', client: 'c', jti: randomUUID(), lifeMs });

const SENTENCES = {
  'register: gives what was given, and find finds it': async ({ store }: Seen) => {
    const given = client({ label: 'A service', resource: 'https://r.example.com' });
    const made = (await store.register(given))!;
    const { row, now, globalEpochNow } = (await store.find(given.id))!;
    assert.deepEqual({ ...row }, { ...made });
    for (const [name, value] of Object.entries(given)) assert.deepEqual(row[name as keyof typeof row], value);
    assert.deepEqual([row.disabledAt, row.formerSecretHash, row.formerSecretExpiresAt], [null, null, null]);
    assert.ok(Number.isSafeInteger(now) && Number.isSafeInteger(globalEpochNow) && row.epoch <= now);
  },

  'register: of an id that is there, null, and nothing is changed': async ({ store }: Seen) => {
    const given = client();
    await store.register(given);
    assert.equal(await store.register({ ...given, secretHash: 'bb'.repeat(32) }), null);
    assert.equal((await store.find(given.id))!.row.secretHash, given.secretHash);
  },

  'register: of any number of callers, one succeeds': async ({ store }: Seen) => {
    const given = client();
    const made = await Promise.all(Array.from({ length: 8 }, () => store.register(given)));
    assert.equal(made.filter((row) => row !== null).length, 1);
  },

  'find: null for an unknown id, and ids differ by case': async ({ store }: Seen) => {
    const given = client();
    await store.register(given);
    assert.equal(await store.find(given.id.toUpperCase()), null);
    assert.equal(await store.find(randomUUID()), null);
  },

  'list: has every client': async ({ store }: Seen) => {
    const given = client();
    await store.register(given);
    assert.ok((await store.list()).some(({ id }) => id === given.id));
  },

  'update: what gives more leaves the epoch; what takes away moves it, and is announced': async (
    seen: Seen,
  ) => {
    const { store } = seen;
    const given = client();
    const { epoch } = (await store.register(given))!;
    const more = (await store.update(given.id, { scopes: [...given.scopes, 'a:close'] }))!;
    assert.deepEqual([more.epoch, more.scopes.length, await seen.changesOf(given.id)], [epoch, 3, 0]);
    const less = (await store.update(given.id, { scopes: ['a:read'] }))!;
    assert.ok(less.epoch > epoch);
    assert.deepEqual([less.scopes.length, await seen.changesOf(given.id)], [1, 1]);
    assert.equal(await store.update(randomUUID(), { scopes: [] }), null);
  },

  'rotateSecret: keeps the former one for so long, or ends it and every token': async (seen: Seen) => {
    const { store } = seen;
    const given = client();
    const { epoch } = (await store.register(given))!;
    const kept = (await store.rotateSecret(given.id, 'bb'.repeat(32), MINUTE_MS))!;
    assert.deepEqual([kept.secretHash, kept.formerSecretHash], ['bb'.repeat(32), given.secretHash]);
    assert.ok(kept.formerSecretExpiresAt! > (await store.find(given.id))!.now);
    assert.equal(kept.epoch, epoch);
    const ended = (await store.rotateSecret(given.id, 'cc'.repeat(32), 0))!;
    assert.deepEqual([ended.secretHash, ended.formerSecretHash], ['cc'.repeat(32), null]);
    assert.ok(ended.epoch > epoch);
    assert.equal(await seen.changesOf(given.id), 1);
  },

  'rotateSecret: null for an unknown id, and for a client with keys': async ({ store }: Seen) => {
    const keyed = client({ secretHash: null, jwks: [{ kid: 'k', kty: 'OKP' }] });
    await store.register(keyed);
    for (const id of [keyed.id, randomUUID()])
      assert.equal(await store.rotateSecret(id, 'bb'.repeat(32), 0), null);
  },

  'setDisabled: ends its tokens once, and enabling brings none back': async (seen: Seen) => {
    const { store } = seen;
    const given = client();
    const { epoch } = (await store.register(given))!;
    const disabled = (await store.setDisabled(given.id, true))!;
    assert.ok(disabled.disabledAt !== null && disabled.epoch > epoch);
    assert.equal((await store.status(given.id, 'jti')).clientEpochNow, null);
    assert.equal((await store.setDisabled(given.id, true))!.epoch, disabled.epoch);
    const enabled = (await store.setDisabled(given.id, false))!;
    assert.deepEqual([enabled.disabledAt, enabled.epoch], [null, disabled.epoch]);
    assert.equal(await seen.changesOf(given.id), 1);
    assert.equal((await store.status(given.id, 'jti')).clientEpochNow, disabled.epoch);
  },

  'remove: it is gone, which is announced once': async (seen: Seen) => {
    const { store } = seen;
    const given = client();
    await store.register(given);
    assert.deepEqual([await store.remove(given.id), await store.remove(given.id)], [true, false]);
    assert.equal(await store.find(given.id), null);
    assert.equal((await store.status(given.id, 'jti')).clientEpochNow, null);
    assert.equal(await seen.changesOf(given.id), 1);
  },

  'spend: once, of any number of callers, and never again': async ({ store }: Seen) => {
    for (let round = 0; round < 3; round++) {
      const id = spent();
      const used = await Promise.all(Array.from({ length: 8 }, () => store.spend(id)));
      assert.equal(used.filter(Boolean).length, 1);
      assert.equal(await store.spend(id), false);
    }
  },

  'spend: ids of another purpose, client or token are others': async ({ store }: Seen) => {
    const id = spent();
    await store.spend(id);
    for (const other of [{ purpose: 'other' }, { client: 'd' }, { jti: randomUUID() }])
      assert.equal(await store.spend({ ...id, ...other }), true);
  },

  'revokeToken: is told of that token alone, and announced once': async (seen: Seen) => {
    const { store } = seen;
    const given = client();
    const jti = randomUUID();
    await store.register(given);
    await store.revokeToken(given.id, jti, MINUTE_MS);
    await store.revokeToken(given.id, jti, MINUTE_MS);
    assert.deepEqual((await store.status(given.id, jti)).revoked, true);
    assert.deepEqual((await store.status(given.id, randomUUID())).revoked, false);
    assert.equal(await seen.revocationsOf(jti), 1);
  },

  'sweep: deletes what was remembered for long enough, up to the limit': async ({ store }: Seen) => {
    const kept = spent();
    await store.spend(kept);
    for (let i = 0; i < 3; i++) await store.spend(spent(-MINUTE_MS));
    assert.equal(await store.sweep(2), 2);
    assert.equal(await store.sweep(2), 1);
    assert.equal(await store.sweep(2), 0);
    assert.equal(await store.spend(kept), false);
  },
};

/**
 * What every ServiceClientStore must do, for stores that give one in `of(store)`:
 * `for (const { name, run } of serviceClientStoreContract(harness)) it(name, run)`.
 */
export function serviceClientStoreContract(harness: HarnessSource): ContractCase[] {
  return casesOn(harness, seenOf, SENTENCES);
}
