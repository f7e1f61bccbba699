import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { MAX_CHILDREN, type NewHandover } from './handover-store.js';
import {
  childOf,
  fresh,
  isLive,
  KINDS,
  open,
  opened,
  pair,
  type Seen,
  SPAN,
} from './handovers-on-trial.contract.js';

/** How handovers are kept, opened and deleted. */
export const HANDOVER_OPENING = {
  'keep: one that was not opened gives way to the next of its parent': async (seen: Seen) => {
    const subject = `Älice ${randomUUID()}`;
    const parent = await opened(seen, subject, 'tokens');
    const [first, second] = [fresh(subject, parent), fresh(subject, parent, { scopes: ['orders:read'] })];
    assert.equal(await seen.store.keep(first), 'kept');
    const { row, now } = (await seen.store.find(first.id))!;
    const { lifeMs, ...given } = first;
    assert.ok(Math.abs(now - row.createdAt) < SPAN);
    assert.deepEqual(
      { ...row },
      { ...given, childId: null, createdAt: row.createdAt, expiresAt: row.createdAt + lifeMs },
    );
    assert.equal(await seen.store.keep(second), 'kept');
    assert.equal(await seen.store.find(first.id), null);
    assert.deepEqual((await seen.store.find(second.id))!.row.scopes, ['orders:read']);
    assert.equal(await seen.store.find(randomUUID()), null);
  },

  'keep: of many at once, one waits for its parent': async (seen: Seen) => {
    for (let round = 0; round < 5; round++) {
      const subject = randomUUID();
      const parent = await opened(seen, subject, 'tokens');
      const all = Array.from({ length: 10 }, () => fresh(subject, parent));
      await Promise.all(all.map((one) => seen.store.keep(one)));
      const waiting = await Promise.all(all.map(({ id }) => seen.store.find(id)));
      assert.equal(waiting.filter(Boolean).length, 1);
    }
  },

  'open: a child, which is written down, and lives no longer than it may': async (seen: Seen) => {
    for (const kind of KINDS) {
      const subject = randomUUID();
      const parent = await opened(seen, subject, 'tokens');
      const handover = fresh(subject, parent);
      await seen.store.keep(handover);
      const { now } = (await seen.store.find(handover.id))!;
      const from = { origin: { parent, link: handover.id }, notAfter: now + SPAN };
      const { id, outcome } = await open(seen, subject, kind, from);
      assert.ok(outcome.opened);
      assert.equal(outcome.expiresAt, now + SPAN);
      assert.ok(outcome.idleExpiresAt <= now + SPAN);
      const { row } = (await seen.store.find(handover.id))!;
      assert.deepEqual([row.childId, row.expiresAt], [id, now + SPAN]);
    }
  },

  'open: of many at once by one link, one does': async (seen: Seen) => {
    for (const kind of KINDS) {
      const subject = randomUUID();
      const parent = await opened(seen, subject, 'tokens');
      const handover = fresh(subject, parent);
      await seen.store.keep(handover);
      const origin = { parent, link: handover.id };
      const all = await Promise.all(Array.from({ length: 20 }, () => open(seen, subject, kind, { origin })));
      const won = all.filter(({ outcome }) => outcome.opened);
      assert.equal(won.length, 1);
      for (const { outcome } of all)
        assert.ok(outcome.opened || outcome.reason === 'changed', 'the others are told that it changed');
      assert.equal((await seen.store.find(handover.id))!.row.childId, won[0]!.id);
      const listed = await seen.stores.registry.list(subject);
      assert.deepEqual(listed.map(({ id }) => id).sort(), [parent, won[0]!.id].sort());
    }
  },

  'open: by no link that is unknown, expired, of another parent or of another subject': async (
    seen: Seen,
  ) => {
    const [subject, other] = [randomUUID(), randomUUID()];
    const [parent, second] = [await opened(seen, subject, 'tokens'), await opened(seen, subject, 'session')];
    const foreign = await opened(seen, other, 'tokens');
    const [good, expired] = [fresh(subject, parent), fresh(subject, second, { lifeMs: 0 })];
    await seen.store.keep(good);
    await seen.store.keep(expired);
    const wrong = fresh(subject, foreign);
    await seen.store.keep(wrong);
    await new Promise((passed) => setTimeout(passed, 5));
    for (const [who, origin] of [
      [subject, { parent, link: randomUUID() }],
      [subject, { parent: second, link: expired.id }],
      [subject, { parent: second, link: good.id }],
      [subject, { parent: foreign, link: good.id }],
      [subject, { parent: randomUUID(), link: good.id }],
      [subject, { parent: foreign, link: wrong.id }],
      [other, { parent, link: good.id }],
      [other, { parent: foreign, link: good.id }],
    ] as const)
      for (const kind of KINDS) {
        const { outcome } = await open(seen, who, kind, { origin });
        assert.deepEqual(outcome, { opened: false, reason: 'changed' });
      }
    assert.equal((await seen.store.find(good.id))!.row.childId, null);
  },

  'open: from no parent that has ended, by any end or limit': async (seen: Seen) => {
    const { sessions, families, registry } = seen.stores;
    const ends: readonly ((subject: string, parent: string) => unknown)[] = [
      (_, parent) => families.revoke(parent, 'signed_out'),
      (_, parent) => sessions.revoke(parent, 'signed_out'),
      (_, parent) => seen.age(parent, 366 * 24 * 60 * SPAN),
      (subject) => registry.endAll(subject, 'all_ended'),
    ];
    for (const end of ends)
      for (const kind of KINDS) {
        const subject = randomUUID();
        const parent = await opened(seen, subject, kind);
        const handover = fresh(subject, parent);
        await seen.store.keep(handover);
        await end(subject, parent);
        if (await isLive(seen, parent)) {
          const reading = (await sessions.read(parent)) ?? (await families.read(parent));
          // The end of the other kind does nothing.
          if (reading!.now < reading!.row.expiresAt) continue;
        }
        const { outcome } = await open(seen, subject, 'session', { origin: { parent, link: handover.id } });
        assert.deepEqual(outcome, { opened: false, reason: 'changed' });
      }
  },

  'keep: not for a child, and not for a parent of too many': async (seen: Seen) => {
    const subject = randomUUID();
    const { parent, child } = await pair(seen, subject);
    assert.equal(await seen.store.keep(fresh(subject, child)), 'from_child');
    for (let i = 1; i < MAX_CHILDREN; i++) await childOf(seen, subject, parent);
    assert.equal(await seen.store.keep(fresh(subject, parent)), 'too_many');
  },

  'keep: by many at once, a parent has no more children than it may': async (seen: Seen) => {
    const subject = randomUUID();
    const parent = await opened(seen, subject, 'tokens');
    for (let i = 2; i < MAX_CHILDREN; i++) await childOf(seen, subject, parent);
    const links = Array.from({ length: 10 }, () => fresh(subject, parent));
    const last = await Promise.all(
      links.map(async (handover) => {
        await seen.store.keep(handover);
        return open(seen, subject, 'session', { origin: { parent, link: handover.id } });
      }),
    );
    const children = MAX_CHILDREN - 2 + last.filter(({ outcome }) => outcome.opened).length;
    assert.ok(children <= MAX_CHILDREN, `${children} children`);
  },

  'sweep: deletes what is past its time, so many at once': async (seen: Seen) => {
    for (let left = 100; left > 0 && (await seen.store.sweep(500)) > 0; left--);
    const subject = randomUUID();
    const all: NewHandover[] = [];
    for (let i = 0; i < 3; i++) {
      all.push(fresh(subject, await opened(seen, subject, 'session'), { lifeMs: 0 }));
      await seen.store.keep(all[i]!);
    }
    await new Promise((passed) => setTimeout(passed, 5));
    assert.equal(await seen.store.sweep(2), 2);
    assert.equal(await seen.store.sweep(2), 1);
  },
} satisfies Record<string, (seen: Seen) => Promise<void>>;
