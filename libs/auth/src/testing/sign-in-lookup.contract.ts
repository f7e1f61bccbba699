import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { casesOn, type ContractCase } from './contract-case.js';
import { DAY, FamilyOnTrial, HOUR, SECOND } from './family-on-trial.js';
import { aroundFamilies, type HarnessSource, type StoreHarness } from './store-harness.js';

const open = (harness: StoreHarness, given: Parameters<typeof FamilyOnTrial.open>[1] = {}) =>
  FamilyOnTrial.open(aroundFamilies(harness), given);

const SENTENCES = {
  'find: a live sign-in, with the present epochs': async (harness: StoreHarness) => {
    const { subjects, registry, lookup } = harness.stores;
    const family = await open(harness, { subject: `Älice ${randomUUID()}` });
    const { epoch, globalEpoch } = await subjects.epochs(family.subject);
    const standing = { live: true, subjectEpochNow: epoch, globalEpochNow: globalEpoch };
    assert.deepEqual({ ...(await lookup.find(family.id)) }, standing);
    await registry.subjectChanged(family.subject);
    const changed = (await subjects.epochs(family.subject)).epoch;
    assert.ok(changed > epoch);
    assert.deepEqual({ ...(await lookup.find(family.id)) }, { ...standing, subjectEpochNow: changed });
  },

  'find: stays live through rotations': async (harness: StoreHarness) => {
    const family = await open(harness);
    await family.rotate(family.first);
    assert.equal((await harness.stores.lookup.find(family.id)).live, true);
  },

  'find: nothing that is not there lives': async ({ stores: { lookup } }: StoreHarness) => {
    assert.equal((await lookup.find(randomUUID())).live, false);
  },

  'find: not live from the moment an end has returned': async (harness: StoreHarness) => {
    const { families, registry, lookup } = harness.stores;
    const ends: ((family: FamilyOnTrial) => Promise<unknown>)[] = [
      ({ id }) => families.revoke(id, 'signed_out'),
      ({ subject }) => registry.endAll(subject, 'all_ended'),
      ({ subject }) => registry.credentialsChanged(subject, 'credentials_changed', null),
      ({ subject }) => registry.forget(subject),
      async (family) => {
        const second = await family.rotate(family.first);
        await family.rotate(second);
        await family.expect('reused', family.first);
      },
    ];
    for (const end of ends) {
      const family = await open(harness);
      assert.equal((await lookup.find(family.id)).live, true);
      await end(family);
      assert.equal((await lookup.find(family.id)).live, false);
    }
  },

  'find: not live past either limit': async (harness: StoreHarness) => {
    const idle = await open(harness, { idleMs: HOUR });
    await idle.age(HOUR + SECOND);
    const old = await open(harness, { idleMs: 30 * DAY, absoluteMs: DAY });
    await old.age(DAY + SECOND);
    for (const { id } of [idle, old]) assert.equal((await harness.stores.lookup.find(id)).live, false);
  },

  'find: the global epoch that everything was revoked with': async (harness: StoreHarness) => {
    const family = await open(harness);
    const before = await harness.stores.lookup.find(family.id);
    await harness.stores.registry.revokeEverything();
    const after = await harness.stores.lookup.find(family.id);
    assert.ok(after.globalEpochNow > before.globalEpochNow);
  },
};

/** What every SignInLookup must do: `for (const { name, run } of signInLookupContract(harness)) it(name, run)`. */
export function signInLookupContract(harness: HarnessSource): ContractCase[] {
  return casesOn(harness, (seen) => seen, SENTENCES);
}
