import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { AttemptCount, AttemptReturn, AttemptStore } from '../../../attempts/attempt-store.js';
import { casesOn, type ContractCase } from '../contract-case.js';
import type { HarnessSource, StoreHarness } from '../store-harness.js';

const HOUR_MS = 3_600_000;
/** A window that a case waits for. */
const SHORT_MS = 40;
const MOST_TRIES = 1_000;

const freshId = (): string => randomBytes(16).toString('hex');

async function takeOne(store: AttemptStore, id: string, windowMs = HOUR_MS): Promise<AttemptCount> {
  const [count] = await store.take([{ id, windowMs }]);
  return count!;
}

/** Asks until the answer is as it should be: the store's clock alone tells when a window ends. */
async function eventually<T>(ask: () => Promise<T>, is: (answer: T) => boolean): Promise<T> {
  for (let i = 0; i < MOST_TRIES; i++) {
    const answer = await ask();
    if (is(answer)) return answer;
    await new Promise((next) => setTimeout(next, 5));
  }
  assert.fail('the window did not end');
}

const back = (id: string, { window }: AttemptCount, units: AttemptReturn['units'] = 1): AttemptReturn => ({
  id,
  window,
  units,
});

const SENTENCES: Readonly<Record<string, (store: AttemptStore) => Promise<void>>> = {
  'take: counts from 1 on, in one window': async (store) => {
    const id = freshId();
    const counts = [await takeOne(store, id), await takeOne(store, id), await takeOne(store, id)];
    assert.deepEqual(
      counts.map(({ used }) => used),
      [1, 2, 3],
    );
    for (const { endsInMs } of counts) assert.ok(endsInMs > HOUR_MS - 60_000 && endsInMs <= HOUR_MS);
  },

  'take: of several counters, in their order, each by itself': async (store) => {
    const [one, other] = [freshId(), freshId()];
    await takeOne(store, other);
    const counts = await store.take([
      { id: one, windowMs: HOUR_MS },
      { id: other, windowMs: HOUR_MS },
    ]);
    assert.deepEqual(
      counts.map(({ used }) => used),
      [1, 2],
    );
  },

  'take: the first unit decides how long the window lasts': async (store) => {
    const id = freshId();
    const first = await takeOne(store, id, 2 * HOUR_MS);
    const second = await takeOne(store, id, HOUR_MS);
    assert.equal(second.used, 2);
    assert.ok(second.endsInMs > HOUR_MS && second.endsInMs <= first.endsInMs + 1_000);
  },

  'take: a window that is over begins anew': async (store) => {
    const id = freshId();
    const first = await takeOne(store, id, SHORT_MS);
    const next = await eventually(
      () => takeOne(store, id, HOUR_MS),
      ({ used }) => used === 1,
    );
    assert.notEqual(next.window, first.window);
  },

  'take: of any number of callers, each number once': async (store) => {
    const [one, other] = [freshId(), freshId()].sort() as [string, string];
    const callers = Array.from({ length: 20 }, () =>
      store.take([
        { id: one, windowMs: HOUR_MS },
        { id: other, windowMs: HOUR_MS },
      ]),
    );
    const counts = await Promise.all(callers);
    for (const i of [0, 1]) {
      const used = counts.map((count) => count[i]!.used).sort((a, b) => a - b);
      assert.deepEqual(
        used,
        Array.from({ length: 20 }, (_, n) => n + 1),
      );
    }
  },

  'giveBack: one unit': async (store) => {
    const id = freshId();
    await takeOne(store, id);
    await store.giveBack([back(id, await takeOne(store, id))]);
    assert.equal((await takeOne(store, id)).used, 2);
  },

  'giveBack: every unit': async (store) => {
    const id = freshId();
    await takeOne(store, id);
    await store.giveBack([back(id, await takeOne(store, id), 'all')]);
    assert.equal((await takeOne(store, id)).used, 1);
  },

  'giveBack: never below 0': async (store) => {
    const id = freshId();
    const taken = await takeOne(store, id);
    for (let i = 0; i < 3; i++) await store.giveBack([back(id, taken)]);
    assert.equal((await takeOne(store, id)).used, 1);
  },

  'giveBack: nothing in another window': async (store) => {
    const id = freshId();
    const first = await takeOne(store, id, SHORT_MS);
    await eventually(
      () => takeOne(store, id, HOUR_MS),
      ({ used }) => used === 1,
    );
    await store.giveBack([back(id, first, 'all')]);
    assert.equal((await takeOne(store, id)).used, 2);
  },

  'giveBack: of any number of callers, each its own': async (store) => {
    const id = freshId();
    const taken = await Promise.all(Array.from({ length: 10 }, () => takeOne(store, id)));
    await Promise.all(taken.slice(0, 7).map((count) => store.giveBack([back(id, count)])));
    assert.equal((await takeOne(store, id)).used, 4);
  },

  'sweep: deletes counters whose window is over, and no other': async (store) => {
    const [over, running] = [freshId(), freshId()];
    await takeOne(store, over, 1);
    await takeOne(store, running);
    // A store that forgets by itself has nothing to sweep.
    for (let swept = 1; swept > 0;) swept = await store.sweep(100);
    assert.equal((await takeOne(store, running)).used, 2);
  },
};

/**
 * What every AttemptStore must do, for stores that have `attempts()`:
 * `for (const { name, run } of attemptStoreContract(harness)) it(name, run)`.
 */
export function attemptStoreContract(harness: HarnessSource): ContractCase[] {
  return casesOn(harness, storeOf, SENTENCES);
}

function storeOf({ stores }: StoreHarness): AttemptStore {
  const store = stores.attempts();
  if (!store) throw new TypeError('these stores have no attempts()');
  return store;
}
