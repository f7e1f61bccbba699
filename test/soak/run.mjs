// One run of random schedules: so many processes on one database, until they have rotated so many times.
import { join } from 'node:path';
import { resolveAuthOptions } from '../../libs/auth/dist/options/resolve-auth-options.js';
import { WorkerProcess } from '../races/worker-process.mjs';
import { reconcile, remembered } from './audit.mjs';
import { SoakDatabase } from './database.mjs';
import { DEADLINE_MS, Episode, inTime, Violation } from './episode.mjs';
import { Random } from './random.mjs';

const WORKER = join(import.meta.dirname, '../races/race-worker.mjs');
const OPTIONS = {
  secret: 'a secret of at least thirty-two bytes, for soaks',
  issuer: 'https://soak.example.com',
};
const STORES = { database: { deadline: `${DEADLINE_MS}ms` } };
const TICK_MS = 1_000;

export class SoakRun {
  counts = {};
  violations = [];
  workers = [];
  slowestMs = 0;
  #tick = 0;
  #families = [];
  #reuseEvents = new Map();

  constructor(settings) {
    this.settings = settings;
  }

  /** Plays the whole run, or until the signal, and says what came of it. */
  async play(progress, signal) {
    const { database, processes, poolSize, seed, rotations, seconds, lanes } = this.settings;
    this.database = await SoakDatabase.open(database);
    this.workers = Array.from({ length: processes }, () => new WorkerProcess(WORKER));
    // Callers that wait for an answer learn that there is none.
    signal.addEventListener('abort', () => this.workers.map((worker) => worker.kill()));
    try {
      const connection = { ...this.database.connection, ...(database !== 'sqlite' && { poolSize }) };
      const start = ['start', { connection, options: { ...OPTIONS, routes: false, stores: STORES } }];
      await inTime('start', Promise.all(this.workers.map((worker) => worker.send([start]))));
      const began = performance.now();
      const elapsed = () => (performance.now() - began) / 1_000;
      const going = () =>
        !signal.aborted &&
        this.violations.length === 0 &&
        (this.counts.rotations ?? 0) < rotations &&
        elapsed() < seconds;
      let ticking = true;
      const ticks = (async () => {
        while (ticking) {
          await new Promise((next) => setTimeout(next, TICK_MS));
          await this.#collectEvents();
          progress(`${this.counts.rotations ?? 0} rotations, ${Math.round(elapsed())} s`);
        }
      })();
      let next = 0;
      const lane = async () => {
        while (going()) await this.#episode(new Random(seed, next), next++);
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      ticking = false;
      await ticks;
      if (this.violations.length === 0) await this.#collectEvents();
      if (this.violations.length === 0) await this.#reconcile();
      return this.#summary(elapsed());
    } finally {
      const stopped = await Promise.allSettled(this.workers.map((worker) => worker.stop()));
      for (const { reason } of stopped) if (reason) this.#wrong(reason);
      await this.database.close();
    }
  }

  async #episode(random, index) {
    const episode = new Episode(this, random, index);
    try {
      await episode.play();
      this.#families.push(...episode.families.map(remembered));
    } catch (error) {
      this.#wrong(error, index, episode.story);
    }
  }

  #wrong(error, episode = null, story = []) {
    const what = error instanceof Violation ? error.message : error.stack;
    this.violations.push({ episode, what, story });
  }

  async #collectEvents() {
    const asked = Promise.all(this.workers.map((worker) => worker.send([['events']])));
    const collected = await inTime('events', asked).catch((error) => this.#wrong(error));
    for (const events of collected ?? []) {
      for (const { type, signInId } of events) {
        this.count(`event ${type}`);
        if (type === 'reuse_detected')
          this.#reuseEvents.set(signInId, (this.#reuseEvents.get(signInId) ?? 0) + 1);
      }
    }
  }

  async #reconcile() {
    const wrong = reconcile({
      families: this.#families,
      rows: await this.database.rows(),
      absoluteMs: resolveAuthOptions(OPTIONS, Date.now()).refreshTokens.absoluteMs,
      announced: await this.database.announced(),
      reuseEvents: this.#reuseEvents,
      counts: this.counts,
      rotationEvents: this.counts['event token_rotated'] ?? 0,
    });
    for (const what of wrong) this.violations.push({ episode: null, what, story: [] });
  }

  #summary(seconds) {
    const count = (what) => this.counts[what] ?? 0;
    return {
      ...this.settings,
      seconds: Math.round(seconds),
      families: count('families'),
      rotations: count('rotations'),
      replays: count('event token_replayed'),
      lateRetries: count('event token_retried_late'),
      reuseDetected: count('event reuse_detected'),
      revocations: this.#families.filter(({ ended }) => !ended.startsWith('past its')).length,
      falseLogouts: count('false logouts'),
      unavailableInOutages: count('503 in an outage'),
      unavailableOtherwise: count('503 without an outage'),
      slowestMs: Math.round(this.slowestMs),
      actions: Object.fromEntries(
        Object.entries(this.counts)
          .filter(([what]) => what.startsWith('action '))
          .map(([what, n]) => [what.slice(7), n]),
      ),
      violations: this.violations,
    };
  }

  /** A clock that only orders: of two events of this process, which came first. */
  now() {
    return ++this.#tick;
  }

  count(what) {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  answered(ms) {
    this.slowestMs = Math.max(this.slowestMs, ms);
  }
}
