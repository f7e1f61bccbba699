import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { RevocationEvent } from '../../../revocation/revocation-event.js';
import type { RevocationLog } from '../../../revocation/revocation-log.js';
import { casesOn, type ContractCase } from '../contract-case.js';
import { randomSecretHash } from '../session-store/session-on-trial.js';
import type { HarnessSource, StoreHarness } from '../store-harness.js';
import { SubjectOnTrial } from '../subject-store/subject-on-trial.js';

const PAGE = 1_000;
/** No access token lives longer unless an option says so; what is announced must outlive them all. */
const LONGEST_TOKEN_MS = 3_600_000;

const SENTENCES = {
  'readAfter: the end of a sign-in, from the moment it has returned': async (harness: StoreHarness) => {
    const subject = new SubjectOnTrial(harness);
    const { sessions, families } = await subject.signIns();
    const found = await announcedBy(harness, async () => {
      await harness.stores.sessions.revoke(sessions[0]!.id, 'signed_out');
      await harness.stores.families.revoke(families[0]!.id, 'signed_out');
    });
    assert.deepEqual(
      found.map(({ kind, value, epoch }) => ({ kind, value, epoch })),
      [sessions[0]!.id, families[0]!.id].map((value) => ({ kind: 'sign_in', value, epoch: null })),
    );
  },

  'readAfter: a subject as it is, not as its column has it, with its new epoch': async (
    harness: StoreHarness,
  ) => {
    const subject = new SubjectOnTrial(harness, `Älice=41 \0${randomUUID()}`);
    const { ids } = await subject.signIns();
    const [stale, ...ended] = await announcedBy(harness, () =>
      harness.stores.registry.endAll(subject.id, 'all_ended'),
    );
    const epoch = await subject.epoch();
    assert.deepEqual([stale!.kind, stale!.value, stale!.epoch], ['subject_stale', subject.id, epoch]);
    assert.deepEqual(ended.map(({ value }) => value).sort(), ids.sort());
  },

  'readAfter: a new secret of a session': async (harness: StoreHarness) => {
    const session = await new SubjectOnTrial(harness).session();
    const [changed] = await announcedBy(harness, () => session.renew(session.secretHash, randomSecretHash()));
    assert.deepEqual([changed!.kind, changed!.value], ['sign_in_changed', session.id]);
  },

  'readAfter: the new global epoch': async (harness: StoreHarness) => {
    const subject = new SubjectOnTrial(harness);
    const [everything] = await announcedBy(harness, () => harness.stores.registry.revokeEverything());
    const { globalEpoch } = await harness.stores.subjects.epochs(subject.id);
    assert.deepEqual(
      [everything!.kind, everything!.value, everything!.epoch],
      ['everything', '', globalEpoch],
    );
  },

  'readAfter: by ascending id, after the one given, and not more than the limit': async (
    harness: StoreHarness,
  ) => {
    const subject = new SubjectOnTrial(harness);
    await subject.signIns();
    const log = harness.stores.revocations;
    const before = await newest(log);
    await harness.stores.registry.endAll(subject.id, 'all_ended');
    const all = await after(log, before);
    assert.equal(all.length, 5);
    const ids = all.map(({ id }) => id);
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
    );
    assert.ok(ids.every((id) => Number.isSafeInteger(id) && id > before));
    assert.deepEqual(await after(log, before, 2), all.slice(0, 2));
    assert.deepEqual(await after(log, ids[1]!), all.slice(2));
  },

  'readAfter: the clock, also where nothing was announced': async (harness: StoreHarness) => {
    const session = await new SubjectOnTrial(harness).session();
    const log = harness.stores.revocations;
    const before = await session.read();
    const { revocations, now } = await log.readAfter(await newest(log), PAGE);
    const later = await session.read();
    assert.equal(revocations.length, 0);
    assert.ok(before.now <= now && now <= later.now, 'the clock of the reading must be that of the store');
  },

  'readAfter: instants of the store, and a life longer than that of any access token': async (
    harness: StoreHarness,
  ) => {
    const session = await new SubjectOnTrial(harness).session();
    const before = await session.read();
    const [ended] = await announcedBy(harness, () =>
      harness.stores.sessions.revoke(session.id, 'signed_out'),
    );
    const after = await session.read();
    assert.ok(before.now <= ended!.createdAt && ended!.createdAt <= after.now);
    assert.ok(ended!.expiresAt - ended!.createdAt > LONGEST_TOKEN_MS);
  },

  'readOf: those of the ids that are there, however many are asked for': async (harness: StoreHarness) => {
    const subject = new SubjectOnTrial(harness);
    await subject.signIns();
    const all = await announcedBy(harness, () => harness.stores.registry.endAll(subject.id, 'all_ended'));
    const log = harness.stores.revocations;
    const ids = all.map(({ id }) => id);
    const farOff = Array.from({ length: 995 }, (_, i) => ids.at(-1)! + 1_000_000 + i);
    for (const asked of [ids, ids.slice(0, 1), [...ids, ...farOff]]) {
      const { revocations, now } = await log.readOf(asked);
      const found = [...revocations].sort((a, b) => a.id - b.id);
      assert.deepEqual(found, all.slice(0, Math.min(asked.length, all.length)));
      assert.ok(Number.isFinite(now));
    }
    assert.equal((await log.readOf(farOff.slice(0, 9))).revocations.length, 0);
  },

  // A service may ask for any whole number.
  'readAfter, readOf: nothing for ids that no revocation will ever have': async (harness: StoreHarness) => {
    const log = harness.stores.revocations;
    for (const id of [2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
      assert.equal((await log.readAfter(id, PAGE)).revocations.length, 0);
      assert.equal((await log.readOf([id])).revocations.length, 0);
    }
  },
};

/** The greatest id that is there. */
async function newest(log: RevocationLog): Promise<number> {
  for (let after = 0; ;) {
    const { revocations } = await log.readAfter(after, PAGE);
    after = revocations.at(-1)?.id ?? after;
    if (revocations.length < PAGE) return after;
  }
}

/** What a change has announced, by ascending id. */
async function announcedBy(
  harness: StoreHarness,
  change: () => Promise<unknown>,
): Promise<readonly RevocationEvent[]> {
  const log = harness.stores.revocations;
  const before = await newest(log);
  await change();
  return after(log, before);
}

async function after(log: RevocationLog, id: number, limit = PAGE): Promise<readonly RevocationEvent[]> {
  return [...(await log.readAfter(id, limit)).revocations];
}

/** What every RevocationLog must do: `for (const { name, run } of revocationLogContract(harness)) it(name, run)`. */
export function revocationLogContract(harness: HarnessSource): ContractCase[] {
  return casesOn(harness, (seen) => seen, SENTENCES);
}
