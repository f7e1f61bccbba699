import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { casesOn, type ContractCase } from '../contract-case.js';
import type { HarnessSource, StoreHarness } from '../store-harness.js';

const SENTENCES = {
  'find: null for a subject without a row': async ({ stores: { subjects } }: StoreHarness) => {
    assert.equal(await subjects.find(randomUUID()), null);
    // What is asked for in the place of a subject that does not exist.
    assert.equal(await subjects.find(`\0${randomUUID()}`), null);
  },

  'epochs: makes the row, once': async ({ stores: { subjects } }: StoreHarness) => {
    const subject = randomUUID();
    const made = await subjects.epochs(subject);
    assert.equal(made.subject, subject);
    assert.ok(Number.isSafeInteger(made.epoch) && Number.isSafeInteger(made.globalEpoch));
    assert.deepEqual(await subjects.epochs(subject), made);
    assert.deepEqual(await subjects.find(subject), made);
  },

  'epochs: of any number of callers, all read the same': async ({ stores: { subjects } }: StoreHarness) => {
    for (let round = 0; round < 3; round++) {
      const subject = randomUUID();
      const read = await Promise.all(Array.from({ length: 8 }, () => subjects.epochs(subject)));
      for (const epochs of read) assert.deepEqual(epochs, await subjects.find(subject));
    }
  },

  'epochs: subjects that look alike are not the same': async ({ stores }: StoreHarness) => {
    const id = randomUUID();
    const names = [
      `Alice-${id}`,
      `alice-${id}`,
      `Älice-${id}`,
      `alice-${id} `,
      `alice-${id}\0`,
      `alice=${id}`,
    ];
    const before = await Promise.all(names.map((name) => stores.subjects.epochs(name)));
    await stores.registry.subjectChanged(names[0]!);
    assert.ok((await stores.subjects.find(names[0]!))!.epoch > before[0]!.epoch);
    for (const [i, name] of names.entries()) {
      if (i > 0) assert.deepEqual(await stores.subjects.find(name), before[i]);
    }
  },

  'epochs: move forward with every change, none of which is lost': async ({ stores }: StoreHarness) => {
    const subject = randomUUID();
    const { epoch } = await stores.subjects.epochs(subject);
    const changes = Array.from({ length: 4 }, () => [
      stores.registry.subjectChanged(subject),
      stores.registry.endAll(subject, 'all_ended'),
    ]);
    await Promise.all(changes.flat());
    assert.ok((await stores.subjects.find(subject))!.epoch >= epoch + 8);
  },

  'epochs: a change makes the row where there was none': async ({ stores }: StoreHarness) => {
    const subject = randomUUID();
    await stores.registry.subjectChanged(subject);
    assert.notEqual(await stores.subjects.find(subject), null);
  },

  'the credential version: moves with a change of credentials, and with nothing else': async ({
    stores,
  }: StoreHarness) => {
    const [subject, other] = [randomUUID(), randomUUID()];
    const version = async (id = subject) => (await stores.subjects.find(id))?.credentialVersion;
    assert.equal((await stores.subjects.epochs(subject)).credentialVersion, 0);
    await stores.registry.subjectChanged(subject);
    await stores.registry.endAll(subject, 'all_ended');
    await stores.registry.revokeEverything();
    assert.equal(await version(), 0);
    await stores.registry.credentialsChanged(subject, 'credentials_changed', null);
    const first = (await version())!;
    assert.ok(Number.isSafeInteger(first) && first > 0);
    await stores.registry.endAll(subject, 'all_ended');
    assert.equal(await version(), first);
    // None of several at once is lost.
    const changes = Array.from({ length: 4 }, () =>
      stores.registry.credentialsChanged(subject, 'credentials_changed', null),
    );
    await Promise.all(changes);
    assert.ok((await version())! >= first + 4);
    // A change makes the row where there was none.
    await stores.registry.credentialsChanged(other, 'credentials_changed', null);
    assert.ok((await version(other))! > 0);
    // A subject that was forgotten starts again.
    await stores.registry.forget(other);
    assert.equal(await version(other), undefined);
    assert.equal((await stores.subjects.epochs(other)).credentialVersion, 0);
  },

  'the global epoch: is the same for all, and moves forward': async ({ stores }: StoreHarness) => {
    const [one, other] = [randomUUID(), randomUUID()];
    const before = await stores.subjects.epochs(one);
    await stores.registry.revokeEverything();
    const after = await stores.subjects.epochs(one);
    assert.ok(after.globalEpoch > before.globalEpoch);
    assert.equal(after.epoch, before.epoch);
    assert.equal((await stores.subjects.epochs(other)).globalEpoch, after.globalEpoch);
    await stores.registry.revokeEverything();
    assert.ok((await stores.subjects.find(one))!.globalEpoch > after.globalEpoch);
  },
};

/** What every SubjectStore must do: `for (const { name, run } of subjectStoreContract(harness)) it(name, run)`. */
export function subjectStoreContract(harness: HarnessSource): ContractCase[] {
  return casesOn(harness, (seen) => seen, SENTENCES);
}
