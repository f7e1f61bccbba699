import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SigningKeys } from 'nestjs-aerie';
// Not public: where a process reads the time, and how it reads its keys again.
import { KeyRotation } from '../../libs/auth/src/keys/key-rotation.js';
import { Clock } from '../../libs/auth/src/time/clock.js';
import { signIn, statusOf } from '../support/sign-ins.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';
import { TestClock } from '../support/test-clock.js';

/** Two nodes on one file of SQLite, whose clocks are 60 s apart; the keys go by the database's. */
describe('a rotation of keys on nodes whose clocks are 60 s apart', () => {
  let folder: string;
  let nodes: readonly [TestApp, TestApp];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skewed-'));
    const start = async (skewMs: number): Promise<TestApp> => {
      const clock = new TestClock();
      clock.pass(skewMs);
      const connection = {
        ...testConnection('sqlite', 'k_'),
        database: join(folder, 'auth.sqlite'),
      } as never;
      const app = await startTestApp({
        connection,
        options: { accessTokens: { clockTolerance: '60s' } },
        override: (builder) => builder.overrideProvider(Clock).useValue(clock),
      });
      await app.users.add('ada');
      return app;
    };
    nodes = [await start(-30_000), await start(30_000)];
  });
  afterAll(async () => {
    for (const node of nodes) await node.close();
    await rm(folder, { recursive: true, force: true });
  });

  const tokensOfEach = async () => {
    const tokens: string[] = [];
    for (const node of nodes) tokens.push((await signIn(node, 'tokens')).body.access_token as string);
    return tokens;
  };
  const kidOf = (token: string): string =>
    JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid;
  const expectGoodEverywhere = async (tokens: readonly string[]) => {
    for (const node of nodes) for (const token of tokens) expect(await statusOf(node, token)).toBe(200);
  };
  const reads = (node: TestApp) => node.app.get(KeyRotation).refresh();
  /** Lets the announced key begin: its instant is moved, as if the time had passed. */
  const begin = () =>
    nodes[0].source.query(`update k_auth_signing_key set begins_at = unixepoch() * 1000 - 1 where id = 2`);

  it('keeps every token in flight good on every node, at every step of it', async () => {
    const before = await tokensOfEach();
    await expectGoodEverywhere(before);
    await nodes[0].app.get(SigningKeys).rotate();
    await reads(nodes[1]);
    const announced = await tokensOfEach();
    await expectGoodEverywhere([...before, ...announced]);
    expect(new Set([...before, ...announced].map(kidOf)).size).toBe(1);
    await begin();
    // One signs with the new key already, the other with the old one still.
    await reads(nodes[1]);
    const between = await tokensOfEach();
    expect(kidOf(between[0]!)).not.toBe(kidOf(between[1]!));
    await expectGoodEverywhere([...before, ...announced, ...between]);
    await reads(nodes[0]);
    const after = await tokensOfEach();
    expect(new Set(after.map(kidOf))).toEqual(new Set([kidOf(between[1]!)]));
    await expectGoodEverywhere([...before, ...announced, ...between, ...after]);
  });

  it('refuses what the old key signed once its last token has gone', async () => {
    const [old] = await nodes[0].app.get(SigningKeys).list();
    expect(old?.state).toBe('retired');
    await nodes[0].source.query(`update k_auth_signing_key set begins_at = begins_at - 3600000 * 2`);
    for (const node of nodes) await reads(node);
    for (const node of nodes) expect(await node.app.get(SigningKeys).list()).toHaveLength(1);
    expect(await nodes[0].source.query('select id from k_auth_signing_key')).toEqual([{ id: 2 }]);
  });
});
