import { expect, it } from '@jest/globals';
import { Revocation } from 'nestjs-aerie/typeorm';
import { startTestApp } from '../support/test-app.js';

const BATCH = 500;

// A batch on SQLite is synchronous, and so would be a run of them: a process that answers no request meanwhile.
it('a sweep on SQLite lets others have their turn between two batches', async () => {
  const app = await startTestApp();
  const past = { kind: 'sign_in' as const, value: 'long ago', epoch: null, createdAt: 1, expiresAt: 2 };
  const revocations = app.source.getRepository(Revocation);
  for (let batch = 0; batch < 10; batch++)
    await revocations.insert(Array.from({ length: BATCH }, () => ({ ...past })));
  const left: number[] = [];
  let sweeping = true;
  const others = (async () => {
    for (; sweeping; await new Promise((next) => setImmediate(next))) left.push(await revocations.count());
  })();
  expect(await app.authentication.sweep()).toEqual({
    families: 0,
    sessions: 0,
    revocations: 10 * BATCH,
    features: {},
    events: 0,
    attempts: 0,
  });
  sweeping = false;
  await others;
  expect([...new Set(left)]).toEqual(
    expect.arrayContaining(Array.from({ length: 9 }, (_, i) => (9 - i) * BATCH)),
  );
  await app.close();
});
