import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { HOUR, MINUTE, randomSecretHash, SECOND, SessionOnTrial } from './session-on-trial.js';
import type { SessionStoreHarness as Harness } from '../store-harness.js';

const TEXT = JSON.stringify({ cart: ['ä', '\u0000', '日本', '🌍', '\\', "'", '"'], n: 1.5 });

/** The application's own data of a session. */
export const SESSION_DATA = {
  'readData: none at the beginning': async (harness: Harness) => {
    const { id } = await SessionOnTrial.open(harness);
    assert.deepEqual(await harness.store.readData(id), { data: null, version: 0 });
  },

  'writeData: what was written is read, and the version moves with each': async (harness: Harness) => {
    const { id } = await SessionOnTrial.open(harness);
    const largest = JSON.stringify('x'.repeat(65_533));
    for (const [version, data] of [TEXT, '"other"', null, TEXT, largest].entries()) {
      assert.equal(await harness.store.writeData({ id, data, version }), 'written');
      assert.deepEqual(await harness.store.readData(id), { data, version: version + 1 });
    }
  },

  'writeData: the same once more is a write too': async (harness: Harness) => {
    const { id } = await SessionOnTrial.open(harness);
    for (const version of [0, 1]) {
      assert.equal(await harness.store.writeData({ id, data: TEXT, version }), 'written');
    }
    assert.deepEqual(await harness.store.readData(id), { data: TEXT, version: 2 });
  },

  'writeData: under another version, nothing is written': async (harness: Harness) => {
    const { id } = await SessionOnTrial.open(harness);
    await harness.store.writeData({ id, data: TEXT, version: 0 });
    for (const version of [0, 2, 7]) {
      assert.equal(await harness.store.writeData({ id, data: '"late"', version }), 'moved');
    }
    assert.deepEqual(await harness.store.readData(id), { data: TEXT, version: 1 });
  },

  'writeData: of any number under one version, one': async (harness: Harness) => {
    const { id } = await SessionOnTrial.open(harness);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, i) => harness.store.writeData({ id, data: String(i), version: 0 })),
    );
    assert.deepEqual(
      outcomes.filter((outcome) => outcome !== 'moved'),
      ['written'],
    );
    const data = String(outcomes.indexOf('written'));
    assert.deepEqual(await harness.store.readData(id), { data, version: 1 });
  },

  'writeData: changes nothing else, and nothing else changes it': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    const other = await SessionOnTrial.open(harness, { subject: session.subject });
    const before = (await session.read()).row;
    await harness.store.writeData({ id: session.id, data: TEXT, version: 0 });
    assert.deepEqual((await session.read()).row, before);
    assert.deepEqual(await harness.store.readData(other.id), { data: null, version: 0 });
    const { now } = await session.read();
    await harness.store.touch(session.id, now + SECOND, now + HOUR);
    assert.equal(await session.renew(session.secretHash, randomSecretHash()), true);
    assert.deepEqual(await harness.store.readData(session.id), { data: TEXT, version: 1 });
  },

  'read: leaves the data where it is': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    await harness.store.writeData({ id: session.id, data: TEXT, version: 0 });
    assert.ok(!JSON.stringify((await session.read()).row).includes('cart'));
  },

  'the data of a session that has ended is neither read nor written': async (harness: Harness) => {
    const session = await SessionOnTrial.open(harness);
    await harness.store.writeData({ id: session.id, data: TEXT, version: 0 });
    await harness.store.revoke(session.id, 'signed_out');
    await endedFor(harness, session.id);
    assert.notEqual((await session.read()).row.revokedAt, null);
  },

  'the data of a session past a limit is neither read nor written': async (harness: Harness) => {
    const idle = await SessionOnTrial.open(harness);
    await idle.age(30 * MINUTE + SECOND);
    await endedFor(harness, idle.id);
    const past = await SessionOnTrial.open(harness, { idleMs: 12 * HOUR });
    await past.age(12 * HOUR + SECOND);
    await endedFor(harness, past.id);
  },

  'the data of a session from before the end of everything is neither read nor written': async (
    harness: Harness,
  ) => {
    const { id } = await SessionOnTrial.open(harness);
    await harness.endEverything();
    await endedFor(harness, id);
  },

  'where there is no session, there is no data': async (harness: Harness) => {
    await endedFor(harness, randomUUID());
  },

  'writeData: racing the end of the session, it revives nothing': async (harness: Harness) => {
    for (let round = 0; round < 5; round++) {
      const session = await SessionOnTrial.open(harness);
      const [ended, written] = await Promise.all([
        harness.store.revoke(session.id, 'signed_out'),
        harness.store.writeData({ id: session.id, data: TEXT, version: 0 }),
      ]);
      assert.equal(ended, true);
      assert.ok(written === 'written' || written === 'ended');
      assert.notEqual((await session.read()).row.revokedAt, null);
      await endedFor(harness, session.id);
    }
  },
};

async function endedFor({ store }: Harness, id: string): Promise<void> {
  assert.equal(await store.readData(id), null);
  for (const version of [0, 1]) {
    assert.equal(await store.writeData({ id, data: '"late"', version }), 'ended');
  }
}
