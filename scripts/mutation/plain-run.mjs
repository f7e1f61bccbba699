/**
 * The suites that need no Jest: the decision table's spec, and the contract on the store in memory.
 * `node plain-run.mjs <folder of the compiled library> <suite>...` prints for each its number of tests, and those
 * that failed.
 */
import { join } from 'node:path';
import { cases } from './spec-globals.mjs';

const [folder, ...names] = process.argv.slice(2);
const compiled = (file) => import(join(folder, file));

const SUITES = {
  async decision() {
    await compiled('refresh-tokens/rotation-decision.spec.js');
    return cases;
  },
  async memory() {
    const { MemoryRefreshTokenFamilyStore, MemorySubjectStore, refreshTokenFamilyStoreContract } =
      await compiled('testing/index.js');
    const clock = { now: () => Date.now() };
    const subjects = new MemorySubjectStore(clock);
    const store = new MemoryRefreshTokenFamilyStore(subjects, clock);
    return refreshTokenFamilyStoreContract({
      store,
      epochs: (subject) => subjects.epochs(subject),
      advance: async (subject) => void subjects.advance(subject),
      endSubject: async (subject) => store.endSubject(subject, 'all_ended'),
      endingsAnnounced: async (id) => store.announced.filter((ended) => ended === id).length,
      age: async (id, ms) => store.age(id, ms),
    });
  },
};

const outcomes = {};
for (const name of names) {
  const tests = await SUITES[name]();
  const failed = [];
  for (const { name: test, run } of tests) {
    try {
      await run();
    } catch {
      failed.push(test);
    }
  }
  outcomes[name] = { tests: tests.length, failed };
}
process.stdout.write(JSON.stringify(outcomes));
