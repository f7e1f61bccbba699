import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { OwnMariaDb } from '../support/servers/own-mariadb.js';
import type { OwnPostgres } from '../support/servers/own-postgres.js';
import type { Credentials, TestNode } from '../support/test-node.js';
import type { TimedAnswer } from '../support/timed-request.js';
import { until } from '../support/until.js';
import { type Allowed, AnswerTimes, BUSY_MS, DATABASE_MS } from './answer-times.js';
import type { FailureCluster } from './failure-cluster.js';
import { FailureClusters } from './failure-clusters.js';
import * as signIns from './warm-sign-ins.js';

// Servers start, hang and recover: a limit that only a hang reaches.
jest.setTimeout(120_000);

const POLL_MS = 250;
const STALE_MS = 2_000;
/** A connection that is in the making may have to be given up first. */
const RECOVERED_MS = 12_000;
const PHASES = 10;
const UNAVAILABLE: Allowed = [503, 'AUTH_STORE_UNAVAILABLE'];
/** What its nodes do, in their order, when the feed is stale; and what access tokens get then. Those that are known to have ended are refused whatever it is. */
const WHEN_STALE = [
  { onUnavailable: 'refuse', live: UNAVAILABLE },
  { onUnavailable: 'allow', live: 200 },
  { onUnavailable: 'lookup', live: UNAVAILABLE },
] as const;

type Server = OwnPostgres | OwnMariaDb;
const OUTAGES: readonly {
  readonly name: string;
  readonly begin: (server: Server) => Promise<void>;
  readonly end: (server: Server) => Promise<void>;
}[] = [
  { name: 'stopped', begin: (server) => server.stop('immediate'), end: (server) => server.start() },
  { name: 'hung', begin: (server) => server.hang(), end: async (server) => server.resume() },
];

const times = new AnswerTimes();
afterAll(() => times.print('the database is'));

/** Live sign-ins of one node's own, for what a test does to them during the outage. */
interface OfNode {
  readonly node: TestNode;
  readonly refreshed: Credentials;
  readonly loggedOut: signIns.SignInPair;
  /** Has been served by no node. */
  readonly unseen: signIns.SignInPair;
  readonly whenStale: (typeof WHEN_STALE)[number];
}

