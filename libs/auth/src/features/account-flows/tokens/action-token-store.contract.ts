import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { casesOn, type ContractCase } from '../../../testing/contracts/contract-case.js';
import type { HarnessSource } from '../../../testing/contracts/store-harness.js';
import { MOST_LIVE, MOST_LIVE_OF_SUBJECT } from './action-token-store.js';
import { RESCUES_THAT_OWE } from './action-token-rescue.contract.js';
import { fresh, hash, isSpent, type Kept, keptOf, rescue, tick } from './action-tokens-on-trial.contract.js';

const SENTENCES = {
  'create: keeps what was given, and find finds it': async ({ store }: Kept) => {
    const { lifetimeMs, ...given } = fresh({ subject: 'Älice', contextHash: hash(), askerHash: hash() });
    assert.equal(await store.find(given.id), null);
    assert.equal(await store.create({ ...given, lifetimeMs }), true);
    const { row, now, credentialVersionNow } = (await store.find(given.id))!;
    const { createdAt, ...others } = row;
    assert.ok(Math.abs(now - createdAt) < 60_000);
    const made = { credentialVersion: credentialVersionNow, spentAt: null, endingDue: null };
    assert.deepEqual({ ...others }, { ...given, ...made, expiresAt: createdAt + lifetimeMs });
  },

  'create: a subject has so many live ones of a purpose, and none of them ends': async ({ store }: Kept) => {
    const subject = randomUUID();
    const all = Array.from({ length: MOST_LIVE }, () => fresh({ subject }));
    for (const one of all) assert.equal(await store.create(one), true);
    assert.equal(await store.create(fresh({ subject })), false);
    assert.equal(await store.create(fresh({ subject, purpose: 'verify-email' })), true);
    assert.equal(await store.create(fresh()), true);
    for (const one of all) assert.equal(await isSpent(store, one), false);
  },

  'create: by many at once, a subject has no more live ones than it may': async ({ store }: Kept) => {
    for (let round = 0; round < 5; round++) {
      const subject = randomUUID();
      const made = await Promise.all(Array.from({ length: 12 }, () => store.create(fresh({ subject }))));
      assert.equal(made.filter(Boolean).length, MOST_LIVE);
    }
  },

  'create: another asker of the same subject has as many, up to a limit of the subject': async ({
    store,
  }: Kept) => {
    const subject = randomUUID();
    for (let asked = 0; asked < MOST_LIVE_OF_SUBJECT; asked += MOST_LIVE) {
      const askerHash = hash();
      for (let i = 0; i < MOST_LIVE; i++)
        assert.equal(await store.create(fresh({ subject, askerHash })), true);
      assert.equal(await store.create(fresh({ subject, askerHash })), false);
    }
    assert.equal(await store.create(fresh({ subject, askerHash: hash() })), false);
  },

  'create: what is spent or has expired is not counted, nor is what credentials have ended': async ({
    store,
    registry,
  }: Kept) => {
    const subject = randomUUID();
    for (let i = 0; i < MOST_LIVE; i++) await store.create(fresh({ subject, lifetimeMs: 1 }));
    await tick();
    const one = fresh({ subject });
    assert.equal(await store.create(one), true);
    assert.equal(await store.redeem(one.id, false), true);
    for (let i = 0; i < MOST_LIVE; i++) assert.equal(await store.create(fresh({ subject })), true);
    await registry.credentialsChanged(subject, 'credentials_changed', null);
    assert.equal(await store.create(fresh({ subject })), true);
  },

  'create: no limit holds back a rescue token': async ({ store }: Kept) => {
    const subject = randomUUID();
    for (let i = 0; i <= MOST_LIVE; i++) assert.equal(await store.create(rescue(subject)), true);
  },

  'redeem: of many at once, one spends it': async ({ store }: Kept) => {
    const one = fresh();
    await store.create(one);
    const done = await Promise.all(Array.from({ length: 20 }, () => store.redeem(one.id, false)));
    assert.equal(done.filter(Boolean).length, 1);
    const { row, now } = (await store.find(one.id))!;
    assert.ok(row.spentAt! >= row.createdAt && row.spentAt! <= now);
    assert.equal(await store.redeem(one.id, false), false);
    assert.equal(await store.redeem(randomUUID(), false), false);
  },

  'redeem: of several live ones at once, one wins and ends the others': async ({ store }: Kept) => {
    const subject = randomUUID();
    const all = Array.from({ length: MOST_LIVE }, () => fresh({ subject }));
    for (const one of all) await store.create(one);
    const done = await Promise.all(all.map(({ id }) => store.redeem(id, false)));
    assert.equal(done.filter(Boolean).length, 1);
    for (const one of all) assert.equal(await isSpent(store, one), true);
  },

  'redeem: ends none of another purpose or subject': async ({ store }: Kept) => {
    const subject = randomUUID();
    const others = [fresh({ subject, purpose: 'sign-in' }), fresh(), rescue(subject)];
    for (const other of others) await store.create(other);
    const one = fresh({ subject });
    await store.create(one);
    assert.equal(await store.redeem(one.id, false), true);
    for (const other of others) assert.equal(await isSpent(store, other), false);
  },

  'redeem: an expired one is refused': async ({ store }: Kept) => {
    const one = fresh({ lifetimeMs: 1 });
    await store.create(one);
    await tick();
    assert.equal(await store.redeem(one.id, false), false);
    assert.equal(await isSpent(store, one), false);
  },

  'redeem: a change of credentials ends proving tokens; roles and a logout do not': async ({
    store,
    registry,
  }: Kept) => {
    const subject = randomUUID();
    const [before, after] = [fresh({ subject }), fresh({ subject, purpose: 'verify-email' })];
    await store.create(before);
    await registry.credentialsChanged(subject, 'credentials_changed', null);
    assert.equal(await store.redeem(before.id, false), false);
    await store.create(after);
    await registry.endAll(subject, 'all_ended');
    await registry.subjectChanged(subject);
    assert.equal(await store.redeem(after.id, false), true);
  },

  'redeem: no change ends a rescue token': async ({ store, registry }: Kept) => {
    const subject = randomUUID();
    const undo = rescue(subject);
    await store.create(undo);
    for (let i = 0; i < 3; i++) {
      const reset = fresh({ subject });
      await store.create(reset);
      await store.redeem(reset.id, false);
      await registry.credentialsChanged(subject, 'credentials_changed', null);
      await registry.endAll(subject, 'all_ended');
      await store.create(rescue(subject));
    }
    assert.equal(await store.redeem(undo.id, false), true);
  },

  'redeem: a rescue token ends what came after it and all proving ones, and none that came before': async ({
    store,
  }: Kept) => {
    const subject = randomUUID();
    const [first, second, third] = [rescue(subject), rescue(subject), rescue(subject)];
    const proving = fresh({ subject });
    await store.create(proving);
    for (const one of [first, second, third]) {
      await store.create(one);
      await tick();
    }
    assert.equal(await store.redeem(second.id, false), true);
    assert.equal(await isSpent(store, first), false);
    assert.equal(await isSpent(store, third), true);
    assert.equal(await isSpent(store, proving), true);
    assert.equal(await store.redeem(first.id, false), true);
  },

  'ofAsker: gives the newest that are not spent, of this asker and purpose': async ({ store }: Kept) => {
    const askerHash = hash();
    const all = Array.from({ length: MOST_LIVE + 1 }, () => fresh({ askerHash, purpose: 'sign-in' }));
    for (const one of all) {
      await store.create(one);
      await tick();
    }
    await store.create(fresh({ askerHash }));
    await store.create(fresh({ purpose: 'sign-in', askerHash: hash() }));
    const ids = async () => Array.from(await store.ofAsker('sign-in', askerHash), ({ row }) => row.id);
    const newest = all.map(({ id }) => id).reverse();
    assert.deepEqual(await ids(), newest.slice(0, MOST_LIVE));
    await store.redeem(newest[0]!, false);
    assert.deepEqual(await ids(), newest.slice(1));
  },

  'endAll: ends the proving tokens of these purposes': async ({ store }: Kept) => {
    const subject = randomUUID();
    const [one, other, undo] = [fresh({ subject }), fresh({ subject, purpose: 'sign-in' }), rescue(subject)];
    for (const token of [one, other, undo]) await store.create(token);
    assert.equal(await store.endAll(subject, ['reset', 'verify-email', 'email-undo']), 1);
    assert.equal(await store.redeem(one.id, false), false);
    assert.equal(await store.redeem(other.id, false), true);
    assert.equal(await store.redeem(undo.id, false), true);
  },

  'due: nothing before a minute has passed, or once it is settled': async ({ store }: Kept) => {
    const one = fresh();
    await store.create(one);
    await store.redeem(one.id, true);
    const { row } = (await store.find(one.id))!;
    assert.equal(row.endingDue, row.spentAt! + 60_000);
    assert.ok((await store.due(500)).every(({ id }) => id !== one.id));
    await store.settle(one.id);
    assert.equal((await store.find(one.id))!.row.endingDue, null);
  },

  'sweep: deletes what has expired, no more than the limit, and nothing that is owed': async ({
    store,
  }: Kept) => {
    while ((await store.sweep(500)) > 0);
    const [live, owing] = [fresh(), fresh({ lifetimeMs: 200 })];
    await store.create(live);
    await store.create(owing);
    assert.equal(await store.redeem(owing.id, true), true);
    for (let i = 0; i < 3; i++) await store.create(fresh({ lifetimeMs: 1 }));
    await new Promise((passed) => setTimeout(passed, 220));
    assert.equal(await store.sweep(2), 2);
    assert.equal(await store.sweep(500), 1);
    assert.ok((await store.find(live.id)) && (await store.find(owing.id)));
  },
} satisfies Record<string, (kept: Kept) => Promise<void>>;

/** What every ActionTokenStore does, for stores of a host's own; the harness has tables that nothing else uses. */
export function actionTokenStoreContract(source: HarnessSource): readonly ContractCase[] {
  return casesOn(source, keptOf, { ...SENTENCES, ...RESCUES_THAT_OWE });
}
