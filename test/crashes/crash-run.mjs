// One run of crashes: processes that are killed, and connections that are cut, while clients refresh through them.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { SoakDatabase } from '../soak/database.mjs';
import { Random } from '../soak/random.mjs';
import { Client } from './client.mjs';
import { stateOf } from './legal-state.mjs';
import { outcome, refreshNode } from './refresh-node.mjs';
import { VictimProcess } from './victim-process.mjs';

const CLIENTS = 6;
const POOL = 4;
const MAX_CUTS = 2;
/** When a fault comes, in milliseconds after the clients began. */
const FAULT = [1, 60];
const WITHIN_S = 20;
const PAST_S = 31;

export class CrashRun {
  counts = {};
  violations = [];
  #killing = 0;

  constructor(settings) {
    this.settings = settings;
  }

  async play(progress, signal) {
    Logger.overrideLogger(false);
    const { database, lanes, seed } = this.settings;
    this.database = await SoakDatabase.open(database);
    const began = performance.now();
    const ticks = setInterval(() => progress(`${this.counts.kills ?? 0} kills`), 5_000);
    try {
      // A node that lives on, and serves the clients of the dead.
      this.survivor = await refreshNode(this.database.source);
      await Promise.all(
        Array.from({ length: lanes }, (_, lane) => this.#lane(new Random(seed, lane), signal)),
      );
      return this.#summary((performance.now() - began) / 1_000);
    } finally {
      clearInterval(ticks);
      await this.database.close();
    }
  }

  async #lane(random, signal) {
    const { kills } = this.settings;
    try {
      const clients = await Promise.all(Array.from({ length: CLIENTS }, () => this.#signIn()));
      while (!signal.aborted && this.#killing < kills && this.violations.length === 0) {
        this.#killing++;
        await this.#victim(clients, random);
      }
    } catch (error) {
      this.violations.push({ episode: null, what: error.stack, story: [] });
    }
  }

  /** A process from its start to its end. */
  async #victim(clients, random) {
    const { database } = this.settings;
    const victim = await VictimProcess.start(this.database, database, POOL);
    const cuts = database === 'sqlite' ? 0 : random.between(0, MAX_CUTS);
    for (let round = 0; round <= cuts; round++) {
      await this.#crash(victim, clients, random, round === cuts ? 'kills' : 'cuts');
      for (const [i, client] of clients.entries()) clients[i] = await this.#recover(client, random);
    }
  }

  /** Clients refresh through the victim, until it comes to its end. */
  async #crash(victim, clients, random, fault) {
    let faulty = false;
    const send = (...call) =>
      faulty ? Promise.reject(new Error('the process is away')) : victim.call(...call);
    const going = Promise.all(
      clients.map((client) => client.goOn(send, random, (what) => this.#count(what))),
    );
    await wait(random.between(...FAULT));
    faulty = true;
    this.#count(fault);
    if (fault === 'kills') {
      await victim.kill();
      await going;
    } else {
      const { settled } = victim.cut();
      await going;
      await settled();
    }
  }

  /** Looks at the row, and has the client go on with what it holds. A client: this one, or one that signed in anew. */
  async #recover(client, random) {
    const row = await this.database.family(client.id);
    const announced = await this.#announced(client.id);
    const { wrong, state } = stateOf(row, client, announced, this.survivor.rules);
    const { lost, over } = client;
    if (wrong || client.wrong.length > 0)
      return this.#wrong(client, row, [...(wrong ?? []), ...client.wrong]);
    this.#count(`families ${state}`);
    client.lost = null;
    if (over || row.revokedAt !== null) return this.#refused(client, row, 'revoked');
    if (lost?.kind === 'stepUp' && state === 'after') {
      // The one thing that has no retry: the new secret owes nothing to the token held.
      this.#count('step-ups lost');
      return this.#refused(client, row, 'superseded');
    }
    const late = random.chance(0.5);
    const ages = late ? random.between(PAST_S, 300) : random.chance(0.5) ? random.between(1, WITHIN_S) : 0;
    if (ages > 0) await this.database.age(client.id, ages * 1_000);
    const keyed = late || random.chance(0.5);
    this.#count(state === 'after' ? (late ? 'late retries' : 'replays') : 'went on');
    for (const idempotencyKey of [keyed ? client.idempotencyKey : null, undefined]) {
      const userAgent = `${client.id}/again-${randomUUID()}`;
      const key = idempotencyKey === undefined ? client.idempotencyKey : idempotencyKey;
      const answer = await outcome(this.survivor.refresh(client.token, { userAgent, idempotencyKey: key }));
      if (!answer.ok) {
        this.#count('false logouts');
        return this.#wrong(client, row, [
          `refused after ${lost?.kind ?? 'an answer'} (${state}): ${answer.word}`,
        ]);
      }
      client.hold(answer.token, 'refresh', [userAgent]);
    }
    return client;
  }

  async #refused(client, row, word) {
    const answer = await outcome(this.survivor.refresh(client.token, { userAgent: null }));
    if (answer.word !== word)
      return this.#wrong(client, row, [`answered ${answer.word ?? 'ok'}, not ${word}`]);
    return this.#signIn();
  }

  #wrong(client, row, what) {
    const story = [JSON.stringify(client, null, 1), JSON.stringify(row, null, 1)];
    this.violations.push({ episode: null, what: what.join('; '), story });
    return client;
  }

  async #signIn() {
    const { id, token } = await this.survivor.signIn(randomUUID());
    return new Client(id, token);
  }

  #announced(id) {
    return this.database.source.getRepository('Revocation').countBy({ kind: 'sign_in', value: id });
  }

  #count(what) {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  #summary(seconds) {
    const count = (what) => this.counts[what] ?? 0;
    return {
      ...this.settings,
      seconds: Math.round(seconds),
      kills: count('kills'),
      cuts: count('cuts'),
      answered: count('requests answered'),
      dropped: count('answers dropped'),
      before: count('families before'),
      after: count('families after'),
      replays: count('replays'),
      lateRetries: count('late retries'),
      stepUpsLost: count('step-ups lost'),
      falseLogouts: count('false logouts'),
      violations: this.violations,
    };
  }
}
