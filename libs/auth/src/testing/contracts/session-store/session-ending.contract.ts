import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { HOUR, MINUTE, SECOND, SessionOnTrial } from './session-on-trial.js';
import type { SessionStoreHarness as Harness } from '../store-harness.js';

/** How a session ends, and how its row goes. */
export const SESSION_ENDING = {
  'revoke: ends a session and announces it, once': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    const done = await Promise.all(
      Array.from({ length: 8 }, () => harness.store.revoke(session.id, 'signed_out')),
    );
    assert.equal(done.filter(Boolean).length, 1);
    assert.equal(await harness.store.revoke(session.id, 'again'), false);
    assert.notEqual((await session.read()).row.revokedAt, null);
    assert.equal(await harness.endingsAnnounced(session.id), 1);
  },

  'revoke: of a subject, only its own': async (harness: Harness) => {
    const subject = `Alice-${randomUUID()}`;
    const session = await SessionOnTrial.open(harness, { subject });
    for (const other of ['bob', subject.toLowerCase(), `${subject} `, '']) {
      assert.equal(await harness.store.revoke(session.id, 'signed_out', other), false);
    }
    assert.equal((await session.read()).row.revokedAt, null);
    assert.equal(await harness.endingsAnnounced(session.id), 0);
    assert.equal(await harness.store.revoke(session.id, 'signed_out', subject), true);
  },

  'revoke: what is past a limit, or not there, was not live': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    await session.age(30 * MINUTE + SECOND);
    assert.equal(await harness.store.revoke(session.id, 'signed_out'), false);
    assert.equal(await harness.endingsAnnounced(session.id), 0);
    assert.equal(await harness.store.revoke(randomUUID(), 'signed_out'), false);
  },

  'revoke: racing a renewal, the session ends': async (harness: Harness) => {
    for (let round = 0; round < 5; round++) {
      const session = await SessionOnTrial.open(harness);
      const [ended] = await Promise.all([
        harness.store.revoke(session.id, 'signed_out'),
        session.renew(session.secretHash, 'a'.repeat(64)),
      ]);
      assert.equal(ended, true);
      assert.notEqual((await session.read()).row.revokedAt, null);
      assert.equal(await harness.endingsAnnounced(session.id), 1);
    }
  },

  'sweep: deletes what is past its absolute limit, so many at a time': async (harness: Harness) => {
    while ((await harness.store.sweep(500)) > 0);
    const open = () => SessionOnTrial.open(harness);
    const kept = [await open(), await open(), await open()];
    await kept[1]!.age(HOUR);
    await harness.store.revoke(kept[2]!.id, 'signed_out');
    const past = [await open(), await open(), await open()];
    for (const session of past) await session.age(12 * HOUR + SECOND);
    assert.equal(await harness.store.sweep(2), 2);
    assert.equal(await harness.store.sweep(2), 1);
    assert.equal(await harness.store.sweep(2), 0);
    for (const { id } of past) assert.equal(await harness.store.read(id), null);
    for (const session of kept) await session.read();
  },
};
