/**
 * Revocations whose transactions are held open and commit in another order than they were begun: the feed's reading
 * misses none, where "the ids after the last one" does.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Revocation } from 'nestjs-aerie/typeorm';
import type { DataSource } from 'typeorm';
import { RevocationLogReader } from '../../libs/auth/src/revocation/revocation-log-reader.js';
import { freshPrefix } from '../support/test-databases.js';
import { connect, dropTables, testStores } from '../support/test-stores.js';

// Many transactions at once on a busy machine: a limit that only a hang reaches.
jest.setTimeout(60_000);

const TRANSACTIONS = 110;
const HOUR = 3_600_000;

describe.each(['postgres', 'mariadb'] as const)('revocations on %s', (database) => {
  describe.each([
    ['few live ones, all of which are read each time', 10],
    ['many live ones, of which the new ones and the holes are read', 6_000],
  ])('%s', (_, live) => {
    let source: DataSource;
    beforeAll(async () => {
      const pool = database === 'postgres' ? { extra: { max: 40 } } : { extra: { connectionLimit: 40 } };
      source = await connect(database, freshPrefix(), pool as object);
      const now = Date.now();
      const rows = Array.from({ length: live }, () => ({ ...row(), createdAt: now, expiresAt: now + HOUR }));
      for (let i = 0; i < live; i += 1_000)
        await source.getRepository(Revocation).insert(rows.slice(i, i + 1_000));
    });
    afterAll(async () => {
      await dropTables(source);
      await source.destroy();
    });

    const row = () => ({ kind: 'sign_in' as const, value: randomUUID() });

    it('are all known, however late they commit', async () => {
      const { revocations } = testStores(source);
      const clock = { monotonic: () => performance.now() };
      const reader = new RevocationLogReader(revocations, 200_000, clock);
      const known = new Set<string>();
      const naive = { last: 0, known: new Set<string>() };
      let whole = 0;
      const poll = async (): Promise<void> => {
        const after = await revocations.readAfter(naive.last, 5_000);
        for (const { id, value } of after.revocations) {
          naive.last = Math.max(naive.last, id);
          naive.known.add(value);
        }
        const reading = await reader.read();
        if (typeof reading === 'string') throw new Error('there are not that many');
        if (reading.revocations.length >= live) whole++;
        for (const { value } of reading.revocations) known.add(value);
      };
      // Everything that is there, page by page.
      while (naive.known.size < live) await poll();

      const committed: string[] = [];
      let under = 0;
      let begun = 0;
      const open = async (): Promise<void> => {
        while (begun++ < TRANSACTIONS) {
          const runner = source.createQueryRunner();
          under++;
          try {
            await runner.startTransaction();
            const now = Date.now();
            const one = { ...row(), createdAt: now, expiresAt: now + HOUR };
            await runner.manager.insert(Revocation, one);
            await new Promise((held) => setTimeout(held, Math.random() * 400));
            await runner.commitTransaction();
            committed.push(one.value);
          } finally {
            await runner.release();
            under--;
          }
        }
      };
      const writers = Array.from({ length: 20 }, open);
      while (under > 0 || begun < TRANSACTIONS) await poll();
      await Promise.all(writers);
      await poll();

      expect(committed).toHaveLength(TRANSACTIONS);
      expect(committed.filter((value) => !known.has(value))).toEqual([]);
      // The test can tell: the obvious way has missed some of the very same ones.
      expect(committed.filter((value) => !naive.known.has(value)).length).toBeGreaterThan(0);
      if (live > 5_000) expect(whole).toBeLessThanOrEqual(3);
    });
  });
});
