import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { CredentialChange, KeptSignIn } from '../../../stores/sign-in-registry.js';
import {
  DAY,
  type FamilyOnTrial,
  MINUTE,
  randomSalt,
  type TrialToken,
} from '../refresh-token-family-store/family-on-trial.js';
import { randomSecretHash, type SessionOnTrial } from '../session-store/session-on-trial.js';
import type { StoreHarness as Harness } from '../store-harness.js';
import { SubjectOnTrial } from '../subject-store/subject-on-trial.js';

const session = ({ id, secretHash }: SessionOnTrial, nextSecretHash = randomSecretHash()) => ({
  kind: 'session' as const,
  renewal: { id, secretHash, nextSecretHash, authenticated: null },
});
const tokens = (family: FamilyOnTrial, token: TrialToken) => ({
  kind: 'tokens' as const,
  rekey: { ...family.attempt(token), authenticated: null },
});
const replaced = (subject: string, replaces: string) => ({
  kind: 'replaced' as const,
  replacement: {
    replaces,
    subject,
    id: randomUUID(),
    currentHash: randomSecretHash(),
    salt: randomSalt(),
    idleMs: DAY,
    ip: null,
    userAgent: null,
  },
});

function changed(
  harness: Harness,
  subject: SubjectOnTrial,
  keep: KeptSignIn | null,
): Promise<CredentialChange> {
  return harness.stores.registry.credentialsChanged(subject.id, 'credentials_changed', keep);
}

