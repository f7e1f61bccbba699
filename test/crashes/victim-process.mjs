// A victim, the way it has to the database, and when the server is done with what it had begun.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { WorkerProcess } from '../races/worker-process.mjs';
import { serverOf } from '../soak/database.mjs';
import { Door } from '../support/door.mjs';

const SCRIPT = join(import.meta.dirname, 'victim.mjs');
const QUIET_MS = 60_000;
/** Connections of the server, by the port they came from. */
const CAME_FROM = {
  postgres: 'select client_port as port from pg_stat_activity where client_port is not null',
  mariadb:
    "select cast(substring_index(host, ':', -1) as unsigned) as port from information_schema.processlist",
};

export class VictimProcess {
  #door;
  #worker = new WorkerProcess(SCRIPT);
  #undisturbed = true;

  constructor(database, kind) {
    this.database = database;
    this.kind = kind;
  }

  static async start(database, kind, poolSize) {
    const victim = new VictimProcess(database, kind);
    try {
      await victim.#begin(poolSize);
    } catch (error) {
      await victim.kill();
      throw error;
    }
    return victim;
  }

  async #begin(poolSize) {
    let { connection } = this.database;
    if (this.kind !== 'sqlite') {
      this.#door = new Door(serverOf(this.kind));
      await this.#door.open();
      const through = new URL(connection.url);
      through.host = `127.0.0.1:${this.#door.port}`;
      connection = { ...connection, url: through.href, poolSize };
    }
    const { ok, word } = await this.#worker.call('start', connection);
    if (!ok) throw new Error(`a victim did not start: ${word}`);
  }

  /** What came of a step, and whether the victim had known no fault until its answer was here. */
  async call(...call) {
    const answer = await this.#worker.call(...call);
    return { ...answer, undisturbed: this.#undisturbed };
  }

  /** Cuts its connections, in the middle of whatever they are doing. */
  cut() {
    this.#undisturbed = false;
    const ports = [...this.#door.outerPorts];
    this.#door.cut();
    return { settled: () => this.#gone(ports) };
  }

  async kill() {
    this.#undisturbed = false;
    await this.#worker.kill();
    if (!this.#door) return;
    await this.#door.shut();
    await this.#gone([...this.#door.outerPorts]);
  }

  /** Until the server has ended these connections: then it has carried out, or given up, what came by them. */
  async #gone(ports) {
    const until = Date.now() + QUIET_MS;
    for (;;) {
      const rows = await this.database.source.query(CAME_FROM[this.kind]);
      if (!rows.some(({ port }) => ports.includes(Number(port)))) return;
      if (Date.now() > until) throw new Error('the server holds on to connections that were cut');
      await wait(3);
    }
  }
}
