import assert from 'node:assert/strict';
import { FamilyOnTrial, MINUTE, SECOND, tally } from './family-on-trial.js';
import type { RefreshTokenFamilyStoreHarness as Harness } from '../store-harness.js';

const MAX_REPLAYS = 100;

/** What the parent of the current token is good for, inside the window. */
export const FAMILY_REPLAY = {
  'replay: the parent is answered with what the current token was derived with': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const { attempt } = await family.expect('rotated', family.first);
    const before = (await family.read()).row;
    for (let i = 1; i <= 3; i++) {
      const { salt, currentHash, idleExpiresAt } = await family.expect('replayed', family.first);
      assert.equal(salt, attempt.salt);
      assert.equal(currentHash, attempt.successorHash);
      assert.equal(idleExpiresAt, before.idleExpiresAt);
      assert.deepEqual((await family.read()).row, { ...before, replays: i });
    }
    await family.lives();
  },

  'replay: tells how old the rotation is, and who made it': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.rotate(family.first, { ip: '198.51.100.7', userAgent: 'phone' });
    await family.age(20 * SECOND);
    const { ageMs, holder } = await family.expect('replayed', family.first);
    assert.ok(ageMs >= 20 * SECOND && ageMs < 29 * SECOND);
    assert.deepEqual(holder, { ip: '198.51.100.7', userAgent: 'phone' });
  },

  'replay: the window does not slide': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.rotate(family.first);
    await family.age(20 * SECOND);
    const before = (await family.read()).row;
    await family.expect('replayed', family.first);
    assert.deepEqual((await family.read()).row, { ...before, replays: 1 });
    await family.age(11 * SECOND);
    await family.expect('reused', family.first);
    await family.hasEnded('reuse_parent_late');
  },

  'replay: a clock that went back is no reason for suspicion': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.rotate(family.first);
    await family.age(-10 * MINUTE);
    const { ageMs } = await family.expect('replayed', family.first);
    assert.equal(ageMs, 0);
    await family.lives();
  },

  'replay: a retry that waited in this node is as old as when it arrived': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.rotate(family.first);
    await family.age(40 * SECOND);
    const { ageMs } = await family.expect('replayed', family.first, { waitedMs: () => 35 * SECOND });
    assert.ok(ageMs < 30 * SECOND);
    await family.lives();
    await family.expect('reused', family.first, { waitedMs: () => SECOND });
  },

  'replay: a hundred times, and then no more': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const second = await family.rotate(family.first);
    const outcomes = await Promise.all(
      Array.from({ length: MAX_REPLAYS + 5 }, () => family.present(family.first)),
    );
    assert.deepEqual(tally(outcomes), { replayed: MAX_REPLAYS, superseded: 5 });
    assert.equal((await family.read()).row.replays, MAX_REPLAYS);
    await family.lives();
    await family.rotate(second);
    await family.expect('replayed', second);
  },

  'replay: no window, no replay': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.rotate(family.first);
    await family.age(SECOND);
    await family.expect('reused', family.first, { rules: { replayWindowMs: 0 } });
  },

  'replay: counts the generations running that were replayed from another user agent': async (
    harness: Harness,
  ) => {
    const family = await FamilyOnTrial.open(harness);
    let token = family.first;
    const shadowed = async (userAgent: string): Promise<number> => {
      const next = await family.rotate(token, { userAgent: 'browser' });
      const { foreignReplays } = await family.expect('replayed', token, { userAgent });
      const again = await family.expect('replayed', token, { userAgent });
      assert.equal(again.foreignReplays, foreignReplays);
      token = next;
      return foreignReplays;
    };
    assert.equal(await shadowed('browser'), 0);
    assert.equal(await shadowed('curl'), 1);
    assert.equal(await shadowed('curl'), 2);
    assert.equal(await shadowed('curl'), 3);
    assert.equal(await shadowed('browser'), 0);
    assert.equal(await shadowed('curl'), 1);
    await family.lives();
  },

  'replay: bound to the user agent, another one is reuse': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const rules = { replayBinding: 'user-agent' } as const;
    await family.rotate(family.first, { rules, userAgent: 'browser' });
    await family.expect('replayed', family.first, { rules, userAgent: 'browser' });
    const { cause } = await family.expect('reused', family.first, { rules, userAgent: 'curl' });
    assert.equal(cause, 'parent_other_user_agent');
    await family.hasEnded('reuse_parent_other_user_agent');
  },
};