/** A change of credentials: everything ends, but what is kept has a new secret. */
export const REGISTRY_CREDENTIALS = {
  'credentialsChanged: ends everything': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness);
    const { ids } = await subject.signIns();
    const before = await subject.epoch();
    assert.deepEqual(await changed(harness, subject, null), { kept: null, ended: 4 });
    await subject.haveEnded(ids);
    assert.ok((await subject.epoch()) > before);
    assert.equal(await harness.announced('subject_stale', subject.id), 1);
  },

  'credentialsChanged: a kept session lives on, with a new secret and epoch': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness);
    const { sessions, ids } = await subject.signIns();
    const kept = sessions[1]!;
    const keep = session(kept);
    assert.deepEqual(await changed(harness, subject, keep), { kept: true, ended: 3 });
    await subject.haveEnded(ids.filter((id) => id !== kept.id));
    await subject.live([kept.id]);
    const { row } = await kept.read();
    assert.equal(row.secretHash, keep.renewal.nextSecretHash);
    assert.equal(row.subjectEpoch, await subject.epoch());
    assert.equal(await harness.announced('sign_in_changed', kept.id), 1);
  },

  'credentialsChanged: a session is not kept by another secret than its own': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness);
    const { sessions, ids } = await subject.signIns();
    const keep = session(sessions[0]!);
    const wrong = { ...keep, renewal: { ...keep.renewal, secretHash: randomSecretHash() } };
    assert.deepEqual(await changed(harness, subject, wrong), { kept: false, ended: 4 });
    await subject.haveEnded(ids);
  },

  'credentialsChanged: a kept family lives on, re-keyed, with the new epoch': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness);
    const { families, ids } = await subject.signIns();
    const family = families[0]!;
    const token = await family.rotate(family.first);
    const keep = tokens(family, token);
    const { kept, ended } = await changed(harness, subject, keep);
    assert.ok(kept !== null && typeof kept === 'object' && kept.kind === 'rekeyed');
    assert.equal(ended, 3);
    await subject.haveEnded(ids.filter((id) => id !== family.id));
    const { row } = await family.read();
    assert.equal(row.subjectEpoch, await subject.epoch());
    assert.equal(kept.row.subjectEpoch, row.subjectEpoch);
    await family.expect('superseded', token);
    await family.rotate({ generation: 2, hash: keep.rekey.successorHash });
    await family.lives();
  },

  'credentialsChanged: a family is not kept by the parent of its token': async (harness: Harness) => {
    const subject = new SubjectOnTrial(harness);
    const { families, ids } = await subject.signIns();
    const family = families[0]!;
    await family.rotate(family.first);
    const { kept, ended } = await changed(harness, subject, tokens(family, family.first));
    assert.deepEqual(kept, { kind: 'superseded' });
    assert.equal(ended, 4);
    await subject.haveEnded(ids);
  },

  'credentialsChanged: a family that a stolen token would keep ends for the reuse': async (
    harness: Harness,
  ) => {
    const subject = new SubjectOnTrial(harness);
    const { families, ids } = await subject.signIns();
    const family = families[0]!;
    await family.rotate(await family.rotate(family.first));
    const { kept, ended } = await changed(harness, subject, tokens(family, family.first));
    assert.ok(kept !== null && typeof kept === 'object' && kept.kind === 'reused');
    assert.equal(ended, 3);
    await subject.haveEnded(ids);
    assert.equal((await family.read()).row.revokedReason, 'reuse_ancestor');
  },

  'credentialsChanged: a family that is replaced ends, and another goes on in its place': async (
    harness: Harness,
  ) => {
    const subject = new SubjectOnTrial(harness);
    const { families, ids } = await subject.signIns();
    const former = families[0]!;
    await former.rotate(former.first);
    await former.age(MINUTE);
    const before = (await former.read()).row;
    const keep = replaced(subject.id, former.id);
    assert.deepEqual(await changed(harness, subject, keep), { kept: true, ended: 4 });
    await subject.haveEnded(ids);
    await subject.live([keep.replacement.id]);
    const { row, now } = (await harness.stores.families.read(keep.replacement.id))!;
    assert.equal(row.subject, subject.id);
    assert.equal(row.subjectEpoch, await subject.epoch());
    assert.equal(row.currentHash, keep.replacement.currentHash);
    assert.equal(row.generation, 0);
    // It proves no more, may do no more and lives no longer than the former.
    assert.deepEqual([...row.methods], [...before.methods]);
    assert.deepEqual(row.scopes, before.scopes);
    assert.equal(row.authenticatedAt, before.authenticatedAt);
    assert.equal(row.expiresAt, before.expiresAt);
    assert.ok(row.createdAt <= now && row.idleExpiresAt <= row.expiresAt);
    // Racing changes: one of them replaces it.
    const again = await Promise.all(
      Array.from({ length: 3 }, () => changed(harness, subject, replaced(subject.id, keep.replacement.id))),
    );
    assert.equal(again.filter(({ kept }) => kept === true).length, 1);
  },

  "credentialsChanged: a family that has ended, or another subject's, is not replaced": async (
    harness: Harness,
  ) => {
    const subject = new SubjectOnTrial(harness);
    const { families, ids } = await subject.signIns();
    const gone = families[0]!.id;
    await harness.stores.families.revoke(gone, 'signed_out');
    const other = new SubjectOnTrial(harness);
    const theirs = await other.family();
    for (const id of [gone, theirs.id, randomUUID()]) {
      const keep = replaced(subject.id, id);
      assert.equal((await changed(harness, subject, keep)).kept, false);
      assert.equal(await harness.stores.families.read(keep.replacement.id), null);
    }
    await subject.haveEnded(ids);
    await other.live([theirs.id]);
  },

  'credentialsChanged: of any number that keep the same session, one does, and the next one ends it': async (
    harness: Harness,
  ) => {
    const subject = new SubjectOnTrial(harness);
    const { sessions, ids } = await subject.signIns();
    const changes = await Promise.all(
      Array.from({ length: 4 }, () => changed(harness, subject, session(sessions[0]!))),
    );
    assert.equal(changes.filter(({ kept }) => kept === true).length, 1);
    assert.equal(
      changes.reduce((sum, { ended }) => sum + ended, 0),
      ids.length,
    );
    await subject.haveEnded(ids);
  },

  'credentialsChanged: racing a rotation, no token but the new one works': async (harness: Harness) => {
    for (let round = 0; round < 5; round++) {
      const subject = new SubjectOnTrial(harness);
      const family = await subject.family();
      const keep = tokens(family, family.first);
      const attempt = family.attempt(family.first);
      const [{ kept }, rotated] = await Promise.all([
        changed(harness, subject, keep),
        harness.stores.families.rotate(attempt),
      ]);
      const isKept = kept !== null && typeof kept === 'object' && kept.kind === 'rekeyed';
      assert.equal(isKept, rotated.kind !== 'rotated');
      const mine = { generation: 1, hash: keep.rekey.successorHash };
      const theirs = { generation: 1, hash: attempt.successorHash };
      assert.equal((await family.present(theirs)).kind, isKept ? 'desynchronised' : 'revoked');
      assert.equal((await family.present(mine)).kind, isKept ? 'rotated' : 'revoked');
    }
  },
};
