import { setTimeout as wait } from 'node:timers/promises';
import { type SecurityEvent } from 'nestjs-aerie';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { Race, type Result, type SignedIn } from '../races/race.js';
import { Door } from '../support/door.mjs';
import { HonestClients, inSmallGroups } from './honest-clients.js';
import { PostgresPair } from './postgres-pair.js';

export interface Scene {
  readonly replication: 'asynchronous' | 'synchronous';
  /** Whether the replica stops receiving before the primary dies. */
  readonly cutOff: boolean;
  readonly families: number;
  readonly sessions: number;
  /** How long everybody works before anything happens. */
  readonly workMs: number;
  /** Of every call to the database. */
  readonly deadlineMs: 1000 | 2000;
}

/** What happened up to the promotion. */
export interface Loss {
  /** Rotations that were answered before the primary died. */
  readonly rotations: number;
  /** Those of them that the promoted replica does not have. */
  readonly lost: number;
  /** Families whose client is ahead of the row, and by how much. */
  readonly ahead: ReadonlyMap<string, number>;
  /** Answers of 503 while the primary was dead. */
  readonly unavailable: number;
  /** Clients that were refused while the primary was dead. */
  readonly refused: number;
  /** The longest that a call waited for its answer while the primary was dead, in milliseconds. */
  readonly longestMs: number;
}

const LATE = 3;

/**
 * A primary that dies under load, and its replica, promoted. The application keeps one address throughout, that of a
 * door, as behind a virtual address; it runs in two processes.
 */
export class Failover {
  /** Sign-ins that were ended when the replica did not receive any more. */
  readonly endedLate: SignedIn[] = [];
  /** Sign-ins that were made then. */
  readonly openedLate: SignedIn[] = [];

  private constructor(
    readonly scene: Scene,
    private readonly pair: PostgresPair,
    private readonly door: Door,
    readonly race: Race,
    readonly clients: HonestClients,
  ) {}

  static async start(scene: Scene): Promise<Failover> {
    const pair = await PostgresPair.start(scene.replication);
    const door = new Door(pair.primary);
    let race: Race | undefined;
    try {
      await door.open();
      const url = `postgres://postgres@127.0.0.1:${door.port}/postgres`;
      const options = { stores: { database: { deadline: `${scene.deadlineMs}ms` as const } } };
      // A server that vanished refuses no connection: without this, its silence holds the pool's connections for good.
      const connection = { connectTimeoutMS: scene.deadlineMs };
      race = await Race.start('postgres', { url, options, connection });
      const clients = await HonestClients.signIn(race, scene.families, scene.sessions);
      return new Failover(scene, pair, door, race, clients);
    } catch (error) {
      await door.shut();
      await race?.stop().catch(() => undefined);
      await pair.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    // First of all: processes that wait for an answer get none. The tables go with the directory.
    await this.door.shut();
    await this.clients.stop().catch(() => undefined);
    await this.race.stop().catch(() => undefined);
    await this.pair.stop();
  }

  /** Load, the loss of the primary, an outage in three forms, and the promotion. No client works when it returns. */
  async happen(): Promise<Loss> {
    const { clients, pair, door, scene } = this;
    for (let i = 0; i < LATE; i++) this.endedLate.push(await this.race.signIn());
    await pair.catchUp();
    clients.start();
    await clients.everybodyHad(2, 'answered');
    await wait(scene.workMs);
    if (scene.cutOff) await this.cutOff();

    await pair.kill();
    clients.beginStage();
    // The machine answers, but the port is closed.
    await clients.everybodyHad(1, 'unavailable');
    let unavailable = clients.sum('unavailable');
    let longestMs = clients.longestMs;
    const stages = [
      // The machine is gone: nothing answers.
      null,
      // Pointed at the replica too early: it can be read, which will do for a session's cookie, and not written.
      pair.replica,
    ];
    for (const target of stages) {
      door.pointAt(target);
      clients.beginStage();
      await clients.everybodyHad(1, 'turns');
      unavailable += clients.sum('unavailable');
      longestMs = Math.max(longestMs, clients.longestMs);
    }
    await clients.stop();
    const refused = clients.refused.length;
    const rotations = clients.sum('rotations');
    await pair.promote();
    const ahead = await this.ahead();
    const lost = [...ahead.values()].reduce((sum, by) => sum + by, 0);
    return { rotations, lost, ahead, unavailable, refused, longestMs };
  }

  /** The replica is cut off, until all of what follows is certain to be lost, or, if it is waited for, to fail. */
  private async cutOff(): Promise<void> {
    const { clients, race, pair, scene } = this;
    await pair.cutReplication();
    clients.beginStage();
    // Who changes nothing is served all the same: of memory, or by a primary that can be read.
    if (scene.replication === 'synchronous') return clients.everybodyHad(2, 'unavailable', clients.families);
    for (const { subject, id } of this.endedLate) await race.do('endOne', subject, id);
    for (let i = 0; i < LATE; i++) this.openedLate.push(await race.signIn());
    await clients.everybodyHad(3, 'answered');
  }

  /** Everybody goes on with what they hold, until they were answered some times, or refused. */
  async goOn(): Promise<readonly SecurityEvent[]> {
    await this.race.events();
    this.clients.beginStage();
    this.clients.start();
    await this.clients.everybodyHad(3, 'answered');
    await this.clients.stop();
    return this.race.events();
  }

  /** What comes of every client presenting the token before its last one, as if the last answer had been lost. */
  async presentParents(): Promise<{ readonly same: number; readonly results: readonly Result[] }> {
    const { families } = this.clients;
    const retry = { measured: true };
    const results: Result[] = [];
    for (const some of inSmallGroups(families)) {
      results.push(...(await this.race.run(some.map(({ parent }) => ['refresh', parent, retry]))));
    }
    return { same: results.filter(({ token }, i) => token === families[i]!.token).length, results };
  }

  /** Families of this failover that the promoted server has revoked. */
  async revoked(): Promise<number> {
    const rows = await this.rows();
    return [...rows.values()].filter(({ revokedAt }) => revokedAt !== null).length;
  }

  private async ahead(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.rows();
    const distances = this.clients.families.map(({ id, generation }): [string, number] => {
      return [id, generation - rows.get(id)!.generation];
    });
    return new Map(distances.filter(([, by]) => by > 0));
  }

  private async rows(): Promise<Map<string, { generation: number; revokedAt: unknown }>> {
    const { tablePath } = this.race.source.getMetadata(RefreshTokenFamily);
    const query = `select id, generation, revoked_at as "revokedAt" from "${tablePath}"`;
    type Row = { id: string; generation: number; revokedAt: unknown };
    const rows = await this.pair.query<Row>(this.pair.replica, query);
    return new Map(rows.map((row) => [row.id, row]));
  }
}
