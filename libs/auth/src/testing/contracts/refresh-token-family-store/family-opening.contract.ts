import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DAY, FamilyOnTrial, HOUR, MINUTE, newFamily } from './family-on-trial.js';
import type { RefreshTokenFamilyStoreHarness as Harness } from '../store-harness.js';

/** How a family begins, and how it is read. */
export const FAMILY_OPENING = {
  'open: writes the family as it was given, by its own clock': async (harness: Harness) => {
    const subject = `Älice ${randomUUID()}`;
    // Moved once, so that it is not the instant at which the global one may have been moved.
    await harness.epochs(subject);
    await harness.advance(subject);
    const epochs = await harness.epochs(subject);
    assert.notEqual(epochs.epoch, epochs.globalEpoch);
    const scopes = ['notes:read', 'notes:write'];
    const family = newFamily({ epochs, scopes, methods: ['pwd', 'otp'], label: 'my phone', ip: null });
    const opened = await harness.store.open(family);
    assert.ok(opened.opened);
    assert.equal(opened.expiresAt, opened.now + 30 * DAY);
    assert.equal(opened.idleExpiresAt, opened.now + 14 * DAY);
    const reading = await harness.store.read(family.id);
    assert.ok(reading);
    assert.equal(reading.subjectEpochNow, epochs.epoch);
    assert.equal(reading.globalEpochNow, epochs.globalEpoch);
    assert.ok(reading.now >= opened.now && reading.now < opened.now + MINUTE);
    const { id, currentHash, salt, userAgent } = family;
    const written = {
      id,
      currentHash,
      salt,
      userAgent,
      scopes,
      subject: epochs.subject,
      subjectEpoch: epochs.epoch,
      globalEpoch: epochs.globalEpoch,
      generation: 0,
      previousHash: null,
      replacedHashes: '',
      replacedAt: null,
      attemptHash: null,
      rotatedAt: opened.now,
      replays: 0,
      foreignReplays: 0,
      foreignReplayGeneration: null,
      replayClosed: false,
      createdAt: opened.now,
      idleExpiresAt: opened.idleExpiresAt,
      expiresAt: opened.expiresAt,
      revokedAt: null,
      revokedReason: null,
      authenticatedAt: opened.now,
      methods: ['pwd', 'otp'],
      ip: null,
      label: 'my phone',
    };
    assert.deepEqual({ ...reading.row }, written);
  },

  'open: an idle limit beyond the absolute one ends with it': async (harness: Harness) => {
    const epochs = await harness.epochs(randomUUID());
    const family = newFamily({ epochs, idleMs: 2 * HOUR, absoluteMs: HOUR });
    const opened = await harness.store.open(family);
    assert.ok(opened.opened);
    assert.equal(opened.idleExpiresAt, opened.expiresAt);
    assert.equal(opened.expiresAt, opened.now + HOUR);
  },

  'open: the person authenticated when it is said': async (harness: Harness) => {
    const family = newFamily({ epochs: await harness.epochs(randomUUID()), authenticatedAt: 0 });
    await harness.store.open(family);
    assert.equal((await harness.store.read(family.id))!.row.authenticatedAt, 0);
  },

  'open: writes nothing when the subject changed since its epoch was read': async (harness: Harness) => {
    const subject = randomUUID();
    const family = newFamily({ epochs: await harness.epochs(subject) });
    await harness.advance(subject);
    assert.deepEqual(await harness.store.open(family), { opened: false, reason: 'changed' });
    assert.equal(await harness.store.read(family.id), null);
  },

  'open: writes nothing for a subject without a row': async (harness: Harness) => {
    const family = newFamily({ epochs: { subject: randomUUID(), epoch: 1, globalEpoch: 0 } });
    assert.deepEqual(await harness.store.open(family), { opened: false, reason: 'changed' });
    assert.equal(await harness.store.read(family.id), null);
  },

  'open: nothing that began before the end of the subject outlives it, also in a race': async (
    harness: Harness,
  ) => {
    for (let round = 0; round < 5; round++) {
      const epochs = await harness.epochs(`subject-${randomUUID()}`);
      const families = Array.from({ length: 8 }, () => newFamily({ epochs }));
      const opens = families.map((family, i) =>
        i === 4
          ? harness.endSubject(epochs.subject).then(() => harness.store.open(family))
          : harness.store.open(family),
      );
      const outcomes = await Promise.all(opens);
      assert.equal(outcomes[4]!.opened, false);
      for (const [i, { id }] of families.entries()) {
        const reading = await harness.store.read(id);
        assert.equal(reading !== null, outcomes[i]!.opened);
        if (reading) assert.notEqual(reading.row.revokedAt, null, 'a family outlived the end of its subject');
      }
    }
  },

  'read: the present epochs, and null where there is nothing': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const before = await family.read();
    await harness.advance(family.subject);
    const after = await family.read();
    assert.ok(after.subjectEpochNow! > before.subjectEpochNow!);
    assert.equal(after.row.subjectEpoch, before.row.subjectEpoch);
    assert.equal(await harness.store.read(randomUUID()), null);
  },

  'read: decides nothing': async (harness: Harness) => {
    const family = await FamilyOnTrial.open(harness);
    const before = await family.read();
    assert.deepEqual((await family.read()).row, before.row);
  },
};
