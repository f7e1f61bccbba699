import assert from 'node:assert/strict';
import { FamilyOnTrial, MINUTE, randomHash, tally } from './family-on-trial.js';
import type { RefreshTokenFamilyStoreHarness as Harness } from '../store-harness.js';

async function chain(harness: Harness, subject?: string) {
  const family = await FamilyOnTrial.open(harness, subject === undefined ? {} : { subject });
  const second = await family.rotate(family.first, { ip: '198.51.100.7', userAgent: 'phone' });
  const third = await family.rotate(second, { ip: '198.51.100.8', userAgent: 'tablet' });
  return { family, second, third };
}

/** What no honest client presents. */
export const FAMILY_REUSE = {
  'reuse: an ancestor ends the family, and no token of it works again': async (harness: Harness) => {
    const { family, second, third } = await chain(harness);
    const { cause, distance, holder } = await family.expect('reused', family.first);
    assert.deepEqual({ cause, distance }, { cause: 'ancestor', distance: 2 });
    assert.deepEqual(holder, { ip: '198.51.100.8', userAgent: 'tablet' });
    await family.hasEnded('reuse_ancestor');
    for (const token of [family.first, second, third]) await family.expect('revoked', token);
    const { row } = await family.read();
    assert.equal(row.generation, 2);
    assert.equal(row.currentHash, third.hash);
    await family.hasEnded('reuse_ancestor');
  },

  'reuse: the parent after its window': async (harness: Harness) => {
    const { family, second, third } = await chain(harness);
    await family.age(MINUTE);
    const { cause, distance, ageMs } = await family.expect('reused', second);
    assert.deepEqual({ cause, distance }, { cause: 'parent_late', distance: 1 });
    assert.ok(ageMs >= MINUTE && ageMs < 2 * MINUTE);
    await family.hasEnded('reuse_parent_late');
    await family.expect('revoked', third);
  },

  'reuse: a parent that is not the parent': async (harness: Harness) => {
    const { family, third } = await chain(harness);
    const { cause } = await family.expect('reused', { generation: 1, hash: randomHash() });
    assert.equal(cause, 'parent_other_hash');
    await family.hasEnded('reuse_parent_other_hash');
    await family.expect('revoked', third);
  },

  'reuse: of any number of callers, one hears of it, and it is announced once': async (harness: Harness) => {
    for (let round = 0; round < 3; round++) {
      const { family } = await chain(harness);
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => family.present(family.first)));
      assert.deepEqual(tally(outcomes), { reused: 1, revoked: 9 });
      await family.hasEnded('reuse_ancestor');
    }
  },

  'reuse: racing the current token, the family ends': async (harness: Harness) => {
    for (let round = 0; round < 5; round++) {
      const { family, third } = await chain(harness);
      const rotation = family.attempt(third);
      const [reuse, rotated] = await Promise.all([
        family.present(family.first),
        harness.store.rotate(rotation),
      ]);
      assert.equal(reuse.kind, 'reused');
      assert.ok(rotated.kind === 'rotated' || rotated.kind === 'revoked');
      await family.hasEnded('reuse_ancestor');
      await family.expect('revoked', third);
      await family.expect('revoked', { generation: 3, hash: rotation.successorHash });
    }
  },

  'reuse: ends this family alone': async (harness: Harness) => {
    const { family } = await chain(harness);
    const other = await FamilyOnTrial.open(harness, { subject: family.subject });
    const { subjectEpochNow } = await other.read();
    await family.expect('reused', family.first);
    await other.lives();
    assert.equal((await other.read()).subjectEpochNow, subjectEpochNow);
    await other.rotate(other.first);
  },

  'reuse: ends all of the subject where it should': async (harness: Harness) => {
    const { family } = await chain(harness);
    const other = await FamilyOnTrial.open(harness, { subject: family.subject });
    const stranger = await FamilyOnTrial.open(harness);
    const before = (await other.read()).subjectEpochNow!;
    const onReuse = 'revoke-subject';
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => family.present(family.first, { onReuse })),
    );
    assert.deepEqual(tally(outcomes), { reused: 1, revoked: 5 });
    await family.hasEnded('reuse_ancestor');
    await other.hasEnded('reuse_ancestor');
    assert.ok((await other.read()).subjectEpochNow! > before);
    await stranger.lives();
  },

  'reuse: is told from honest use while a subject would end for it': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const onReuse = 'revoke-subject';
    const second = await family.rotate(family.first, { onReuse });
    await family.expect('replayed', family.first, { onReuse });
    await family.rotate(second, { onReuse });
    await family.lives();
  },
};
