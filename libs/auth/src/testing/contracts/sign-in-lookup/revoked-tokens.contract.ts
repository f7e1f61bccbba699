import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { MAX_REVOKED_TOKENS, TOO_MANY_REVOKED } from '../../../refresh-tokens/token-revocation.js';
import { FamilyOnTrial, HOUR, SECOND, tally } from '../refresh-token-family-store/family-on-trial.js';
import { aroundFamilies, type StoreHarness } from '../store-harness.js';

const open = (harness: StoreHarness, given: Parameters<typeof FamilyOnTrial.open>[1] = {}) =>
  FamilyOnTrial.open(aroundFamilies(harness), given);

const revoke = (
  { stores: { families } }: StoreHarness,
  { id: familyId, subject }: FamilyOnTrial,
  tokenId: string = randomUUID(),
) => families.revokeToken({ familyId, subject, tokenId });

const revokedOf = async ({ stores: { lookup } }: StoreHarness, { id }: FamilyOnTrial) =>
  [...(await lookup.find(id)).revokedTokens].sort();

/** How one access token ends, and how the lookup tells. */
export const REVOKED_TOKENS = {
  'revokeToken: the lookup names it, a revocation announces it, and its family lives': async (
    harness: StoreHarness,
  ) => {
    const family = await open(harness, { subject: `Älice ${randomUUID()}` });
    assert.deepEqual(await revokedOf(harness, family), []);
    const ids = [randomUUID(), 'a:foreign.id~', randomUUID()].sort();
    for (const id of ids) assert.equal(await revoke(harness, family, id), 'revoked');
    assert.deepEqual(await revokedOf(harness, family), ids);
    for (const id of ids) assert.equal(await harness.announced('token', id), 1);
    assert.equal((await harness.stores.lookup.find(family.id)).live, true);
    await family.lives();
  },

  'revokeToken: stays revoked through rotations and a new secret': async (harness: StoreHarness) => {
    const family = await open(harness);
    const [first, second] = [randomUUID(), randomUUID()].sort();
    await revoke(harness, family, first);
    const next = await family.rotate(family.first);
    await revoke(harness, family, second);
    assert.equal((await family.rekey(next)).outcome.kind, 'rekeyed');
    assert.deepEqual(await revokedOf(harness, family), [first, second]);
  },

  'revokeToken: of any number of callers, one does it': async (harness: StoreHarness) => {
    const family = await open(harness);
    const id = randomUUID();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => revoke(harness, family, id)));
    assert.deepEqual(tally(outcomes.map((kind) => ({ kind }))), { revoked: 1, revoked_before: 7 });
    assert.equal(await harness.announced('token', id), 1);
  },

  'revokeToken: of another subject, of none, or of a family that has ended, it does nothing': async (
    harness: StoreHarness,
  ) => {
    const subject = `Alice-${randomUUID()}`;
    const family = await open(harness, { subject });
    const { families } = harness.stores;
    const tokenId = randomUUID();
    for (const other of [subject.toLowerCase(), `${subject} `, 'bob', ''])
      assert.equal(await families.revokeToken({ familyId: family.id, subject: other, tokenId }), 'not_live');
    assert.equal(await families.revokeToken({ familyId: randomUUID(), subject, tokenId }), 'not_live');
    const idle = await open(harness, { subject, idleMs: HOUR });
    await idle.age(HOUR + SECOND);
    const ended = await open(harness, { subject });
    await families.revoke(ended.id, 'signed_out');
    for (const one of [idle, ended]) assert.equal(await revoke(harness, one, tokenId), 'not_live');
    for (const one of [family, idle, ended]) assert.deepEqual(await revokedOf(harness, one), []);
    assert.equal(await harness.announced('token', tokenId), 0);
  },

  'revokeToken: a family has so many, and ends with the next one': async (harness: StoreHarness) => {
    const family = await open(harness);
    const first = randomUUID();
    await revoke(harness, family, first);
    for (let i = 1; i < MAX_REVOKED_TOKENS; i++) assert.equal(await revoke(harness, family), 'revoked');
    assert.equal(await revoke(harness, family, first), 'revoked_before');
    await family.lives();
    const last = randomUUID();
    assert.equal(await revoke(harness, family, last), 'family_ended');
    await family.hasEnded(TOO_MANY_REVOKED);
    assert.equal(await harness.announced('token', last), 0);
    assert.equal((await harness.stores.lookup.find(family.id)).live, false);
    assert.equal(await revoke(harness, family), 'not_live');
  },

  'revokeToken: of many at once, no more than so many are kept': async (harness: StoreHarness) => {
    const family = await open(harness);
    const calls = Array.from({ length: MAX_REVOKED_TOKENS + 5 }, () => revoke(harness, family));
    const outcomes = (await Promise.all(calls)).map((kind) => ({ kind }));
    assert.deepEqual(tally(outcomes), { revoked: MAX_REVOKED_TOKENS, family_ended: 1, not_live: 4 });
    assert.equal((await revokedOf(harness, family)).length, MAX_REVOKED_TOKENS);
    await family.hasEnded(TOO_MANY_REVOKED);
  },
};
