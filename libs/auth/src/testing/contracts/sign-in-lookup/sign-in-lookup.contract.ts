import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { RefreshTokenFamilyStore } from '../../../refresh-tokens/refresh-token-family-store.js';
import type { RotationStatus, SignInLookup, SignInStatus } from '../../../revocation-check/sign-in-lookup.js';
import { casesOn, type ContractCase } from '../contract-case.js';
import { DAY, FamilyOnTrial, HOUR, SECOND } from '../refresh-token-family-store/family-on-trial.js';
import { aroundFamilies, type HarnessSource, type StoreHarness } from '../store-harness.js';
import { REVOKED_TOKENS } from './revoked-tokens.contract.js';

const open = (harness: StoreHarness, given: Parameters<typeof FamilyOnTrial.open>[1] = {}) =>
  FamilyOnTrial.open(aroundFamilies(harness), given);

const SENTENCES = {
  'find: a live sign-in, with the present epochs': async (harness: StoreHarness) => {
    const { subjects, registry, lookup } = harness.stores;
    const family = await open(harness, { subject: `Älice ${randomUUID()}` });
    const { epoch, globalEpoch } = await subjects.epochs(family.subject);
    const standing = { live: true, subjectEpochNow: epoch, globalEpochNow: globalEpoch };
    assert.deepEqual(epochsOf(await lookup.find(family.id)), standing);
    await registry.subjectChanged(family.subject);
    const changed = (await subjects.epochs(family.subject)).epoch;
    assert.ok(changed > epoch);
    assert.deepEqual(epochsOf(await lookup.find(family.id)), { ...standing, subjectEpochNow: changed });
  },

  'find: stays live through rotations': async (harness: StoreHarness) => {
    const family = await open(harness);
    await family.rotate(family.first);
    assert.equal((await harness.stores.lookup.find(family.id)).live, true);
  },

  'find: how far its refresh tokens have come, and the clock of the reading': async (
    harness: StoreHarness,
  ) => {
    const { lookup, families } = harness.stores;
    const family = await open(harness);
    const opened = await rotationOf(lookup, families, family.id);
    assert.equal(opened.generation, 0);
    assert.equal(opened.replayClosed, false);
    const second = await family.rotate(family.first);
    const rotated = await rotationOf(lookup, families, family.id);
    assert.equal(rotated.generation, 1);
    assert.ok(rotated.rotatedAt >= opened.rotatedAt);
    await family.rekey(second);
    const rekeyed = await rotationOf(lookup, families, family.id);
    assert.equal(rekeyed.generation, 2);
    assert.equal(rekeyed.replayClosed, true);
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

function epochsOf({ live, subjectEpochNow, globalEpochNow }: SignInStatus) {
  return { live, subjectEpochNow, globalEpochNow };
}

/** As the family's own store says it; the clock of the reading is that of the store, between two readings of it. */
async function rotationOf(
  lookup: SignInLookup,
  families: RefreshTokenFamilyStore,
  id: string,
): Promise<RotationStatus> {
  const before = await families.read(id);
  const { now, rotation } = await lookup.find(id);
  const after = await families.read(id);
  assert.ok(before && after && rotation && now !== null);
  assert.ok(before.now <= now && now <= after.now, 'the clock of the reading must be that of the store');
  const { generation, rotatedAt, replayClosed } = after.row;
  assert.deepEqual({ ...rotation }, { generation, rotatedAt, replayClosed });
  return rotation;
}

/** What every SignInLookup must do: `for (const { name, run } of signInLookupContract(harness)) it(name, run)`. */
export function signInLookupContract(harness: HarnessSource): ContractCase[] {
  return casesOn(harness, (seen) => seen, { ...SENTENCES, ...REVOKED_TOKENS });
}
