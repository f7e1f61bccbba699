import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { newFamily } from '../refresh-token-family-store/family-on-trial.js';
import { newSession } from '../session-store/session-on-trial.js';
import type { StoreHarness as Harness } from '../store-harness.js';
import { SubjectOnTrial } from '../subject-store/subject-on-trial.js';

/** How everything of a subject ends, changes or is erased. */
export const REGISTRY_ENDING = {
  'endAll: ends sessions and families, announces each, and says how many': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness);
    const other = new SubjectOnTrial(harness);
    const { ids } = await subject.signIns();
    const others = (await other.signIns()).ids;
    const before = await subject.epoch();
    assert.equal(await harness.stores.registry.endAll(subject.id, 'all_ended'), ids.length);
    await subject.haveEnded(ids);
    assert.ok((await subject.epoch()) > before);
    assert.equal(await harness.announced('subject_stale', subject.id), 1);
    assert.deepEqual(await subject.listed(), []);
    await other.live(others);
    assert.equal(await harness.announced('subject_stale', other.id), 0);
    assert.equal(await harness.stores.registry.endAll(subject.id, 'again'), 0);
    await subject.haveEnded(ids);
  },

  'endAll: but one, of either kind': async (harness: Harness) => {
    for (const kept of ['sessions', 'families'] as const) {
      const subject = new SubjectOnTrial(harness);
      const signIns = await subject.signIns();
      const { id } = signIns[kept][0]!;
      assert.equal(await harness.stores.registry.endAll(subject.id, 'others_ended', id), 3);
      await subject.live([id]);
      await subject.haveEnded(signIns.ids.filter((one) => one !== id));
    }
  },

  'endAll: of any number of callers, each sign-in is ended by one': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness);
    const { ids } = await subject.signIns();
    const ended = await Promise.all(
      Array.from({ length: 6 }, () => harness.stores.registry.endAll(subject.id, 'all_ended')),
    );
    assert.equal(
      ended.reduce((sum, many) => sum + many, 0),
      ids.length,
    );
    await subject.haveEnded(ids);
  },

  'endAll: of a subject without a row, before its first sign-in': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness);
    assert.equal(await harness.stores.registry.endAll(subject.id, 'all_ended'), 0);
    await subject.live([(await subject.session()).id]);
  },

  'endAll: racing single ends, each sign-in is ended by one': async (harness: Harness) => {
    for (let round = 0; round < 5; round++) {
      const subject = new SubjectOnTrial(harness);
      const { sessions, families, ids } = await subject.signIns();
      const [all, ...single] = await Promise.all([
        harness.stores.registry.endAll(subject.id, 'all_ended'),
        ...sessions.map(({ id }) => harness.stores.sessions.revoke(id, 'signed_out')),
        ...families.map(({ id }) => harness.stores.families.revoke(id, 'signed_out')),
      ]);
      assert.equal(all + single.filter(Boolean).length, ids.length);
      await subject.haveEnded(ids);
    }
  },

  'a reuse that ends the subject ends its sessions too': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness);
    const { families, ids } = await subject.signIns();
    const family = families[0]!;
    await family.rotate(await family.rotate(family.first));
    const before = await subject.epoch();
    await family.expect('reused', family.first, { onReuse: 'revoke-subject' });
    await subject.haveEnded(ids);
    assert.ok((await subject.epoch()) > before);
  },

  'subjectChanged: moves the epoch, says so, and ends nothing': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness);
    const { ids } = await subject.signIns();
    const before = await subject.epoch();
    await harness.stores.registry.subjectChanged(subject.id);
    assert.ok((await subject.epoch()) > before);
    assert.equal(await harness.announced('subject_stale', subject.id), 1);
    await subject.live(ids);
  },

  'forget: ends and erases everything of the subject, its row too': async (harness: Harness) => {
    const { registry, sessions, families, subjects } = harness.stores;
    const subject = new SubjectOnTrial(harness, `Älice ${randomUUID()}`);
    const other = new SubjectOnTrial(harness);
    const signIns = await subject.signIns();
    const others = (await other.signIns()).ids;
    assert.equal(await registry.forget(subject.id), signIns.ids.length);
    for (const { id } of signIns.sessions) assert.equal(await sessions.read(id), null);
    for (const { id } of signIns.families) assert.equal(await families.read(id), null);
    for (const id of signIns.ids) assert.equal(await harness.announced('sign_in', id), 1);
    assert.equal(await subjects.find(subject.id), null);
    assert.deepEqual(await subject.listed(), []);
    await other.live(others);
  },

  'forget: nothing that began before it comes after it, also in a race': async (harness: Harness) => {
    const { registry, sessions, families, subjects } = harness.stores;
    for (let round = 0; round < 5; round++) {
      const epochs = await subjects.epochs(randomUUID());
      const opening = Array.from({ length: 3 }, () => [newSession(epochs), newFamily({ epochs })] as const);
      const opens = opening.flatMap(([session, family]) => [sessions.open(session), families.open(family)]);
      await Promise.all([registry.forget(epochs.subject), ...opens]);
      for (const [session, family] of opening) {
        assert.equal(await sessions.read(session.id), null);
        assert.equal(await families.read(family.id), null);
        assert.deepEqual(await families.open(newFamily({ epochs })), { opened: false, reason: 'changed' });
      }
    }
  },

  'revokeEverything: moves the global epoch, past every sign-in there is': async (harness: Harness) => {
    const { registry, sessions, families } = harness.stores;
    const subject = new SubjectOnTrial(harness);
    const signIns = await subject.signIns();
    await registry.revokeEverything();
    // The newest one says all that those before it said: they may be gone.
    assert.ok((await harness.announced('everything', '')) >= 1);
    const readings = [
      ...(await Promise.all(signIns.sessions.map(({ id }) => sessions.read(id)))),
      ...(await Promise.all(signIns.families.map(({ id }) => families.read(id)))),
    ];
    for (const reading of readings) assert.ok(reading!.row.globalEpoch < reading!.globalEpochNow);
    assert.deepEqual(await subject.listed(), []);
    const after = await subject.session();
    await subject.live([after.id]);
    assert.deepEqual(await subject.listed(), [after.id]);
  },

  'sweep: leaves revocations that may still matter': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness);
    const { ids } = await subject.signIns();
    await harness.stores.registry.endAll(subject.id, 'all_ended');
    while ((await harness.stores.registry.sweep(500)) > 0);
    await subject.haveEnded(ids);
  },
};
