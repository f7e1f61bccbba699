import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DAY, FamilyOnTrial, MINUTE, randomHash, SECOND, tally } from './family-on-trial.js';
import type { RefreshTokenFamilyStoreHarness as Harness } from '../store-harness.js';

/** A rise of privilege, or a change of credentials: the family goes on with a secret that owes nothing to the former. */
export const FAMILY_REKEY = {
  'rekey: the current token makes way, and its parent cannot be replayed': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const second = await family.rotate(family.first, { attemptHash: randomHash() });
    const before = (await family.read()).row;
    const { outcome, next } = await family.rekey(second, { methods: ['pwd', 'otp'] });
    assert.equal(outcome.kind, 'rekeyed');
    const { row } = await family.read();
    if (outcome.kind === 'rekeyed') {
      assert.deepEqual({ ...outcome.row }, { ...row });
      assert.equal(outcome.idleExpiresAt, row.idleExpiresAt);
      assert.ok(outcome.now + 14 * DAY === outcome.idleExpiresAt);
    }
    assert.equal(row.generation, 2);
    assert.equal(row.currentHash, next.hash);
    assert.equal(row.previousHash, second.hash);
    assert.equal(row.attemptHash, null);
    assert.equal(row.replayClosed, true);
    assert.deepEqual([...row.methods], ['pwd', 'otp']);
    assert.ok(row.authenticatedAt >= before.authenticatedAt);
    assert.equal(row.expiresAt, before.expiresAt);
    await family.expect('superseded', second);
    await family.lives();
    await family.rotate(next);
    assert.equal((await family.read()).row.replayClosed, false);
    await family.expect('replayed', next);
  },

  'rekey: keeps when and how its person was authenticated, if that is not what rose': async (
    harness: Harness,
  ) => {
    const family = await FamilyOnTrial.open(harness);
    await family.age(MINUTE);
    const before = (await family.read()).row;
    await family.rekey(family.first, null);
    const { row } = await family.read();
    assert.equal(row.authenticatedAt, before.authenticatedAt);
    assert.deepEqual([...row.methods], ['pwd']);
  },

  'rekey: the time of authentication is that of the step-up': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.age(MINUTE);
    await family.rekey(family.first, { methods: ['otp'] });
    const { row } = await family.read();
    assert.ok(row.authenticatedAt >= row.createdAt + MINUTE);
  },

  'rekey: a parent that is late afterwards is reuse': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.rekey(family.first);
    await family.age(31 * SECOND);
    await family.expect('reused', family.first);
    await family.hasEnded('reuse_parent_late');
  },

  'rekey: of any number of callers, one does': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const rekeyed = await Promise.all(Array.from({ length: 8 }, () => family.rekey(family.first)));
    assert.deepEqual(tally(rekeyed.map(({ outcome }) => outcome)), { rekeyed: 1, superseded: 7 });
    const { next } = rekeyed.find(({ outcome }) => outcome.kind === 'rekeyed')!;
    assert.equal((await family.read()).row.currentHash, next.hash);
    await family.lives();
  },

  'rekey: racing a rotation, one of the two goes on': async (harness: Harness) => {
    for (let round = 0; round < 5; round++) {
      const family = await FamilyOnTrial.open(harness);
      const [{ outcome }, rotated] = await Promise.all([
        family.rekey(family.first),
        family.present(family.first),
      ]);
      const kinds = `${outcome.kind}, ${rotated.kind}`;
      assert.ok(['rekeyed, superseded', 'superseded, rotated'].includes(kinds), kinds);
      assert.equal((await family.read()).row.generation, 1);
      await family.lives();
    }
  },

  'rekey: the parent is refused inside the window, and reuse after it': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.rotate(family.first);
    assert.equal((await family.rekey(family.first)).outcome.kind, 'superseded');
    await family.lives();
    await family.age(MINUTE);
    assert.equal((await family.rekey(family.first)).outcome.kind, 'reused');
    await family.hasEnded('reuse_parent_late');
    assert.equal((await family.rekey(family.first)).outcome.kind, 'revoked');
  },

  'rekey: an ancestor is reuse': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.rotate(await family.rotate(family.first));
    assert.equal((await family.rekey(family.first)).outcome.kind, 'reused');
    await family.hasEnded('reuse_ancestor');
  },

  'rekey: never catches up': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const rules = { acceptAheadUntil: (await family.read()).now + MINUTE };
    const ahead = { generation: 1, hash: randomHash() };
    assert.equal((await family.rekey(ahead, null, { rules })).outcome.kind, 'desynchronised');
    assert.equal((await family.read()).row.generation, 0);
    await family.lives();
  },

  'rekey: not past a limit, and not where there is nothing': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const nowhere = { familyId: randomUUID() };
    assert.equal((await family.rekey(family.first, null, nowhere)).outcome.kind, 'unknown');
    await family.age(30 * DAY + SECOND);
    assert.equal((await family.rekey(family.first)).outcome.kind, 'expired');
  },

  'rekey: a request that waited in this node is as old as when it arrived': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.rotate(family.first);
    await family.age(40 * SECOND);
    const { outcome } = await family.rekey(family.first, null, { waitedMs: () => 35 * SECOND });
    assert.equal(outcome.kind, 'superseded');
    await family.lives();
  },

  'rekey: cannot be retried late, whatever key it came with': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const attemptHash = randomHash();
    await family.rekey(family.first, null, { attemptHash });
    assert.equal((await family.read()).row.attemptHash, null);
    await family.age(MINUTE);
    await family.expect('reused', family.first, { attemptHash });
  },

  'rekey: with the parent is refused where a refresh would be a late retry': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const attemptHash = randomHash();
    await family.rotate(family.first, { attemptHash });
    await family.age(MINUTE);
    const before = (await family.read()).row;
    assert.equal((await family.rekey(family.first, null, { attemptHash })).outcome.kind, 'superseded');
    assert.deepEqual((await family.read()).row, before);
    await family.lives();
  },

  'rekey: leaves from where the family was last rotated': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.rekey(family.first, null, { ip: '198.51.100.7', userAgent: 'phone' });
    const { ip, userAgent } = (await family.read()).row;
    assert.deepEqual({ ip, userAgent }, { ip: '192.0.2.1', userAgent: 'browser' });
  },
};
