import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DAY, FamilyOnTrial, HOUR, SECOND } from './family-on-trial.js';
import type { RefreshTokenFamilyStoreHarness as Harness } from '../store-harness.js';

/** How a family ends, and how its row goes. */
export const FAMILY_ENDING = {
  'revoke: ends a family and announces it, once': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const second = await family.rotate(family.first);
    assert.equal(await harness.store.revoke(family.id, 'signed_out'), true);
    await family.hasEnded('signed_out');
    assert.equal(await harness.store.revoke(family.id, 'again'), false);
    await family.hasEnded('signed_out');
    for (const token of [family.first, second]) await family.expect('revoked', token);
    assert.equal((await family.rekey(second)).outcome.kind, 'revoked');
  },

  'revoke: of any number of callers, one does it': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const done = await Promise.all(
      Array.from({ length: 8 }, () => harness.store.revoke(family.id, 'signed_out')),
    );
    assert.equal(done.filter(Boolean).length, 1);
    await family.hasEnded('signed_out');
  },

  'revoke: of a subject, only its own': async (harness: Harness) => {
    const subject = `Alice-${randomUUID()}`;
    const family = await FamilyOnTrial.open(harness, { subject });
    for (const other of ['bob', subject.toLowerCase(), `${subject} `, '']) {
      assert.equal(await harness.store.revoke(family.id, 'signed_out', other), false);
    }
    await family.lives();
    assert.equal(await harness.store.revoke(family.id, 'signed_out', subject), true);
    await family.hasEnded('signed_out');
  },

  'revoke: what is past a limit, or not there, was not live': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness, { idleMs: HOUR });
    await family.age(HOUR + SECOND);
    assert.equal(await harness.store.revoke(family.id, 'signed_out'), false);
    await family.lives();
    assert.equal(await harness.store.revoke(randomUUID(), 'signed_out'), false);
  },

  'revoke: once it returned, no rotation that raced it has a token that works': async (harness: Harness) => {
    for (let round = 0; round < 5; round++) {
      const family = await FamilyOnTrial.open(harness);
      const attempts = Array.from({ length: 6 }, () => family.attempt(family.first));
      const racing = attempts.map((attempt) => harness.store.rotate(attempt));
      assert.equal(await harness.store.revoke(family.id, 'signed_out'), true);
      for (const { successorHash: hash } of attempts) {
        const { kind } = await family.present({ generation: 1, hash });
        assert.equal(kind, 'revoked');
      }
      await Promise.all(racing);
      await family.hasEnded('signed_out');
    }
  },

  'end of the subject: no family survives it, whatever races it': async (harness: Harness) => {
    for (let round = 0; round < 5; round++) {
      const subject = randomUUID();
      const families = await Promise.all(
        Array.from({ length: 4 }, () => FamilyOnTrial.open(harness, { subject })),
      );
      const racing = families.flatMap((family) => [
        family.present(family.first),
        family.present(family.first),
      ]);
      await Promise.all([harness.endSubject(subject), ...racing]);
      for (const family of families) {
        assert.notEqual((await family.read()).row.revokedAt, null);
        assert.equal(await harness.endingsAnnounced(family.id), 1);
      }
    }
  },

  'sweep: deletes what is past its absolute limit, so many at a time': async (harness: Harness) => {
    // Rows that others left; not without end, should nothing ever be deleted.
    for (let left = 100; left > 0 && (await harness.store.sweep(500)) > 0; left--);
    const open = (given = {}) => FamilyOnTrial.open(harness, given);
    const live = await open();
    const idle = await open({ idleMs: HOUR });
    const revoked = await open();
    await idle.age(DAY);
    await harness.store.revoke(revoked.id, 'signed_out');
    const past = [await open(), await open(), await open()];
    for (const family of past) await family.age(30 * DAY + SECOND);
    assert.equal(await harness.store.sweep(2), 2);
    assert.equal(await harness.store.sweep(2), 1);
    assert.equal(await harness.store.sweep(2), 0);
    for (const { id } of past) assert.equal(await harness.store.read(id), null);
    for (const family of [live, idle, revoked]) await family.read();
    await past[0]!.expect('unknown', past[0]!.first);
  },
};
