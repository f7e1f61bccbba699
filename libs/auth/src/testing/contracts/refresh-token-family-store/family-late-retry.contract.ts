import assert from 'node:assert/strict';
import { FamilyOnTrial, HOUR, MINUTE, randomHash, SECOND, successorOf, tally } from './family-on-trial.js';
import type { RefreshTokenFamilyStoreHarness as Harness } from '../store-harness.js';

const key = randomHash();
const keyed = { attemptHash: key };

async function rotatedLongAgo(harness: Harness) {
  const family = await FamilyOnTrial.open(harness);
  const second = await family.rotate(family.first, keyed);
  await family.age(5 * MINUTE);
  return { family, second };
}

/** What the parent is good for after the window, with the key of its rotation. */
export const FAMILY_LATE_RETRY = {
  'late retry: the unused successor is replaced': async (harness: Harness) => {
    const { family, second } = await rotatedLongAgo(harness);
    const before = (await family.read()).row;
    const { attempt, ageMs, idleExpiresAt } = await family.expect('retried_late', family.first, keyed);
    assert.ok(ageMs >= 5 * MINUTE && ageMs < 6 * MINUTE);
    assert.equal(idleExpiresAt, before.idleExpiresAt);
    const { row } = await family.read();
    assert.notEqual(row.replacedAt, null);
    assert.deepEqual(
      { ...row },
      {
        ...before,
        currentHash: attempt.successorHash,
        salt: attempt.salt,
        replacedHashes: second.hash,
        replacedAt: row.replacedAt,
      },
    );
    await family.rotate(successorOf(attempt));
    await family.lives();
  },

  'late retry: again within the window, the same replacement': async (harness: Harness) => {
    const { family } = await rotatedLongAgo(harness);
    const { attempt } = await family.expect('retried_late', family.first, keyed);
    await family.age(20 * SECOND);
    const { salt, currentHash } = await family.expect('replayed', family.first, keyed);
    assert.equal(salt, attempt.salt);
    assert.equal(currentHash, attempt.successorHash);
    await family.lives();
  },

  'late retry: of any number of callers, one replaces the successor': async (harness: Harness) => {
    const { family } = await rotatedLongAgo(harness);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => family.present(family.first, keyed)));
    assert.deepEqual(tally(outcomes), { retried_late: 1, replayed: 7 });
    await family.lives();
  },

  'late retry: three times in a generation, and then no more': async (harness: Harness) => {
    const { family } = await rotatedLongAgo(harness);
    let current = family.first;
    for (let i = 0; i < 3; i++) {
      current = successorOf((await family.expect('retried_late', family.first, keyed)).attempt);
      await family.age(MINUTE);
    }
    await family.expect('superseded', family.first, keyed);
    await family.lives();
    const next = await family.rotate(current, keyed);
    await family.age(MINUTE);
    await family.expect('retried_late', current, keyed);
    await family.expect('reused', next);
  },

  'late retry: a successor that was replaced is reuse, and so each of the replaced ones': async (
    harness: Harness,
  ) => {
    for (const which of [0, 1, 2]) {
      const { family, second } = await rotatedLongAgo(harness);
      const replaced = [second];
      for (let i = 0; i < 3; i++) {
        replaced.push(successorOf((await family.expect('retried_late', family.first, keyed)).attempt));
        await family.age(MINUTE);
      }
      const { cause, distance } = await family.expect('reused', replaced[which]!);
      assert.deepEqual({ cause, distance }, { cause: 'replaced', distance: 0 });
      await family.hasEnded('reuse_replaced');
      await family.expect('revoked', replaced[3]!);
    }
  },

  'late retry: without the key, or with another, it is reuse': async (harness: Harness) => {
    for (const attemptHash of [null, randomHash()]) {
      const { family } = await rotatedLongAgo(harness);
      const { cause } = await family.expect('reused', family.first, { attemptHash });
      assert.equal(cause, 'parent_late');
      await family.hasEnded('reuse_parent_late');
    }
  },

  'late retry: a rotation without a key leaves none to retry with': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.rotate(family.first);
    await family.age(MINUTE);
    await family.expect('reused', family.first, keyed);
  },

  'late retry: after its time it is reuse': async (harness: Harness) => {
    const { family } = await rotatedLongAgo(harness);
    await family.age(HOUR);
    await family.expect('reused', family.first, keyed);
    await family.hasEnded('reuse_parent_late');
  },

  'late retry: not once the successor was used': async (harness: Harness) => {
    const { family, second } = await rotatedLongAgo(harness);
    await family.rotate(second);
    const { cause } = await family.expect('reused', family.first, keyed);
    assert.equal(cause, 'ancestor');
  },
};
