import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fresh, hash, isSpent, type Kept, rescue, tick } from './action-tokens-on-trial.contract.js';

/** Of rescue tokens whose deed could not be done. */
export const RESCUES_THAT_OWE = {
  'create: while a rescue token owes, proving ones are kept for its context alone': async ({
    store,
  }: Kept) => {
    const subject = randomUUID();
    const contextHash = hash();
    const undo = rescue(subject, { contextHash });
    await store.create(undo);
    assert.equal(await store.create(fresh({ subject, purpose: 'sign-in' }), [hash()]), true);
    await store.redeem(undo.id, true);
    for (const others of [[], [hash()]]) assert.equal(await store.create(fresh({ subject }), others), false);
    assert.equal(await store.create(fresh({ subject }), [hash(), contextHash]), true);
    assert.equal(await store.create(fresh(), []), true);
    assert.equal(await store.create(rescue(subject), []), true);
    await store.reopen(undo.id, false);
    assert.equal(await store.create(fresh({ subject }), [hash()]), false);
    await store.redeem(undo.id, true);
    await store.settle(undo.id);
    assert.equal(await store.create(fresh({ subject }), [hash()]), true);
  },

  'redeem: of a rescue token beside askers, no proving one for another context outlives it': async ({
    store,
  }: Kept) => {
    for (let round = 0; round < 10; round++) {
      const subject = randomUUID();
      const undo = rescue(subject);
      await store.create(undo);
      const asked = Array.from({ length: 3 }, () => fresh({ subject }));
      const [, ...made] = await Promise.all([
        store.redeem(undo.id, true),
        ...asked.map((one) => store.create(one, [hash()])),
      ]);
      for (const [i, one] of asked.entries()) assert.equal(!made[i] || (await isSpent(store, one)), true);
    }
  },

  'reopen: a rescue token that owes is good again, once; no other one is': async ({ store }: Kept) => {
    const subject = randomUUID();
    const [undo, settled, proving] = [rescue(subject), rescue(randomUUID()), fresh()];
    for (const one of [undo, settled, proving]) {
      await store.create(one);
      assert.equal(await store.redeem(one.id, true), true);
    }
    await store.settle(settled.id);
    for (const isDue of [true, false]) {
      for (const { id } of [undo, settled, proving]) await store.reopen(id, isDue);
      assert.equal(await store.redeem(undo.id, true), true);
      for (const { id } of [undo, settled, proving]) assert.equal(await store.redeem(id, true), false);
    }
    await store.reopen(undo.id, false);
    assert.equal((await store.find(undo.id))!.row.endingDue, Number.MAX_SAFE_INTEGER);
    assert.ok((await store.due(500)).every(({ id }) => id !== undo.id));
  },

  'redeem: an older rescue token frees the subject of what later ones owe': async ({ store }: Kept) => {
    for (const isReopened of [true, false]) {
      const subject = randomUUID();
      const [owners, later] = [rescue(subject), rescue(subject)];
      await store.create(owners);
      await tick();
      await store.create(later);
      await store.redeem(later.id, true);
      if (isReopened) await store.reopen(later.id, false);
      await store.redeem(owners.id, true);
      await store.settle(owners.id);
      await store.reopen(later.id, true);
      assert.equal(await store.redeem(later.id, true), false);
      assert.equal(await store.create(fresh({ subject }), [hash()]), true);
    }
  },
} satisfies Record<string, (kept: Kept) => Promise<void>>;
