import assert from 'node:assert/strict';
import { casesOn, type ContractCase } from '../contract-case.js';
import { EMAIL_SENTENCES } from './email-sentences.js';
import { longestHash, type Seen, seen, type UserDirectoryHarness } from './directory-on-trial.js';

/** Which members are on trial beside `setPasswordHash`. */
export interface UserDirectoryTrial {
  /** `emailOf`, `setEmailVerified`, `setEmail` and `voidCredentials`, for `accountFlows()`. Default false. */
  readonly emails?: boolean;
}

const SENTENCES: Readonly<Record<string, (seen: Seen) => Promise<void>>> = {
  'findSubject: the user that has the identifier': async ({ directory, user }) => {
    const { id, identifier } = await user();
    await user();
    assert.equal(String(await directory.findSubject(identifier)), id);
  },

  'loadSubject: the subject of the id, in its form as text': async ({ directory, user }) => {
    const { id } = await user();
    const loaded = await directory.loadSubject(id);
    assert.equal(String(loaded?.id), id);
  },

  'setPasswordHash: replaces the hash that is there': async ({ directory, user }) => {
    const { id, hash } = await user();
    const next = longestHash();
    assert.equal(await directory.setPasswordHash(id, next, { replacing: hash }), true);
    // A column that is too short has cut it.
    assert.equal(await directory.passwordHashOf(id), next);
  },

  'setPasswordHash: leaves a hash that has changed, such as by a new password': async ({
    directory,
    user,
  }) => {
    const { id, hash } = await user();
    const [changed, late] = [longestHash(), longestHash()];
    assert.equal(await directory.setPasswordHash(id, changed, { replacing: hash }), true);
    assert.equal(await directory.setPasswordHash(id, late, { replacing: hash }), false);
    assert.equal(await directory.passwordHashOf(id), changed);
  },

  'setPasswordHash: leaves a hash that is another than the one to replace': async ({ directory, user }) => {
    const { id, hash } = await user();
    assert.equal(await directory.setPasswordHash(id, longestHash(), { replacing: longestHash() }), false);
    assert.equal(await directory.setPasswordHash(id, longestHash(), { replacing: '' }), false);
    assert.equal(await directory.passwordHashOf(id), hash);
  },

  'setPasswordHash: of any number of callers at once, one wins': async ({ directory, user }) => {
    const { id, hash } = await user();
    const tries = Array.from({ length: 8 }, longestHash);
    const won = await Promise.all(
      tries.map((next) => directory.setPasswordHash(id, next, { replacing: hash })),
    );
    assert.equal(won.filter((one) => one === true).length, 1);
    assert.equal(won.filter((one) => one === false).length, 7);
    assert.equal(await directory.passwordHashOf(id), tries[won.indexOf(true)]);
  },

  'setPasswordHash: changes no other user, even one with the same hash': async ({ directory, user }) => {
    const [one, other] = [await user(), await user()];
    const shared = longestHash();
    assert.equal(await directory.setPasswordHash(one.id, shared, { replacing: one.hash }), true);
    assert.equal(await directory.setPasswordHash(other.id, shared, { replacing: other.hash }), true);
    assert.equal(await directory.setPasswordHash(one.id, longestHash(), { replacing: shared }), true);
    assert.equal(await directory.passwordHashOf(other.id), shared);
  },
};

/**
 * What a UserDirectory with `setPasswordHash` must do, for any test runner:
 * `for (const { name, run } of userDirectoryContract(() => harness)) it(name, run)`. With `{ emails: true }` as the second
 * argument it has the sentences about e-mail addresses as well. It makes about ten users, then twenty, and leaves them there.
 */
export function userDirectoryContract(
  harness: () => UserDirectoryHarness | Promise<UserDirectoryHarness>,
  { emails = false }: UserDirectoryTrial = {},
): ContractCase[] {
  const sentences = emails ? { ...SENTENCES, ...EMAIL_SENTENCES } : SENTENCES;
  return casesOn(harness, seen, sentences, '{ directory, newUser }');
}
