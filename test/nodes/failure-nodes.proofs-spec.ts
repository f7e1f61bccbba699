import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestNode } from '../support/test-node.js';
import type { TimedAnswer } from '../support/timed-request.js';
import { until } from '../support/until.js';
import { AnswerTimes, BUSY_MS, DATABASE_MS } from './answer-times.js';
import { FailureClusters } from './failure-clusters.js';
import * as signIns from './warm-sign-ins.js';

// Processes start and end: a limit that only a hang reaches.
jest.setTimeout(120_000);

const POLL_MS = 250;
const STALE_MS = 1_000;
const UNAVAILABLE = [503, 'AUTH_STORE_UNAVAILABLE'] as const;
/** Requests that wait on the sockets of a suspended node. */
const QUEUED = 20;

const times = new AnswerTimes();
afterAll(() => times.print('a node is'));

describe('one node is not what it was, and refuses what ended meanwhile', () => {
  let clusters: FailureClusters;
  beforeAll(async () => {
    const options = {
      revocation: { pollInterval: `${POLL_MS}ms`, maxStaleness: `${STALE_MS}ms` },
    } as const;
    clusters = await FailureClusters.start([
      { name: 'PostgreSQL and Redis', database: 'postgres', withRedis: true, processes: 2, options },
      {
        name: 'PostgreSQL',
        database: 'postgres',
        withRedis: false,
        processes: 3,
        ownDatabase: true,
        options,
      },
      { name: 'MariaDB and Redis', database: 'mariadb', withRedis: true, processes: 3, options },
    ]);
  });
  afterAll(() => clusters?.close());

  /** Both credentials are asked about at once, `count` times. */
  const ask = (node: TestNode, pair: signIns.SignInPair, count: number) => ({
    sessions: Array.from({ length: count }, () => signIns.asksSession(node, pair)),
    tokens: Array.from({ length: count }, () => signIns.asksToken(node, pair)),
  });
  /** None of them is admitted: the first is no better than the last. */
  async function refused(row: string, { sessions, tokens }: ReturnType<typeof ask>, waitedMs: number) {
    const since = (asked: Promise<TimedAnswer>): Promise<TimedAnswer> =>
      asked.then((answer) => ({ ...answer, ms: answer.ms - waitedMs }));
    for (const asked of sessions)
      await times.of(row, 'session', since(asked), DATABASE_MS, signIns.SESSION_ENDED, UNAVAILABLE);
    for (const asked of tokens)
      await times.of(row, 'access token', since(asked), DATABASE_MS, signIns.TOKEN_ENDED, UNAVAILABLE);
  }

  it('suspended for longer than its knowledge may be old, it knows before it serves', async () => {
    await clusters.each(async ({ name, all }) => {
      const row = `suspended (${name})`;
      const last = all.at(-1)!;
      const [live, gone] = [await signIns.warmPair(all), await signIns.warmPair(all)];
      await last.suspend();
      const suspended = Date.now();
      const queued = ask(last, gone, QUEUED);
      await signIns.end(all[0]!, gone);
      await until('what it knows is too old', () => Date.now() - suspended > STALE_MS + 2 * POLL_MS);
      last.resume();
      const first = ask(last, gone, 1);
      const waitedMs = Date.now() - suspended;
      await Promise.all([refused(row, queued, waitedMs), refused(row, first, 0)]);
      await signIns.known(all, gone, DATABASE_MS + BUSY_MS);
      await times.of(row, 'session', signIns.asksSession(last, live), DATABASE_MS, 200);
      await times.of(row, 'access token', signIns.asksToken(last, live), DATABASE_MS, 200);
      await times.of(row, 'refresh', last.refresh(live.tokens), DATABASE_MS, 200);
    });
  });

  it('suspended for longer than revocations are kept, it uses no data from before', async () => {
    await clusters.each(async ({ name, all, nodes }) => {
      const row = `suspended (${name})`;
      const last = all.at(-1)!;
      const gone = await signIns.warmPair(all);
      await last.suspend();
      const suspended = Date.now();
      await signIns.end(all[0]!, gone);
      await nodes.query(
        (prefix) => `delete from ${prefix}auth_revocation where value = '${gone.session.signInId}'`,
      );
      await until('what it knows is too old', () => Date.now() - suspended > STALE_MS + 2 * POLL_MS);
      last.resume();
      await refused(row, ask(last, gone, 1), 0);
      const asked = signIns.asksSession(last, gone);
      await times.of(row, 'session', asked, DATABASE_MS, signIns.SESSION_ENDED);
    });
  });

  it('killed and started again, it knows everything before it serves', async () => {
    await clusters.each(async ({ name, all }) => {
      const row = `killed, and started again (${name})`;
      const last = all.at(-1)!;
      const [live, gone] = [await signIns.warmPair(all), await signIns.warmPair(all)];
      await last.kill();
      await signIns.end(all[0]!, gone);
      const started = last.restart();
      const unheard = ['ECONNREFUSED', 'ECONNRESET'];
      // From before it listens: the very first answer is a refusal.
      await until('it has answered', async () => {
        const { sessions, tokens } = ask(last, gone, 1);
        const heard = async (asked: Promise<TimedAnswer>): Promise<boolean> =>
          !unheard.includes((await asked).code!);
        const heardOf = { sessions: await heard(sessions[0]!), tokens: await heard(tokens[0]!) };
        await refused(
          row,
          { sessions: heardOf.sessions ? sessions : [], tokens: heardOf.tokens ? tokens : [] },
          0,
        );
        return heardOf.sessions && heardOf.tokens;
      });
      await started;
      expect(await signIns.isKnown([last], gone)).toBe(true);
      await times.of(row, 'session', signIns.asksSession(last, live), DATABASE_MS, 200);
      await times.of(row, 'access token', signIns.asksToken(last, live), DATABASE_MS, 200);
    });
  });

  it('cut off from Redis alone, it knows within the poll interval, and serves', async () => {
    await clusters.each(async ({ name, all, ways, redis }) => {
      if (!redis) return;
      const row = `cut off from Redis (${name})`;
      const last = all.at(-1)!;
      const live = await signIns.warmPair(all);
      await ways.at(-1)!.cut();
      for (const ender of [all[0]!, last]) {
        const gone = await signIns.warmPair(all);
        for (const credentials of [gone.session, gone.tokens])
          await times.of(row, 'logout', ender.logout(credentials), 0, 204);
        await signIns.known(all, gone, POLL_MS + BUSY_MS);
      }
      await times.of(row, 'session', signIns.asksSession(last, live), 0, 200);
      await times.of(row, 'access token', signIns.asksToken(last, live), 0, 200);
      await times.of(row, 'refresh', last.refresh(live.tokens), 0, 200);
      const { subject } = live.session;
      await times.of(row, 'sign-in', last.control('sign-in', { subject, mode: 'session' }), 0, 200);
      await ways.at(-1)!.restore();
    });
  });
});
