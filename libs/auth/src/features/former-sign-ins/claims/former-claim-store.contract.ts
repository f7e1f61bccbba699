import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { casesOn, type ContractCase } from '../../../testing/contracts/contract-case.js';
import type { HarnessSource, StoreHarness } from '../../../testing/contracts/store-harness.js';
import { FORMER_CLAIM_STORE } from './former-claim-feature-store.js';
import type { FormerClaimStore, NewFormerClaim } from './former-claim-store.js';

interface Seen {
  readonly store: FormerClaimStore;
  readonly registry: StoreHarness['stores']['registry'];
}

function seenOf({ stores }: StoreHarness): Seen {
  const store = stores.of(FORMER_CLAIM_STORE);
  if (!store) throw new TypeError('these stores have no place for FormerClaimStore');
  return { store, registry: stores.registry };
}

const fresh = (changes: Partial<NewFormerClaim> = {}): NewFormerClaim => ({
  credential: randomBytes(32).toString('hex'),
  signInId: randomUUID(),
  attemptHash: null,
  ...changes,
});

const SENTENCES = {
  'claim: writes what was given, by its own clock, and find finds it': async ({ store }: Seen) => {
    const given = fresh({ attemptHash: 'ab'.repeat(32) });
    assert.equal(await store.find(given.credential), null);
    const { claim, now } = await store.claim(given);
    assert.ok(Math.abs(now - claim.openedAt) < 60_000);
    assert.deepEqual({ ...claim }, { ...given, replacements: 0, spentAt: null, openedAt: claim.openedAt });
    assert.deepEqual({ ...(await store.find(given.credential))!.claim }, { ...claim });
  },

  'claim: of many at once, one stands, and all are told of it': async ({ store }: Seen) => {
    const first = fresh();
    const all = Array.from({ length: 20 }, () => ({ ...first, signInId: randomUUID() }));
    const standing = await Promise.all(all.map((one) => store.claim(one)));
    const ids = new Set(standing.map(({ claim }) => claim.signInId));
    assert.equal(ids.size, 1);
    assert.ok(all.some(({ signInId }) => ids.has(signInId)));
  },

  'replace: of many at once, one takes the place of the one that they know': async ({ store }: Seen) => {
    const first = fresh();
    await store.claim(first);
    const all = Array.from({ length: 20 }, () => ({ ...first, signInId: randomUUID() }));
    const done = await Promise.all(all.map((one) => store.replace(one, first.signInId)));
    assert.equal(done.filter(Boolean).length, 1);
    const { claim } = (await store.find(first.credential))!;
    assert.equal(claim.signInId, all[done.indexOf(true)]!.signInId);
    assert.equal(claim.replacements, 1);
    assert.equal(await store.replace({ ...first, signInId: randomUUID() }, first.signInId), false);
  },

  'replace: nothing takes the place of a spent one, or of none': async ({ store }: Seen) => {
    const [one, other] = [fresh(), fresh()];
    await store.claim(one);
    await store.spend(one.credential);
    assert.equal(await store.replace({ ...one, signInId: randomUUID() }, one.signInId), false);
    assert.equal(await store.replace(other, randomUUID()), false);
    assert.equal(await store.find(other.credential), null);
  },

  'release: forgets a claim of this sign-in that is not spent': async ({ store }: Seen) => {
    const one = fresh();
    await store.claim(one);
    await store.release(one.credential, randomUUID());
    assert.ok(await store.find(one.credential));
    await store.release(one.credential, one.signInId);
    assert.equal(await store.find(one.credential), null);
    await store.claim(one);
    await store.spend(one.credential);
    await store.release(one.credential, one.signInId);
    assert.ok(await store.find(one.credential));
  },

  'spend: keeps the sign-in of one that was claimed, and says once when': async ({ store }: Seen) => {
    const one = fresh();
    await store.claim(one);
    await store.spend(one.credential);
    const { claim } = (await store.find(one.credential))!;
    assert.equal(claim.signInId, one.signInId);
    assert.ok(claim.spentAt! >= claim.openedAt);
    await store.spend(one.credential);
    assert.deepEqual({ ...(await store.find(one.credential))!.claim }, { ...claim });
  },

  'spend: one that was never seen opens nothing afterwards': async ({ store }: Seen) => {
    const one = fresh();
    await store.spend(one.credential);
    const { claim } = await store.claim(one);
    assert.equal(claim.signInId, null);
    assert.ok(claim.spentAt !== null);
  },

  'isEnded: whatever ends the sign-ins of a subject, with none to end too': async ({
    store,
    registry,
  }: Seen) => {
    const ends: readonly ((subject: string) => Promise<unknown>)[] = [
      (subject) => registry.endAll(subject, 'all_ended'),
      (subject) => registry.endAll(subject, 'others_ended', randomUUID()),
      (subject) => registry.credentialsChanged(subject, 'credentials_changed', null),
      (subject) => registry.forget(subject),
    ];
    for (const end of ends) {
      const [subject, other] = [`Älice ${randomUUID()}`, randomUUID()];
      assert.equal(await store.isEnded(subject), false);
      await end(subject);
      await end(subject);
      assert.equal(await store.isEnded(subject), true);
      assert.equal(await store.isEnded(other), false);
    }
  },

  'isEnded: not by a change of roles': async ({ store, registry }: Seen) => {
    const subject = randomUUID();
    await registry.subjectChanged(subject);
    assert.equal(await store.isEnded(subject), false);
  },

  'sweep: deletes no more than the limit': async ({ store }: Seen) => {
    for (let i = 0; i < 3; i++) await store.claim(fresh());
    await new Promise((passed) => setTimeout(passed, 5));
    assert.equal(await store.sweep(2), 2);
  },

  'isEnded: everybody, after an incident; until it is swept': async ({ store, registry }: Seen) => {
    const subject = randomUUID();
    await registry.revokeEverything();
    assert.equal(await store.isEnded(subject), true);
    await new Promise((passed) => setTimeout(passed, 5));
    while ((await store.sweep(500)) > 0);
    assert.equal(await store.isEnded(subject), false);
  },
} satisfies Record<string, (seen: Seen) => Promise<void>>;

/** What every FormerClaimStore does, for stores of a host's own; the harness has tables that nothing else uses. */
export function formerClaimStoreContract(source: HarnessSource): readonly ContractCase[] {
  return casesOn(source, seenOf, SENTENCES);
}
