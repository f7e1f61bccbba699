import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Call, Race, rounds, tally } from './race.js';
import type { TestDatabase } from '../support/test-databases.js';

interface Host {
  readonly database: TestDatabase;
  readonly level: string;
  readonly connection: object;
  readonly shown: string;
}

const postgres = (level: string): Host => ({
  database: 'postgres',
  level,
  connection: { extra: { options: `-c default_transaction_isolation=${level.replace(' ', '\\ ')}` } },
  shown: 'show default_transaction_isolation',
});
const mariadb = (level: string): Host => ({
  database: 'mariadb',
  level,
  connection: { beginWith: `set session transaction isolation level ${level}` },
  shown: `select lower(replace(@@tx_isolation, '-', ' '))`,
});
const HOSTS = [
  postgres('repeatable read'),
  postgres('serializable'),
  mariadb('repeatable read'),
  mariadb('serializable'),
];

describe.each(HOSTS)(
  'a host whose transactions are $level, on $database',
  ({ database, level, connection, shown }) => {
    let race: Race;
    beforeAll(async () => {
      race = await Race.start(database, { connection });
    });
    afterAll(() => race.stop());

    it('is what it says', async () => {
      expect(await race.do('ask', shown)).toBe(level);
    });

    it('has its tokens rotated once, and a failure to serialise taken for nothing else', async () => {
      await rounds(8, async () => {
        const { id, token } = await race.signIn();
        const results = await race.run(
          Array.from({ length: 30 }, () => ['refresh', token, { measured: true }]),
        );
        expect(tally(results)).toEqual({ ok: 30 });
        expect(new Set(results.map((result) => result.token)).size).toBe(1);
        const { generation, revokedAt } = await race.family(id);
        expect({ generation, revokedAt }).toEqual({ generation: 1, revokedAt: null });
      });
    });

    it('has a thief found out once', async () => {
      await rounds(6, async () => {
        const { id, tokens } = await race.chain(2);
        await race.events();
        const results = await race.run(
          Array.from({ length: 10 }, (_, i): Call => [
            'refresh',
            tokens[i % 4 < 2 ? 0 : 2],
            { measured: true },
          ]),
        );
        const { reused, ok = 0, revoked = 0, ...rest } = tally(results);
        expect(rest).toEqual({});
        expect(reused).toBe(1);
        expect(ok + revoked).toBe(9);
        expect(await race.announced(id)).toBe(1);
        const types = (await race.events()).map(({ type }) => type);
        expect(types.filter((type) => type === 'reuse_detected')).toHaveLength(1);
      });
    });

    it('can end everything of a subject, whatever rotates meanwhile', async () => {
      await rounds(6, async () => {
        const families = [await race.signIn()];
        const { subject } = families[0]!;
        for (let i = 0; i < 3; i++) families.push(await race.signIn(subject));
        const calls = families.flatMap(({ token }) =>
          Array.from({ length: 4 }, (): Call => ['refresh', token, { measured: true }]),
        );
        calls.splice(5, 0, ['endAll', subject]);
        calls.splice(12, 0, ['endAll', subject]);
        const results = await race.run(calls);
        const { ok = 0, revoked = 0, ...rest } = tally(results);
        expect(rest).toEqual({});
        expect(ok + revoked).toBe(calls.length);
        const tokens = new Set([...families, ...results].flatMap(({ token }) => token ?? []));
        const afterwards = await race.run([...tokens].map((token) => ['refresh', token]));
        expect(tally(afterwards)).toEqual({ revoked: tokens.size });
      });
    });
  },
);
