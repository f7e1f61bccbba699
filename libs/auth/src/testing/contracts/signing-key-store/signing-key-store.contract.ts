import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { SigningKeyStore, StoredKey } from '../../../keys/signing-key-store.js';
import { casesOn, type ContractCase } from '../contract-case.js';
import type { HarnessSource, StoreHarness } from '../store-harness.js';

const EVERY_ID = 2_147_483_647;

function key(id: number, beginsAt = 1): StoredKey {
  return { id, kid: randomUUID(), alg: 'ES256', sealedKey: `sk1_${randomUUID()}`, createdAt: 1, beginsAt };
}

const SENTENCES = emptiedFirst({
  'read: nothing, and the time': async (store) => {
    const { keys, now } = await store.read();
    assert.deepEqual(keys, []);
    assert.ok(Number.isSafeInteger(now) && now > 0);
  },

  'add: is read as it was given, by ascending id': async (store) => {
    const [first, second] = [key(1), key(2, 1_795_219_200_000)];
    await store.add(second);
    await store.add(first);
    assert.deepEqual((await store.read()).keys, [first, second]);
  },

  'add: of an id that is there, changes nothing': async (store) => {
    const first = key(1);
    await store.add(first);
    await store.add(key(1));
    assert.deepEqual((await store.read()).keys, [first]);
  },

  'add: of any number of callers, one key': async (store) => {
    const tries = Array.from({ length: 8 }, () => key(1));
    await Promise.all(tries.map((one) => store.add(one)));
    const { keys } = await store.read();
    assert.equal(keys.length, 1);
    assert.ok(tries.some((one) => one.kid === keys[0]!.kid));
  },

  'replaceAllBefore: leaves the new key alone': async (store) => {
    await store.add(key(1));
    await store.add(key(2));
    const third = key(3);
    await store.replaceAllBefore(third);
    assert.deepEqual((await store.read()).keys, [third]);
  },

  'replaceAllBefore: of any number of callers, one key': async (store) => {
    await store.add(key(1));
    await Promise.all(Array.from({ length: 6 }, () => store.replaceAllBefore(key(2))));
    assert.deepEqual(
      (await store.read()).keys.map(({ id }) => id),
      [2],
    );
  },

  'reseal: once, and only what is still as it was': async (store) => {
    const first = key(1);
    await store.add(first);
    assert.equal(await store.reseal(1, first.sealedKey, 'sk1_new'), true);
    assert.equal(await store.reseal(1, first.sealedKey, 'sk1_other'), false);
    assert.equal(await store.reseal(9, first.sealedKey, 'sk1_other'), false);
    assert.deepEqual((await store.read()).keys, [{ ...first, sealedKey: 'sk1_new' }]);
  },

  'dropUpTo: that one, and those of smaller ids': async (store) => {
    for (const id of [1, 2, 3]) await store.add(key(id));
    await store.dropUpTo(2);
    await store.dropUpTo(2);
    assert.deepEqual(
      (await store.read()).keys.map(({ id }) => id),
      [3],
    );
  },
});

type Sentence = (store: SigningKeyStore) => Promise<void>;

function emptiedFirst(sentences: Readonly<Record<string, Sentence>>): Readonly<Record<string, Sentence>> {
  const emptied = Object.entries(sentences).map(([name, sentence]) => {
    const first: Sentence = async (store) => {
      await store.dropUpTo(EVERY_ID);
      await sentence(store);
    };
    return [name, first] as const;
  });
  return Object.fromEntries(emptied);
}

/**
 * What every SigningKeyStore must do, for stores that have `signingKeys()`:
 * `for (const { name, run } of signingKeyStoreContract(harness)) it(name, run)`. Each case deletes every key first.
 */
export function signingKeyStoreContract(harness: HarnessSource): ContractCase[] {
  return casesOn(harness, storeOf, SENTENCES);
}

function storeOf({ stores }: StoreHarness): SigningKeyStore {
  const store = stores.signingKeys();
  if (!store) throw new TypeError('these stores have no signingKeys()');
  return store;
}
