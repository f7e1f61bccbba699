import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DAY, HOUR, MINUTE } from '../refresh-token-family-store/family-on-trial.js';
import type { StoreHarness as Harness } from '../store-harness.js';
import { SubjectOnTrial } from '../subject-store/subject-on-trial.js';

/** What a subject sees of its sign-ins. */
export const REGISTRY_LIST = {
  'list: live sign-ins of both kinds, the newest first': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness, `Älice ${randomUUID()}`);
    const from = { ip: '192.0.2.7', userAgent: 'browser/2', label: 'my phone' };
    const session = await subject.session(from);
    await harness.age(session.id, MINUTE);
    const family = await subject.family({ ip: null, userAgent: null, label: null });
    await harness.age(family.id, 2 * MINUTE);
    const newest = await subject.session();
    await new SubjectOnTrial(harness, subject.id.toLowerCase()).session();
    const listed = await harness.stores.registry.list(subject.id);
    assert.deepEqual(
      listed.map(({ id, kind }) => [id, kind]),
      [
        [newest.id, 'session'],
        [session.id, 'session'],
        [family.id, 'tokens'],
      ],
    );
    const { createdAt, seenAt, expiresAt } = (await session.read()).row;
    assert.deepEqual(
      { ...listed[1] },
      { id: session.id, kind: 'session', createdAt, lastSeenAt: seenAt, expiresAt, ...from },
    );
    const { label, ip, userAgent } = listed[2]!;
    assert.deepEqual([label, ip, userAgent], [null, null, null]);
  },

  'list: when each was last used': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness);
    const session = await subject.session();
    const family = await subject.family();
    for (const { id } of [session, family]) await harness.age(id, 10 * MINUTE);
    const { now } = await session.read();
    await harness.stores.sessions.touch(session.id, now, now + HOUR);
    await family.rotate(family.first);
    for (const { createdAt, lastSeenAt } of await harness.stores.registry.list(subject.id)) {
      assert.ok(lastSeenAt >= createdAt + 10 * MINUTE);
    }
  },

  'list: neither what has ended nor what is past a limit': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness);
    const { sessions, families } = await subject.signIns();
    await harness.stores.sessions.revoke(sessions[0]!.id, 'signed_out');
    await harness.stores.families.revoke(families[0]!.id, 'signed_out');
    await sessions[1]!.age(HOUR);
    await families[1]!.age(15 * DAY);
    assert.deepEqual(await subject.listed(), []);
  },
};
