// The benchmark of a flood from its settings to its report.
import { KeepAliveClient } from '../lib/keep-alive-client.mjs';
import { startProcess } from '../lib/pinned-process.mjs';
import { dropTables, freshPrefix, postgresAnswers } from '../lib/postgres.mjs';
import { ratio, table, target, whole } from '../lib/report.mjs';
import { measureInTurn } from '../lib/rounds.mjs';
import { median, ratiosPerRound, spread } from '../lib/statistics.mjs';

/** `callers`: other people who refresh, one after the other each. `clients`: who use one token at once. */
export const FLOOD_DEFAULTS = { rounds: 10, seconds: 5, callers: 8, clients: 500, pool: 10 };

const TARGET = 0.8;

/** Runs the benchmark and returns its report. */
export async function runFlood({ rounds, seconds, callers, clients, pool }) {
  if (!(await postgresAnswers())) return 'FLOOD: left out, PostgreSQL does not answer';
  const prefix = freshPrefix();
  const server = await startProcess('../flood/server.mjs', { args: [prefix, String(pool)] });
  const flooder = await startProcess('../flood/flooder.mjs', { args: [server.ready, String(clients)] });
  const people = Array.from({ length: callers }, () => new KeepAliveClient(server.ready));
  try {
    const tokens = await server.ask(callers);
    await refreshes(people, tokens, 1);
    const flooded = {};
    const measurements = await measureInTurn('flood', ['quiet', 'flood'], rounds, async (state) => {
      const [stolen] = await server.ask(1);
      const before = await server.ask('cpu');
      if (state === 'flood') await flooder.ask(stolen);
      const measured = await refreshes(people, tokens, seconds);
      const answered = state === 'flood' ? await flooder.ask(null) : {};
      for (const [status, count] of Object.entries(answered))
        flooded[status] = (flooded[status] ?? 0) + count;
      return { ...measured, cpu: (await server.ask('cpu')) - before };
    });
    const [quiet, flood] = [measurements.get('quiet'), measurements.get('flood')];
    const speeds = (rounds) => rounds.map(({ perSecond }) => perSecond);
    const kept = spread(ratiosPerRound(speeds(flood), speeds(quiet)));
    const cpuOfRefresh = median(quiet.map(({ cpu, done }) => cpu / done));
    // What the flood leaves of a core of the server's own.
    const left = 1 - median(flood.map(({ cpu, done }) => (cpu - done * cpuOfRefresh) / (seconds * 1e6)));
    return [
      `FLOOD on Express and PostgreSQL, a pool of ${pool}: ${rounds} rounds of ${seconds} s in turn, ${callers} callers; ${clients} clients with one token, each again when it is told`,
      '',
      table(
        ['', 'refreshes of others a second', 'kept (IQR)'],
        [
          ['quiet', whole(median(speeds(quiet))), '1'],
          ['flood', whole(median(speeds(flood))), ratio(kept)],
        ],
      ),
      target("other people's refreshes", kept.median, TARGET),
      target('the same by processor time, on a core that the server has to itself', left, TARGET),
      `note    CPU us of the server: ${whole(cpuOfRefresh)} a refresh`,
      `note    the flood was answered with ${JSON.stringify(flooded)}`,
    ].join('\n');
  } finally {
    for (const person of people) person.close();
    await flooder.stop();
    await server.stop();
    await dropTables(prefix);
  }
}

/** Every caller exchanges a token of its own until the time is over; how many are exchanged, and in a second. */
async function refreshes(people, tokens, seconds) {
  const started = performance.now();
  const end = started + seconds * 1000;
  const counts = await Promise.all(
    people.map(async (person, i) => {
      let done = 0;
      for (; performance.now() < end; done++) {
        const body = { refresh_token: tokens[i] };
        const { status, text } = await person.send('POST', '/auth/refresh', { body });
        if (status !== 200) throw new Error(`a refresh was answered with ${status}: ${text}`);
        tokens[i] = JSON.parse(text).refresh_token;
      }
      return done;
    }),
  );
  const done = counts.reduce((sum, count) => sum + count, 0);
  return { done, perSecond: done / ((performance.now() - started) / 1000) };
}
