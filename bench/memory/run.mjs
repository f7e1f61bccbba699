// The benchmark of memory from its settings to its report: what a node holds for its sessions and for revocations.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { readArguments } from '../lib/arguments.mjs';
import { familyApplication } from '../lib/family-application.mjs';
import { interruptible } from '../lib/interruption.mjs';
import { KeepAliveClient } from '../lib/keep-alive-client.mjs';
import { revocationsInForce } from '../lib/live-revocations.mjs';
import { OWN_MODE } from '../lib/own-mode.mjs';
import { startProcess } from '../lib/pinned-process.mjs';
import { dropTables, freshPrefix, postgresAnswers, withPostgres } from '../lib/postgres.mjs';
import { progress } from '../lib/progress.mjs';
import { table, whole } from '../lib/report.mjs';
import { median, quantile } from '../lib/statistics.mjs';

/** `count`: sessions, and revocations. `rounds`: processes measured, one after the other. */
export const MEMORY_DEFAULTS = { count: 10_000, rounds: 5 };

const CONNECTIONS = 8;
const WARM_UP_SESSIONS = 100;
const WARM_UP_REQUESTS = 5_000;
/** For what is done behind the answers: touches, and some polls of the feed. */
const SETTLE_MS = 3_000;

export function parseMemoryArguments() {
  return readArguments(MEMORY_DEFAULTS);
}

/** Runs the benchmark and returns its report; null when it was interrupted. */
export async function runMemory(settings) {
  if (!(await postgresAnswers())) return 'MEMORY: left out, PostgreSQL does not answer';
  return interruptible((signal) => measured(settings, signal));
}

async function measured({ count, rounds }, signal) {
  const prefix = freshPrefix();
  let application;
  try {
    application = await familyApplication(prefix, CONNECTIONS);
    progress(`memory: signing in ${whole(count)} sessions`);
    const tokens = await signIn(application.service, count + WARM_UP_SESSIONS, signal);
    const samples = [];
    for (let round = 0; round < rounds; round++) {
      progress(`memory: process ${round + 1} of ${rounds}`);
      samples.push(await oneProcess(prefix, tokens, signal));
      await withPostgres((client) => client.query(`delete from "${prefix}auth_revocation"`));
    }
    return report(samples, count);
  } finally {
    await application?.close();
    await dropTables(prefix);
  }
}

/** Tokens of sessions, each of a subject of its own. */
async function signIn(service, count, signal) {
  const tokens = [];
  await atOnce(CONNECTIONS, count, async () => {
    signal.throwIfAborted();
    const { sessionToken } = await service.signIn(crypto.randomUUID(), { mode: 'session' });
    tokens.push(sessionToken);
  });
  return tokens;
}

/** What a process of its own holds more after each step: bytes of heap, and outside of it. */
async function oneProcess(prefix, tokens, signal) {
  const node = await startProcess('../memory/node.mjs', { args: [prefix], nodeOptions: ['--expose-gc'] });
  const { url, credentials } = node.ready;
  const clients = Array.from({ length: CONNECTIONS }, () => new KeepAliveClient(url));
  const cookieName = credentials.session.cookie.split('=')[0];
  const ask = async (token, client) => {
    signal.throwIfAborted();
    const headers = { cookie: `${cookieName}=${token}` };
    assert.equal((await client.send('GET', '/session', { headers })).status, 200);
  };
  const each = (list) => atOnce(CONNECTIONS, list.length, (i, worker) => ask(list[i], clients[worker]));
  const held = async () => {
    await pause(SETTLE_MS);
    return node.ask('held');
  };
  try {
    const warmUp = tokens.slice(0, WARM_UP_SESSIONS);
    const sessions = tokens.slice(WARM_UP_SESSIONS);
    for (let sent = 0; sent < WARM_UP_REQUESTS; sent += warmUp.length) await each(warmUp);
    const before = await held();
    await each(sessions);
    const cached = await held();
    await each(sessions);
    const again = await held();
    const { decoy: headers, decoySignIn: signInId } = credentials;
    await revocationsInForce(prefix, sessions.length, { url: `${url}/jwt`, headers, signInId });
    const revoked = await held();
    return {
      sessions: grown(before, cached),
      again: grown(cached, again),
      revocations: grown(again, revoked),
    };
  } finally {
    for (const client of clients) client.close();
    await node.stop();
  }
}

function grown(before, after) {
  return { heapUsed: after.heapUsed - before.heapUsed, external: after.external - before.external };
}

async function atOnce(workers, count, step) {
  let next = 0;
  const work = async (_, worker) => {
    while (next < count) await step(next++, worker);
  };
  await Promise.all(Array.from({ length: workers }, work));
}

function report(samples, count) {
  const rows = [
    ['sessions', `${whole(count)} sessions, each requested once`],
    ['again', 'the same requested once more'],
    ['revocations', `${whole(count)} revocations`],
  ].map(([name, label]) => {
    const kib = (part) => samples.map((sample) => sample[name][part] / 1024);
    const heap = kib('heapUsed');
    return [
      label,
      whole(median(heap)),
      `${whole(quantile(heap, 0))} to ${whole(quantile(heap, 1))}`,
      whole(median(kib('external'))),
      whole((median(heap) * 1024) / count),
    ];
  });
  return [
    `MEMORY: revocation mode ${OWN_MODE}, medians of ${samples.length} processes, each after garbage was collected`,
    '',
    table(['grown by', 'heap KiB', 'range', 'outside of it KiB', 'heap bytes each'], rows),
  ].join('\n');
}
