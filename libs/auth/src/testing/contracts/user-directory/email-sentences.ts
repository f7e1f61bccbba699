import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { KeepsEmailAddresses } from '../../../principal/user-directory.js';
import { longestHash, type Seen } from './directory-on-trial.js';

interface User {
  readonly id: string;
  readonly hash: string;
  readonly email: string;
}

/** The directory with its members for e-mail addresses, and a user whose address is not verified. */
async function emailsOf({ directory, user }: Seen) {
  for (const name of ['emailOf', 'setEmailVerified', 'setEmail', 'voidCredentials'] as const)
    assert.equal(typeof directory[name], 'function', `this directory has no ${name}`);
  const keeps = directory as Seen['directory'] & KeepsEmailAddresses;
  const newUser = async (): Promise<User> => {
    const { id, hash } = await user();
    const email = await keeps.emailOf(id);
    assert.ok(email && !email.verified, 'newUser must make a user with an address that is not verified');
    return { id, hash, email: email.address };
  };
  return { keeps, newUser };
}

const freshAddress = (): string => `user-${randomUUID()}@example.com`;

/** Of a directory that keeps e-mail addresses. */
export const EMAIL_SENTENCES: Readonly<Record<string, (seen: Seen) => Promise<void>>> = {
  'emailOf: the address by which findSubject finds the user': async (seen) => {
    const { keeps, newUser } = await emailsOf(seen);
    const { id, email } = await newUser();
    assert.equal(String(await keeps.findSubject(email)), id);
  },

  'setEmailVerified: marks the address of this user alone': async (seen) => {
    const { keeps, newUser } = await emailsOf(seen);
    const [one, other] = [await newUser(), await newUser()];
    assert.equal(await keeps.setEmailVerified(one.id, one.email), true);
    assert.equal((await keeps.emailOf(one.id))?.verified, true);
    assert.equal((await keeps.emailOf(other.id))?.verified, false);
  },

  'setEmailVerified: leaves another address as it is': async (seen) => {
    const { keeps, newUser } = await emailsOf(seen);
    const { id, email } = await newUser();
    assert.equal(await keeps.setEmailVerified(id, freshAddress()), false);
    assert.equal((await keeps.emailOf(id))?.verified, false);
    assert.equal((await keeps.emailOf(id))?.address, email);
  },

  'setEmail: stores the address, as verified, and findSubject goes by it': async (seen) => {
    const { keeps, newUser } = await emailsOf(seen);
    const { id, email } = await newUser();
    const next = freshAddress();
    assert.equal(await keeps.setEmail(id, next, { replacing: email }), true);
    const { address, verified } = (await keeps.emailOf(id))!;
    assert.deepEqual([address, verified], [next, true]);
    assert.equal(String(await keeps.findSubject(next)), id);
    assert.equal((await keeps.findSubject(email)) ?? null, null);
  },

  'setEmail: leaves an address that has changed': async (seen) => {
    const { keeps, newUser } = await emailsOf(seen);
    const { id, email } = await newUser();
    const [next, late] = [freshAddress(), freshAddress()];
    assert.equal(await keeps.setEmail(id, next, { replacing: email }), true);
    assert.equal(await keeps.setEmail(id, late, { replacing: email }), false);
    assert.equal((await keeps.emailOf(id))?.address, next);
  },

  'setEmail: is false for an address that another user has': async (seen) => {
    const { keeps, newUser } = await emailsOf(seen);
    const [one, other] = [await newUser(), await newUser()];
    assert.equal(await keeps.setEmail(one.id, other.email, { replacing: one.email }), false);
    assert.equal((await keeps.emailOf(one.id))?.address, one.email);
    assert.equal(String(await keeps.findSubject(other.email)), other.id);
  },

  'setEmail: of any number of callers at once, one wins': async (seen) => {
    const { keeps, newUser } = await emailsOf(seen);
    const { id, email } = await newUser();
    const tries = Array.from({ length: 8 }, freshAddress);
    const won = await Promise.all(tries.map((next) => keeps.setEmail(id, next, { replacing: email })));
    assert.equal(won.filter((one) => one === true).length, 1);
    assert.equal((await keeps.emailOf(id))?.address, tries[won.indexOf(true)]);
  },

  'voidCredentials: removes the password of this user alone': async (seen) => {
    const { keeps, newUser } = await emailsOf(seen);
    const [one, other] = [await newUser(), await newUser()];
    await keeps.voidCredentials(one.id);
    await keeps.voidCredentials(one.id);
    assert.ok(!(await keeps.passwordHashOf(one.id)), 'passwordHashOf must give null or an empty text');
    assert.equal(await keeps.passwordHashOf(other.id), other.hash);
    assert.equal((await keeps.emailOf(one.id))?.address, one.email);
  },

  'setPasswordHash: gives a user without a password its first one, once': async (seen) => {
    const { keeps, newUser } = await emailsOf(seen);
    const [one, other] = [await newUser(), await newUser()];
    await keeps.voidCredentials(one.id);
    const replacing = (await keeps.passwordHashOf(one.id)) ?? null;
    const [first, late] = [longestHash(), longestHash()];
    assert.equal(await keeps.setPasswordHash(other.id, late, { replacing }), false);
    assert.equal(await keeps.setPasswordHash(one.id, first, { replacing }), true);
    assert.equal(await keeps.setPasswordHash(one.id, late, { replacing }), false);
    assert.equal(await keeps.passwordHashOf(one.id), first);
  },
};
