import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  DAY,
  FamilyOnTrial,
  HOUR,
  MINUTE,
  randomHash,
  SECOND,
  successorOf,
  tally,
} from './family-on-trial.js';
import type { RefreshTokenFamilyStoreHarness as Harness } from '../store-harness.js';

const AT_ONCE = 12;

/** What the current token is good for, and what a token is that the row does not know. */
export const FAMILY_ROTATION = {
  'rotate: the current token makes way for its successor, in the same row': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const before = (await family.read()).row;
    const key = randomHash();
    const presenting = { attemptHash: key, userAgent: 'phone', ip: '198.51.100.7' };
    const { attempt } = await family.expect('rotated', family.first, presenting);
    const { row } = await family.read();
    assert.ok(row.rotatedAt >= before.rotatedAt);
    assert.deepEqual(
      { ...row },
      {
        ...before,
        generation: 1,
        currentHash: attempt.successorHash,
        previousHash: family.first.hash,
        salt: attempt.salt,
        attemptHash: key,
        rotatedAt: row.rotatedAt,
        idleExpiresAt: row.idleExpiresAt,
        userAgent: 'phone',
        ip: '198.51.100.7',
      },
    );
    await family.rotate(successorOf(attempt));
    await family.lives();
  },

  'rotate: of any number of callers with the current token, one rotates': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    let current = family.first;
    for (let round = 0; round < 3; round++) {
      const attempts = Array.from({ length: AT_ONCE }, () => family.attempt(current));
      const outcomes = await Promise.all(attempts.map((attempt) => harness.store.rotate(attempt)));
      assert.deepEqual(tally(outcomes), { rotated: 1, replayed: AT_ONCE - 1 });
      const winner = attempts[outcomes.findIndex(({ kind }) => kind === 'rotated')]!;
      for (const outcome of outcomes) {
        if (outcome.kind !== 'replayed') continue;
        assert.equal(outcome.salt, winner.salt);
        assert.equal(outcome.currentHash, winner.successorHash);
      }
      current = successorOf(winner);
      assert.equal((await family.read()).row.generation, current.generation);
    }
    await family.lives();
  },

  'rotate: the absolute limit never moves, and the idle one never beyond it': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness, { absoluteMs: 20 * DAY });
    const { expiresAt } = (await family.read()).row;
    const second = await family.rotate(family.first);
    const { row, now } = await family.read();
    assert.equal(row.expiresAt, expiresAt);
    assert.ok(row.idleExpiresAt > now + 14 * DAY - MINUTE && row.idleExpiresAt <= now + 14 * DAY);
    await family.age(10 * DAY);
    const third = await family.rotate(second);
    const aged = (await family.read()).row;
    assert.equal(aged.expiresAt, expiresAt - 10 * DAY);
    assert.equal(aged.idleExpiresAt, aged.expiresAt);
    await family.expect('replayed', second);
    await family.rekey(third);
    assert.equal((await family.read()).row.expiresAt, expiresAt - 10 * DAY);
  },

  'rotate: expired past the idle limit': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness, { idleMs: HOUR });
    await family.age(HOUR + SECOND);
    await family.expect('expired', family.first);
    assert.equal((await family.read()).row.generation, 0);
    await family.lives();
  },

  'rotate: expired past the absolute limit, whatever is presented': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const second = await family.rotate(family.first);
    const third = await family.rotate(second);
    await family.age(30 * DAY + SECOND);
    for (const token of [family.first, second, third]) await family.expect('expired', token);
    await family.lives();
  },

  'rotate: what waited in this node since before a limit is still in time': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness, { idleMs: HOUR });
    await family.age(HOUR + SECOND);
    await family.expect('expired', family.first, { waitedMs: () => 0 });
    await family.rotate(family.first, { waitedMs: () => 5 * SECOND });
    assert.equal((await family.read()).row.generation, 1);
  },

  'rotate: unknown where there is no family': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.expect('unknown', family.first, { familyId: randomUUID() });
  },

  'rotate: desynchronised when a token is ahead of its row': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const { distance } = await family.expect('desynchronised', { generation: 3, hash: randomHash() });
    assert.equal(distance, 3);
    assert.equal((await family.read()).row.generation, 0);
    await family.lives();
  },

  'rotate: desynchronised when no hash of the current generation fits': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const before = (await family.read()).row;
    await family.expect('desynchronised', { generation: 0, hash: randomHash() });
    assert.deepEqual((await family.read()).row, before);
    await family.lives();
  },

  'rotate: catches up with a token ahead of its row while that is accepted': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const { now, row: before } = await family.read();
    const ahead = { generation: 3, hash: randomHash() };
    const presenting = {
      rules: { acceptAheadUntil: now + HOUR },
      userAgent: 'phone',
      ip: '198.51.100.7',
      attemptHash: randomHash(),
    };
    const { attempt, distance } = await family.expect('caught_up', ahead, presenting);
    assert.equal(distance, 3);
    const { row } = await family.read();
    assert.equal(row.generation, 4);
    assert.equal(row.previousHash, ahead.hash);
    assert.equal(row.attemptHash, presenting.attemptHash);
    assert.equal(row.expiresAt, before.expiresAt);
    const { salt, currentHash, holder } = await family.expect('replayed', ahead, presenting);
    assert.equal(salt, attempt.salt);
    assert.equal(currentHash, attempt.successorHash);
    assert.deepEqual(holder, { ip: '198.51.100.7', userAgent: 'phone' });
    await family.rotate(successorOf(attempt));
    await family.lives();
  },

  'rotate: of any number of callers ahead of their row, one catches up': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const rules = { acceptAheadUntil: (await family.read()).now + HOUR };
    const ahead = { generation: 1, hash: randomHash() };
    const outcomes = await Promise.all(
      Array.from({ length: AT_ONCE }, () => family.present(ahead, { rules })),
    );
    assert.deepEqual(tally(outcomes), { caught_up: 1, replayed: AT_ONCE - 1 });
  },

  'rotate: catches up neither after that instant nor by more than a hundred': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const { now } = await family.read();
    const near = { generation: 1, hash: randomHash() };
    await family.expect('desynchronised', near, { rules: { acceptAheadUntil: now - SECOND } });
    const far = { generation: 101, hash: randomHash() };
    await family.expect('desynchronised', far, { rules: { acceptAheadUntil: now + HOUR } });
    await family.expect(
      'caught_up',
      { ...far, generation: 100 },
      { rules: { acceptAheadUntil: now + HOUR } },
    );
  },

  'rotate: desynchronised when the current hash comes under another generation': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    await family.expect('desynchronised', { ...family.first, generation: 1 });
    assert.equal((await family.read()).row.currentHash, family.first.hash);
    await family.lives();
  },

  'rotate: counts from when the row is written, however long the request waited': async (
    harness: Harness,
  ) => {
    const family = await FamilyOnTrial.open(harness);
    const { now } = await family.read();
    await family.rotate(family.first, { waitedMs: () => 20 * SECOND });
    const { row } = await family.read();
    assert.ok(row.rotatedAt >= now);
    assert.ok(row.idleExpiresAt >= now + 14 * DAY);
  },

  'rotate: leaves nothing of the generation before': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const keyed = { attemptHash: randomHash() };
    await family.rotate(family.first, keyed);
    await family.age(MINUTE);
    const { attempt } = await family.expect('retried_late', family.first, keyed);
    await family.expect('replayed', family.first, keyed);
    await family.rotate(successorOf(attempt));
    const { attemptHash, replays, replacedHashes, replacedAt } = (await family.read()).row;
    const left = { attemptHash, replays, replacedHashes, replacedAt };
    assert.deepEqual(left, { attemptHash: null, replays: 0, replacedHashes: '', replacedAt: null });
  },

  'rotate: never says that it did when it did not, whenever it looks at the wait': async (
    harness: Harness,
  ) => {
    const family = await FamilyOnTrial.open(harness, { idleMs: HOUR });
    await family.age(HOUR + SECOND);
    const waits = [0, 5 * SECOND];
    await family.expect('expired', family.first, { waitedMs: () => waits.shift() ?? 0 });
    assert.equal((await family.read()).row.generation, 0);
  },
};
