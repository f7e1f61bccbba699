/** What 10,000 open connections cost: memory, the time of a revocation, and nothing once they have closed. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type LiveSignIn, LiveSignIns, type Principal, RequestAuthenticator } from 'nestjs-aerie';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

jest.setTimeout(300_000);

const CONNECTIONS = 10_000;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  for (let i = 0; i < 3; i++) collect();
  return process.memoryUsage().heapUsed;
}

describe.each(BELOW_THE_EDGE)('10,000 open connections, on %s', (adapter) => {
  let app: TestApp;
  let live: LiveSignIns;
  let users: Principal[];
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      options: { keys: 'secret', accessTokens: { cacheSize: 2 * CONNECTIONS } },
    });
    live = app.app.get(LiveSignIns);
    const requests = app.app.get(RequestAuthenticator);
    users = [];
    for (let i = 0; i < CONNECTIONS; i++) {
      // A user has ten sign-ins.
      const id = `user-${Math.floor(i / 10)}`;
      if (i % 10 === 0)
        app.users.byId.set(id, { id, identifier: id, hash: '', roles: [], scopes: [], disabled: false });
      const result = await app.authentication.signIn(id, { mode: 'tokens' });
      const headers = { authorization: `Bearer ${result.mode === 'session' ? '' : result.accessToken}` };
      users.push(await requests.authenticate({ headers }, 'access-token'));
    }
  });
  afterAll(() => app.close());

  /** A connection of each sign-in, and how many of them have ended. */
  function open(): { readonly lives: LiveSignIn[]; ended: number } {
    const opened = { lives: [] as LiveSignIn[], ended: 0 };
    for (const user of users) {
      const one = live.liveUntilSignedOut(user);
      one.onEnd(() => opened.ended++);
      opened.lives.push(one);
    }
    return opened;
  }
  /** From the call to its answer, and to the last end if that comes later, in milliseconds. */
  async function timed(change: () => Promise<unknown>, isDone = () => true): Promise<number> {
    const called = performance.now();
    await change();
    while (!isDone()) await new Promise((resolve) => setImmediate(resolve));
    return performance.now() - called;
  }
  const medianOf = (took: number[]) => took.sort((a, b) => a - b)[took.length >> 1]!;

  it('cost a little memory each, and give it back when they close', () => {
    // What is compiled and allocated once is not theirs.
    for (const one of open().lives) one.release();
    const before = heapBytes();
    const { lives } = open();
    const listening = (heapBytes() - before) / CONNECTIONS;
    const signals = lives.map(({ signal }) => signal);
    const signalling = (heapBytes() - before) / CONNECTIONS;
    expect([live.size, signals.length]).toEqual([CONNECTIONS, CONNECTIONS]);
    for (const one of lives) one.release();
    lives.length = signals.length = 0;
    const left = (heapBytes() - before) / CONNECTIONS;
    console.log(
      `bytes of each of ${CONNECTIONS} connections: ${listening.toFixed(0)} with a listener, ${signalling.toFixed(0)} with a signal too, ${left.toFixed(0)} once they have closed`,
    );
    expect(live.size).toBe(0);
    expect(listening).toBeLessThan(3_000);
    expect(left).toBeLessThan(50);
  });

  it('and the end of one takes no longer than without any', async () => {
    const end = (at: number) => app.authentication.endSignIn(users[at]!.id, users[at]!.signInId);
    const alone: number[] = [];
    for (let i = 0; i < 50; i++) alone.push(await timed(() => end(i * 100 + 1)));
    const opened = open();
    // Those that have ended before end as they begin.
    expect([opened.ended, live.size]).toEqual([50, CONNECTIONS - 50]);
    const among: number[] = [];
    for (let i = 0; i < 50; i++)
      among.push(
        await timed(
          () => end(i * 100),
          () => opened.ended === 51 + i,
        ),
      );
    const [without, beside] = [medianOf(alone), medianOf(among)];
    console.log(
      `endSignIn, to its answer: ${without.toFixed(2)} ms without a connection; beside ${CONNECTIONS} connections ${beside.toFixed(2)} ms, its connection's end included`,
    );
    expect(live.size).toBe(CONNECTIONS - 100);
    expect(beside).toBeLessThan(without + 20);
    for (const one of opened.lives) one.release();
  });

  it('all end at once when everything is revoked', async () => {
    const opened = open();
    const { size } = live;
    const ms = await timed(
      () => app.authentication.revokeEverything(),
      () => opened.ended === CONNECTIONS,
    );
    console.log(`revokeEverything, to the last end of ${size}: ${ms.toFixed(0)} ms`);
    expect([live.size, ms < 2_000]).toEqual([0, true]);
  });
});
