import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { HOUR, MINUTE, newSession, randomSecretHash, SECOND, SessionOnTrial } from './session-on-trial.js';
import type { SessionStoreHarness as Harness } from '../store-harness.js';

/** How a session begins, is read, stays alive and changes its secret. */
export const SESSION_LIFE = {
  'open: writes the session as it was given, by its own clock': async (harness: Harness) => {
    const epochs = await harness.epochs(`Älice ${randomUUID()}`);
    const session = newSession(epochs, { scopes: ['notes:read'] });
    const opened = await harness.store.open(session);
    assert.ok(opened.opened);
    assert.equal(opened.idleExpiresAt, opened.now + 30 * MINUTE);
    assert.equal(opened.expiresAt, opened.now + 12 * HOUR);
    const { row, globalEpochNow, now } = (await harness.store.read(session.id))!;
    assert.equal(globalEpochNow, epochs.globalEpoch);
    assert.ok(now >= opened.now && now < opened.now + MINUTE);
    const written = {
      id: session.id,
      secretHash: session.secretHash,
      subject: epochs.subject,
      subjectEpoch: epochs.epoch,
      globalEpoch: epochs.globalEpoch,
      createdAt: opened.now,
      seenAt: opened.now,
      idleExpiresAt: opened.idleExpiresAt,
      expiresAt: opened.expiresAt,
      revokedAt: null,
      authenticatedAt: opened.now,
      methods: ['pwd'],
      scopes: ['notes:read'],
    };
    assert.deepEqual(
      Object.fromEntries(Object.keys(written).map((member) => [member, row[member as keyof typeof row]])),
      written,
    );
  },

  'open: the person authenticated when it is said': async (harness: Harness) => {
    const epochs = await harness.epochs(randomUUID());
    const session = newSession(epochs, { authenticatedAt: 0 });
    await harness.store.open(session);
    assert.equal((await harness.store.read(session.id))!.row.authenticatedAt, 0);
  },

  'open: an idle limit beyond the absolute one ends with it': async (harness: Harness) => {
    const epochs = await harness.epochs(randomUUID());
    const opened = await harness.store.open(newSession(epochs, { idleMs: 2 * HOUR, absoluteMs: HOUR }));
    assert.ok(opened.opened);
    assert.equal(opened.idleExpiresAt, opened.expiresAt);
  },

  'open: writes nothing when the subject changed since its epoch was read': async (harness: Harness) => {
    const epochs = await harness.epochs(randomUUID());
    await harness.advance(epochs.subject);
    const session = newSession(epochs);
    assert.deepEqual(await harness.store.open(session), { opened: false, reason: 'changed' });
    assert.equal(await harness.store.read(session.id), null);
  },

  'open: nothing that began before the end of the subject outlives it, also in a race': async (
    harness: Harness,
  ) => {
    for (let round = 0; round < 5; round++) {
      const epochs = await harness.epochs(randomUUID());
      const sessions = Array.from({ length: 8 }, () => newSession(epochs));
      const opens = sessions.map((session) => harness.store.open(session));
      await Promise.all([harness.endSubject(epochs.subject), ...opens]);
      for (const { id } of sessions) {
        const reading = await harness.store.read(id);
        if (reading)
          assert.notEqual(reading.row.revokedAt, null, 'a session outlived the end of its subject');
      }
    }
  },

  'read: null where there is nothing': async (harness: Harness) => {
    assert.equal(await harness.store.read(randomUUID()), null);
  },

  'touch: moves the idle limit, and never the absolute one': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    await session.age(20 * MINUTE);
    const { row, now } = await session.read();
    await harness.store.touch(session.id, now, now + 30 * MINUTE);
    const touched = (await session.read()).row;
    assert.deepEqual(touched, { ...row, seenAt: now, idleExpiresAt: now + 30 * MINUTE });
    await harness.store.touch(session.id, now + 1, now + 20 * HOUR);
    const again = (await session.read()).row;
    assert.equal(again.idleExpiresAt, row.expiresAt);
    assert.equal(again.expiresAt, row.expiresAt);
  },

  'touch: never backwards': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    const { row } = await session.read();
    await harness.store.touch(session.id, row.seenAt - MINUTE, row.idleExpiresAt - MINUTE);
    assert.deepEqual((await session.read()).row, row);
  },

  'touch: in any order, the last activity counts': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    const { row } = await session.read();
    const activities = [3, 1, 4, 2].map((s) => row.seenAt + s * SECOND);
    await Promise.all(activities.map((at) => harness.store.touch(session.id, at, at + 30 * MINUTE)));
    const touched = (await session.read()).row;
    assert.equal(touched.seenAt, row.seenAt + 4 * SECOND);
    assert.equal(touched.idleExpiresAt, row.seenAt + 4 * SECOND + 30 * MINUTE);
  },

  'touch: never on a session that has ended': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    await harness.store.revoke(session.id, 'signed_out');
    const { row, now } = await session.read();
    await harness.store.touch(session.id, now + SECOND, now + HOUR);
    assert.deepEqual((await session.read()).row, row);
  },

  'touch: never on a session that had idled out by then': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    await session.age(30 * MINUTE + SECOND);
    const { row, now } = await session.read();
    await harness.store.touch(session.id, now, now + 30 * MINUTE);
    assert.deepEqual((await session.read()).row, row);
    // An activity from before the limit that is written after it does count.
    await harness.store.touch(session.id, now - MINUTE, now + 29 * MINUTE);
    assert.equal((await session.read()).row.idleExpiresAt, now + 29 * MINUTE);
  },

  'renew: exchanges the secret, and says so': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    await session.age(MINUTE);
    const before = (await session.read()).row;
    const next = randomSecretHash();
    assert.equal(await session.renew(session.secretHash, next), true);
    assert.deepEqual((await session.read()).row, { ...before, secretHash: next });
    assert.equal(await harness.changesAnnounced(session.id), 1);
    assert.equal(await harness.endingsAnnounced(session.id), 0);
    assert.equal(await session.renew(session.secretHash, randomSecretHash()), false);
    assert.equal((await session.read()).row.secretHash, next);
    assert.equal(await harness.changesAnnounced(session.id), 1);
  },

  'renew: may say when and how its person was authenticated': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    await session.age(MINUTE);
    const { row: before } = await session.read();
    const next = randomSecretHash();
    assert.equal(await session.renew(session.secretHash, next, { methods: ['pwd', 'otp'] }), true);
    const { row } = await session.read();
    assert.deepEqual([...row.methods], ['pwd', 'otp']);
    assert.ok(row.authenticatedAt >= before.authenticatedAt + MINUTE);
    assert.equal(row.expiresAt, before.expiresAt);
  },

  'renew: of any number of callers with the secret, one does': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    const secrets = Array.from({ length: 8 }, randomSecretHash);
    const done = await Promise.all(secrets.map((next) => session.renew(session.secretHash, next)));
    assert.equal(done.filter(Boolean).length, 1);
    assert.equal((await session.read()).row.secretHash, secrets[done.indexOf(true)]);
    assert.equal(await harness.changesAnnounced(session.id), 1);
  },

  'renew: not with another secret, not once it ended, not past a limit': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    assert.equal(await session.renew(randomSecretHash(), randomSecretHash()), false);
    await harness.store.revoke(session.id, 'signed_out');
    assert.equal(await session.renew(session.secretHash, randomSecretHash()), false);
    const idle = await SessionOnTrial.open(harness);
    await idle.age(30 * MINUTE + SECOND);
    assert.equal(await idle.renew(idle.secretHash, randomSecretHash()), false);
    assert.equal((await idle.read()).row.secretHash, idle.secretHash);
    assert.equal(await harness.changesAnnounced(idle.id), 0);
  },
};
