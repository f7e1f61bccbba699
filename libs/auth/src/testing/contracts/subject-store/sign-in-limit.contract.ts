import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { OpeningOutcome } from '../../../subjects/opening-outcome.js';
import type { SignInLimit } from '../../../subjects/sign-in-limit.js';
import { casesOn, type ContractCase } from '../contract-case.js';
import { DAY, newFamily } from '../refresh-token-family-store/family-on-trial.js';
import { MINUTE, newSession, SECOND } from '../session-store/session-on-trial.js';
import type { HarnessSource, StoreHarness } from '../store-harness.js';
import { SubjectOnTrial } from './subject-on-trial.js';

type Kind = 'session' | 'family';
const POLICIES = ['refuse', 'end-oldest'] as const;
const LIMIT_REACHED = { opened: false, reason: 'limit' };

/** Opens a sign-in of a kind under a limit. */
async function open(
  { stores, id: subject }: SubjectOnTrial,
  kind: Kind,
  limit: SignInLimit | null,
): Promise<{ id: string; outcome: OpeningOutcome }> {
  const epochs = await stores.subjects.epochs(subject);
  const id = randomUUID();
  const outcome =
    kind === 'session'
      ? await stores.sessions.open(newSession(epochs, { id, limit }))
      : await stores.families.open(newFamily({ epochs, id, limit }));
  return { id, outcome };
}

async function opened(subject: SubjectOnTrial, kind: Kind, limit: SignInLimit | null = null) {
  const { id, outcome } = await open(subject, kind, limit);
  assert.ok(outcome.opened, 'the sign-in must begin');
  return { id, ended: [...outcome.ended] };
}

/** A session and a family, the session an hour older. */
async function twoOfThem(harness: StoreHarness) {
  const subject = new SubjectOnTrial(harness);
  const [session, family] = [await opened(subject, 'session'), await opened(subject, 'family')];
  await harness.age(session.id, 2 * MINUTE);
  await harness.age(family.id, MINUTE);
  return { subject, session, family };
}

