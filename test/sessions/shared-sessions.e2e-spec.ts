import { afterEach, describe, expect, it } from '@jest/globals';
import { type Cache, createCache } from 'cache-manager';
import { CountedStores, TestNodes, TestTime } from '../revocation/two-nodes.js';
import { SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE } from '../support/test-app.js';

const SECOND = 1_000;
const CASES = BELOW_THE_EDGE.flatMap((adapter) =>
  (['feed', 'lookup', 'none'] as const).map((mode) => ({ adapter, mode })),
);

/** Counts what is read of sessions. */
class CountedSessions extends CountedStores {
  constructor() {
    super(new TestTime());
    const { sessions } = this;
    const read = sessions.read.bind(sessions);
    sessions.read = (id) => {
      this.reads++;
      return read(id);
    };
  }
}

describe.each(CASES)('a session that nodes share, on $adapter in mode $mode', ({ adapter, mode }) => {
  let nodes: TestNodes;
  afterEach(() => nodes.close());

  /** Two nodes on one cache, and a session that the first of them has read. */
  const start = async (cache: Cache = createCache()) => {
    const options = { revocation: { mode }, sessions: { cacheSize: mode === 'feed' ? 10 : 0 } } as const;
    nodes = await TestNodes.start(adapter, [cache, cache], options, undefined, new CountedSessions());
    const { client, id } = await signIn(nodes.all[0]!, 'session');
    const cookie = `${SESSION_COOKIE}=${await client.cookie(SESSION_COOKIE)}`;
    const get = async (node: number) =>
      (await nodes.all[node]!.client().get('/auth/me', { headers: { cookie } })).status;
    expect(await get(0)).toBe(200);
    // A node that has never asked the store does not know its time.
    const other = await signIn(nodes.all[1]!, 'session');
    expect((await other.client.get('/auth/me')).status).toBe(200);
    return { id, cookie, get, cache };
  };
  const reads = async (work: () => Promise<unknown>): Promise<number> => {
    const before = nodes.stores.reads;
    await work();
    return nodes.stores.reads - before;
  };

  it('is read of the table by one of them', async () => {
    const { get } = await start();
    expect(await reads(async () => expect(await get(1)).toBe(200))).toBe(0);
  });

  it('is read again when the record is too old', async () => {
    const { get } = await start();
    nodes.time.pass(mode === 'feed' ? 60 * SECOND : 5 * SECOND);
    nodes.time.pass(1);
    expect(await reads(async () => expect(await get(1)).toBe(200))).toBe(1);
  });

  it.each([
    ['ends for all with a logout', (id: string) => nodes.all[0]!.authentication.endSignIn('ada', id)],
    ['ends for all with a logout everywhere', () => nodes.all[0]!.authentication.endAllSignIns('ada')],
    [
      'ends for all with a change of credentials',
      () => nodes.all[0]!.authentication.credentialsChanged('ada'),
    ],
  ])('%s', async (_, end) => {
    const { id, get } = await start();
    expect(await get(1)).toBe(200);
    await end(id);
    expect(await get(0)).toBe(401);
    // Where processes follow the changes, the other one has until its next poll.
    if (mode === 'feed') nodes.time.pass(6 * SECOND);
    expect(await get(1)).toBe(401);
  });

  /** A cache of which every record of a session can be brought back, whatever became of it. */
  const resurrecting = () => {
    const cache = createCache();
    const kept = new Map<string, unknown>();
    const set = cache.set.bind(cache);
    cache.set = (key, value, ttl) => {
      if (String(value).includes('secretHash') && !kept.has(key)) kept.set(key, value);
      return set(key, value, ttl);
    };
    const resurrect = () => Promise.all([...kept].map(([key, value]) => set(key, value, 60_000)));
    return { cache, resurrect };
  };
  /** Known by the feed, or bounded by the time inside the record. */
  const later = () => nodes.time.pass(mode === 'feed' ? 6 * SECOND : 5 * SECOND + 1);

  it('stays ended when the cache brings its record back', async () => {
    const { cache, resurrect } = resurrecting();
    const { id, get } = await start(cache);
    await nodes.all[0]!.authentication.endSignIn('ada', id);
    expect(await resurrect()).toHaveLength(2);
    expect(await get(0)).toBe(401);
    later();
    expect(await get(1)).toBe(401);
  });

  it.each([
    ['seen by the other node before', true],
    ['never seen by it', false],
  ])('dies with its former secret everywhere, its record brought back or not: %s', async (_, seen) => {
    const { cache, resurrect } = resurrecting();
    const { cookie, get } = await start(cache);
    if (seen) expect(await get(1)).toBe(200);
    const session = cookie.slice(SESSION_COOKIE.length + 1);
    await nodes.all[0]!.authentication.stepUp('ada', { session }, ['otp']);
    expect(await get(0)).toBe(401);
    await resurrect();
    expect(await get(0)).toBe(401);
    later();
    expect(await get(1)).toBe(401);
  });
});
