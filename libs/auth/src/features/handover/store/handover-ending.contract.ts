import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  FamilyOnTrial,
  newFamily,
} from '../../../testing/contracts/refresh-token-family-store/family-on-trial.js';
import { newSession } from '../../../testing/contracts/session-store/session-on-trial.js';
import { aroundFamilies } from '../../../testing/contracts/store-harness.js';
import {
  childOf,
  fresh,
  isLive,
  KINDS,
  open,
  opened,
  pair,
  type Seen,
} from './handovers-on-trial.contract.js';

/** How a parent and its children end, and are kept, as one. */
export const HANDOVER_ENDING = {
  'end: of the parent ends its children, and announces each once': async (seen: Seen) => {
    const { sessions, families } = seen.stores;
    for (const kind of KINDS)
      for (const childKind of KINDS) {
        const subject = randomUUID();
        const { parent, child } = await pair(seen, subject, [kind, childKind]);
        const second = await childOf(seen, subject, parent);
        const stranger = await opened(seen, subject, childKind);
        await (kind === 'session' ? sessions : families).revoke(parent, 'signed_out', subject);
        for (const id of [parent, child, second]) {
          assert.equal(await isLive(seen, id), false);
          assert.equal(await seen.announced('sign_in', id), 1);
        }
        assert.equal(await isLive(seen, stranger), true);
      }
  },

  'end: of a child leaves its parent and the other children': async (seen: Seen) => {
    const subject = randomUUID();
    const { parent, child } = await pair(seen, subject);
    const second = await childOf(seen, subject, parent);
    assert.equal(await seen.stores.sessions.revoke(child, 'signed_out'), true);
    assert.deepEqual([await isLive(seen, parent), await isLive(seen, second)], [true, true]);
  },

  'end: of a parent by reuse, or by too many sign-ins': async (seen: Seen) => {
    const family = await FamilyOnTrial.open(aroundFamilies(seen));
    const child = await childOf(seen, family.subject, family.id);
    const next = await family.rotate(family.first);
    await family.rotate(next);
    await family.expect('reused', family.first);
    assert.equal(await isLive(seen, child), false);
    assert.equal(await seen.announced('sign_in', child), 1);

    const subject = randomUUID();
    const { parent, child: displaced } = await pair(seen, subject);
    await seen.age(parent, 1_000);
    const epochs = await seen.stores.subjects.epochs(subject);
    const limit = { max: 2, policy: 'end-oldest' } as const;
    assert.equal((await seen.stores.sessions.open(newSession(epochs, { limit }))).opened, true);
    assert.deepEqual([await isLive(seen, parent), await isLive(seen, displaced)], [false, false]);
  },

  'end: of all but one spares its parent and its children': async (seen: Seen) => {
    const { registry } = seen.stores;
    for (const kept of ['parent', 'child'] as const) {
      const subject = randomUUID();
      const one = await pair(seen, subject);
      const second = await childOf(seen, subject, one.parent, 'tokens');
      const others = await pair(seen, subject, ['session', 'tokens']);
      assert.equal(await registry.endAll(subject, 'others_ended', one[kept]), 2);
      for (const id of [one.parent, one.child, second]) assert.equal(await isLive(seen, id), true);
      for (const id of [others.parent, others.child]) assert.equal(await isLive(seen, id), false);
      // Still one: the end of the parent ends both.
      await seen.stores.families.revoke(one.parent, 'signed_out');
      for (const id of [one.child, second]) assert.equal(await isLive(seen, id), false);
    }
  },

  'end: a change of credentials keeps a parent with its children, also one that is replaced': async (
    seen: Seen,
  ) => {
    const { registry, families } = seen.stores;
    const subject = randomUUID();
    const { parent, child } = await pair(seen, subject);
    const other = await opened(seen, subject, 'session');
    const { currentHash, salt, idleMs, ip, userAgent } = newFamily({
      epochs: await seen.stores.subjects.epochs(subject),
    });
    const id = randomUUID();
    const replacement = { replaces: parent, subject, id, currentHash, salt, idleMs, ip, userAgent };
    await registry.credentialsChanged(subject, 'credentials_changed', { kind: 'replaced', replacement });
    assert.deepEqual(
      [
        await isLive(seen, parent),
        await isLive(seen, id),
        await isLive(seen, child),
        await isLive(seen, other),
      ],
      [false, true, true, false],
    );
    await families.revoke(id, 'signed_out');
    assert.equal(await isLive(seen, child), false);
  },

  'end: racing an opening, no child survives its parent': async (seen: Seen) => {
    for (let round = 0; round < 6; round++) {
      const subject = randomUUID();
      const parent = await opened(seen, subject, 'tokens');
      const handover = fresh(subject, parent);
      await seen.store.keep(handover);
      const origin = { parent, link: handover.id };
      const [, ...all] = await Promise.all([
        round % 2 === 0
          ? seen.stores.families.revoke(parent, 'signed_out')
          : seen.stores.registry.endAll(subject, 'all_ended'),
        ...Array.from({ length: 4 }, () => open(seen, subject, 'session', { origin })),
      ]);
      for (const { id } of all) assert.equal(await isLive(seen, id), false);
    }
  },

  'end: of everything of a subject deletes its handovers': async (seen: Seen) => {
    const subject = randomUUID();
    const { parent } = await pair(seen, subject);
    const waiting = fresh(subject, parent);
    await seen.store.keep(waiting);
    await seen.stores.registry.forget(subject);
    assert.equal(await seen.store.find(waiting.id), null);
  },
} satisfies Record<string, (seen: Seen) => Promise<void>>;