const SENTENCES = {
  'without a limit, any number begins, and none ends': async (harness: StoreHarness) => {
    const { subject, session, family } = await twoOfThem(harness);
    assert.deepEqual((await opened(subject, 'session')).ended, []);
    await subject.live([session.id, family.id]);
  },

  'refuse: sessions and families are counted together, and one too many is not written': async (
    harness: StoreHarness,
  ) => {
    const { subject, session, family } = await twoOfThem(harness);
    const limit: SignInLimit = { max: 3, policy: 'refuse' };
    const third = await opened(subject, 'family', limit);
    assert.deepEqual(third.ended, []);
    for (const kind of ['session', 'family'] as const) {
      const { id, outcome } = await open(subject, kind, limit);
      assert.deepEqual(outcome, LIMIT_REACHED);
      assert.equal(await subject.stores.sessions.read(id), null);
      assert.equal(await subject.stores.families.read(id), null);
    }
    await subject.live([session.id, family.id, third.id]);
  },

  'refuse: the end of one makes room for one': async (harness: StoreHarness) => {
    const { subject, session } = await twoOfThem(harness);
    const limit: SignInLimit = { max: 2, policy: 'refuse' };
    assert.deepEqual((await open(subject, 'family', limit)).outcome, LIMIT_REACHED);
    await subject.stores.sessions.revoke(session.id, 'signed_out');
    await opened(subject, 'family', limit);
    assert.deepEqual((await open(subject, 'session', limit)).outcome, LIMIT_REACHED);
  },

  'what the new one replaces is not counted, and does not end for it': async (harness: StoreHarness) => {
    const { subject, session, family } = await twoOfThem(harness);
    for (const policy of POLICIES) {
      const { ended, id } = await opened(subject, 'session', { max: 2, policy, replacing: [family.id] });
      assert.deepEqual(ended, []);
      await subject.live([session.id, family.id, id]);
      await subject.stores.sessions.revoke(id, 'signed_out');
    }
  },

  'end-oldest: ends the oldest of either kind, and announces it once': async (harness: StoreHarness) => {
    const { subject, session, family } = await twoOfThem(harness);
    const limit: SignInLimit = { max: 2, policy: 'end-oldest' };
    const third = await opened(subject, 'session', limit);
    assert.deepEqual(third.ended, [session.id]);
    const fourth = await opened(subject, 'family', limit);
    assert.deepEqual(fourth.ended, [family.id]);
    await subject.haveEnded([session.id, family.id]);
    await subject.live([third.id, fourth.id]);
    const { row } = (await subject.stores.families.read(family.id))!;
    assert.equal(row.revokedReason, 'displaced');
  },

  'end-oldest: as many as there are too many, the oldest first': async (harness: StoreHarness) => {
    const { subject, session, family } = await twoOfThem(harness);
    const third = await opened(subject, 'session');
    const alone = await opened(subject, 'family', { max: 1, policy: 'end-oldest' });
    assert.deepEqual(alone.ended, [session.id, family.id, third.id]);
    await subject.haveEnded(alone.ended);
    await subject.live([alone.id]);
  },

  'what has ended or passed a limit is not counted': async (harness: StoreHarness) => {
    const { subject, session, family } = await twoOfThem(harness);
    await harness.age(session.id, 30 * MINUTE);
    await harness.age(family.id, 14 * DAY);
    for (const policy of POLICIES) {
      const { ended, id } = await opened(subject, 'session', { max: 1, policy });
      assert.deepEqual(ended, []);
      await subject.stores.sessions.revoke(id, 'signed_out');
    }
  },

  'what began before the end of everything is not counted': async (harness: StoreHarness) => {
    const { subject } = await twoOfThem(harness);
    await subject.stores.registry.revokeEverything();
    const { ended } = await opened(subject, 'session', { max: 1, policy: 'refuse' });
    assert.deepEqual(ended, []);
  },

  'what was not counted because it had idled out is not revived by activity that is written late': async (
    harness: StoreHarness,
  ) => {
    const subject = new SubjectOnTrial(harness);
    const { sessions } = subject.stores;
    const idle = await opened(subject, 'session');
    await harness.age(idle.id, 30 * MINUTE + SECOND);
    const next = await opened(subject, 'session', { max: 1, policy: 'refuse' });
    const { now } = (await sessions.read(idle.id))!;
    await sessions.touch(idle.id, now - MINUTE, now + 29 * MINUTE);
    assert.notEqual((await sessions.read(idle.id))!.row.revokedAt, null);
    assert.deepEqual(await subject.listed(), [next.id]);
  },

  'other subjects are not counted, and end nothing': async (harness: StoreHarness) => {
    const name = `Alice-${randomUUID()}`;
    const others = [name.toLowerCase(), `${name} `].map((id) => new SubjectOnTrial(harness, id));
    const theirs = [];
    for (const other of others) theirs.push(await opened(other, 'session'));
    for (const policy of POLICIES) {
      const subject = new SubjectOnTrial(harness, `${name}-${policy}`);
      assert.deepEqual((await opened(subject, 'family', { max: 1, policy })).ended, []);
    }
    for (const [i, other] of others.entries()) await other.live([theirs[i]!.id]);
  },

  'a subject that changed is told so, at its limit too': async (harness: StoreHarness) => {
    const { subject } = await twoOfThem(harness);
    const epochs = await subject.stores.subjects.epochs(subject.id);
    await subject.stores.registry.subjectChanged(subject.id);
    for (const policy of POLICIES) {
      const session = newSession(epochs, { limit: { max: 1, policy } });
      assert.deepEqual(await subject.stores.sessions.open(session), { opened: false, reason: 'changed' });
    }
    assert.equal((await subject.listed()).length, 2);
  },

  'of any number at once, exactly so many live: refuse': async (harness: StoreHarness) => {
    for (const max of [1, 3]) {
      const subject = new SubjectOnTrial(harness);
      const results = await atOnce(subject, { max, policy: 'refuse' });
      const begun = results.filter(({ outcome }) => outcome.opened).map(({ id }) => id);
      assert.equal(begun.length, max);
      for (const { outcome } of results) if (!outcome.opened) assert.deepEqual(outcome, LIMIT_REACHED);
      assert.deepEqual((await subject.listed()).sort(), begun.sort());
    }
  },

  'of any number at once, exactly so many live: end-oldest': async (harness: StoreHarness) => {
    for (const max of [1, 3]) {
      const subject = new SubjectOnTrial(harness);
      const results = await atOnce(subject, { max, policy: 'end-oldest' });
      const ended = results.flatMap(({ outcome }) => (outcome.opened ? [...outcome.ended] : []));
      assert.equal(results.filter(({ outcome }) => outcome.opened).length, 12);
      assert.equal(new Set(ended).size, 12 - max);
      assert.equal(ended.length, 12 - max);
      await subject.haveEnded(ended);
      const left = results.map(({ id }) => id).filter((id) => !ended.includes(id));
      assert.deepEqual((await subject.listed()).sort(), left.sort());
    }
  },
};

async function atOnce(subject: SubjectOnTrial, limit: SignInLimit) {
  await subject.epoch();
  const kinds = Array.from({ length: 12 }, (_, i): Kind => (i % 2 === 0 ? 'session' : 'family'));
  return Promise.all(kinds.map((kind) => open(subject, kind, limit)));
}

/** What the limit of a subject asks of both stores of sign-ins: `for (const { name, run } of signInLimitContract(harness)) it(name, run)`. */
export function signInLimitContract(harness: HarnessSource): ContractCase[] {
  return casesOn(harness, (seen) => seen, SENTENCES);
}