describe('the database fails, and every node says so', () => {
  let clusters: FailureClusters;
  beforeAll(async () => {
    const options = (node: number) => ({
      revocation: {
        pollInterval: `${POLL_MS}ms`,
        maxStaleness: `${STALE_MS}ms`,
        onUnavailable: WHEN_STALE[node]!.onUnavailable,
      } as const,
    });
    const own = { ownDatabase: true, options } as const;
    clusters = await FailureClusters.start([
      { name: 'PostgreSQL and Redis', database: 'postgres', withRedis: true, processes: 2, ...own },
      { name: 'PostgreSQL', database: 'postgres', withRedis: false, processes: 3, ...own },
      { name: 'MariaDB and Redis', database: 'mariadb', withRedis: true, processes: 3, ...own },
    ]);
  });
  afterAll(() => clusters?.close());

  const prepare = (nodes: readonly TestNode[]): Promise<OfNode[]> =>
    Promise.all(
      nodes.map(async (node, i) => ({
        node,
        refreshed: (await signIns.signInPair(node)).tokens,
        loggedOut: await signIns.warmPair(nodes, node),
        unseen: await signIns.signInPair(node),
        whenStale: WHEN_STALE[i]!,
      })),
    );

  /** What is in memory is served for as long as it may be, and not for longer. Never is anybody told to sign in again. */
  async function servedUntilStale(
    row: string,
    began: number,
    { node, whenStale }: OfNode,
    live: signIns.SignInPair,
    gone: signIns.SignInPair,
  ): Promise<void> {
    const asked = async (): Promise<readonly TimedAnswer[]> =>
      Promise.all([
        times.of(row, 'session', signIns.asksSession(node, live), DATABASE_MS, 200, UNAVAILABLE),
        times.of(row, 'access token', signIns.asksToken(node, live), DATABASE_MS, 200, UNAVAILABLE),
      ]);
    let early = 0;
    await until(
      'what is in memory is not believed any more',
      async () => {
        const [session, token] = await asked();
        // The last poll may have been sent one interval before.
        if (Date.now() - began < STALE_MS - 2 * POLL_MS) {
          expect([session!.status, token!.status]).toEqual([200, 200]);
          early++;
        }
        return session!.status === 503;
      },
      STALE_MS + DATABASE_MS + BUSY_MS,
    );
    expect(early).toBeGreaterThan(0);
    await Promise.all([
      times.of(row, 'session', signIns.asksSession(node, live), DATABASE_MS, UNAVAILABLE),
      times.of(row, 'session', signIns.asksSession(node, gone), DATABASE_MS, UNAVAILABLE),
      times.of(row, 'access token', signIns.asksToken(node, live), DATABASE_MS, whenStale.live),
      times.of(row, 'access token', signIns.asksToken(node, gone), DATABASE_MS, signIns.TOKEN_ENDED),
    ]);
  }

  /** Whenever it comes, also while a poll waits: no request waits for one dependency after the other. */
  async function inEveryPhase(
    row: string,
    { node, whenStale }: OfNode,
    live: signIns.SignInPair,
  ): Promise<void> {
    const asked: Promise<unknown>[] = [];
    const period = DATABASE_MS + POLL_MS;
    for (let passed = 0; passed < period; passed += period / PHASES) {
      asked.push(times.of(row, 'session', signIns.asksSession(node, live), DATABASE_MS, UNAVAILABLE));
      asked.push(times.of(row, 'access token', signIns.asksToken(node, live), DATABASE_MS, whenStale.live));
      await new Promise((next) => setTimeout(next, period / PHASES));
    }
    await Promise.all(asked);
  }

  /** Nothing is claimed. */
  async function unavailable(row: string, { node, refreshed, loggedOut, unseen }: OfNode): Promise<void> {
    const { subject } = unseen.session;
    const ask = (column: 'session' | 'refresh' | 'sign-in' | 'logout', answer: Promise<TimedAnswer>) =>
      times.of(row, column, answer, DATABASE_MS, UNAVAILABLE);
    await Promise.all([
      ask('session', signIns.asksSession(node, unseen)),
      ask('refresh', node.refresh(refreshed)),
      ask('sign-in', node.control('sign-in', { subject, mode: 'session' })),
      ask('sign-in', node.control('sign-in', { subject, mode: 'tokens' })),
      ask('logout', node.logout(loggedOut.session)),
      ask('logout', node.logout(loggedOut.tokens)),
    ]);
    expect((await node.request('/unguarded')).status).toBe(200);
  }

  /** All of it goes on, by the same processes, with the same credentials. */
  async function recovered(
    row: string,
    { all }: FailureCluster,
    ofNodes: readonly OfNode[],
    live: signIns.SignInPair,
  ) {
    await Promise.all(
      all.map((node) =>
        until(
          'a node has recovered',
          async () => {
            const answers = await Promise.all([
              times.of(row, 'session', signIns.asksSession(node, live), DATABASE_MS, 200, UNAVAILABLE),
              times.of(row, 'access token', signIns.asksToken(node, live), DATABASE_MS, 200, UNAVAILABLE),
            ]);
            return answers.every(({ status }) => status === 200);
          },
          RECOVERED_MS,
        ),
      ),
    );
    const pair = await signIns.warmPair(all);
    await signIns.end(all.at(-1)!, pair);
    await signIns.known(all, pair, POLL_MS + BUSY_MS);
    for (const { node, refreshed, loggedOut, unseen } of ofNodes) {
      await times.of(row, 'session', signIns.asksSession(node, unseen), DATABASE_MS, 200);
      const { body } = await times.of(row, 'refresh', node.refresh(refreshed), DATABASE_MS, 200);
      const next = { ...refreshed, refreshToken: body.refresh_token };
      await times.of(row, 'refresh', node.refresh(next), DATABASE_MS, 200);
      await listedOrEnded(row, node, loggedOut);
    }
  }

  /** A logout that was not claimed may have been done: then it is not listed, and all agree. */
  async function listedOrEnded(row: string, node: TestNode, pair: signIns.SignInPair): Promise<void> {
    const { body } = await node.control('list', { subject: pair.session.subject });
    const listed = new Set((body as { id: string }[]).map(({ id }) => id));
    const { signInId } = pair.session;
    await times.of(
      row,
      'session',
      signIns.asksSession(node, pair),
      DATABASE_MS,
      listed.has(signInId) ? 200 : signIns.SESSION_ENDED,
    );
    await times.of(
      row,
      'access token',
      signIns.asksToken(node, pair),
      DATABASE_MS,
      listed.has(pair.tokens.signInId) ? 200 : signIns.TOKEN_ENDED,
    );
    // Done now, it is done.
    for (const credentials of [pair.session, pair.tokens])
      await times.of(row, 'logout', node.logout(credentials), DATABASE_MS, 204);
    expect(await signIns.isKnown([node], pair)).toBe(true);
  }

  it.each(OUTAGES)('$name, and back', async ({ name, begin, end }) => {
    await clusters.each(async (cluster) => {
      const { all, database } = cluster;
      const row = `${name} (${cluster.name})`;
      const [live, gone] = [await signIns.warmPair(all), await signIns.warmPair(all)];
      const ofNodes = await prepare(all);
      await signIns.end(all[0]!, gone);
      await signIns.known(all, gone, POLL_MS + BUSY_MS);
      const began = Date.now();
      const outage = begin(database!);
      await Promise.all(ofNodes.map((ofNode) => servedUntilStale(row, began, ofNode, live, gone)));
      await outage;
      await Promise.all(
        ofNodes.map((ofNode) => Promise.all([inEveryPhase(row, ofNode, live), unavailable(row, ofNode)])),
      );
      await end(database!);
      await recovered(`${row}, and back`, cluster, ofNodes, live);
    });
  });
});
