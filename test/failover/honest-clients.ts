import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Race, Result } from '../races/race.js';
import { until } from '../support/until.js';

const THINKS_MS = 25;
const TRIES_AGAIN_MS = 100;

/**
 * A client with one sign-in that behaves: it keeps the last credential it was given and one Idempotency-Key for it, tries
 * again with both when the service is unavailable, and gives up when it is refused.
 */
export class HonestClient {
  parent: string | null = null;
  refused: string | null = null;
  rotations = 0;
  /** Of the present stage. */
  answered = 0;
  unavailable = 0;
  turns = 0;
  private key = randomUUID();

  constructor(
    readonly number: number,
    readonly kind: 'refresh' | 'session',
    readonly id: string,
    public token: string,
  ) {}

  /** How often the token was exchanged, by the token itself. */
  get generation(): number {
    return Buffer.from(this.token.slice('rt1_'.length), 'base64url').readUInt32BE(16);
  }

  async turn(race: Race): Promise<Result> {
    const { kind, number, token, key } = this;
    const retry = { measured: true, idempotencyKey: key };
    const result = await race.now(number, kind, token, ...(kind === 'refresh' ? [retry] : []));
    this.turns++;
    if (result.ok) this.receive(result.token!);
    else if (result.code === 'AUTH_STORE_UNAVAILABLE') this.unavailable++;
    else this.refused = result.reason ?? result.code ?? 'failed';
    return result;
  }

  private receive(token: string): void {
    this.answered++;
    if (token === this.token) return;
    this.parent = this.token;
    this.token = token;
    this.key = randomUUID();
    this.rotations++;
  }
}

/** Many honest clients at work, each at its own pace. */
export class HonestClients {
  private running: Promise<unknown> = Promise.resolve();
  private stopped = true;
  /** The longest that anybody waited for an answer, in milliseconds, since the stage began. */
  longestMs = 0;
  private failure: unknown;

  constructor(
    private readonly race: Race,
    readonly all: readonly HonestClient[],
  ) {}

  static async signIn(race: Race, families: number, sessions: number): Promise<HonestClients> {
    const open = async (kind: HonestClient['kind'], number: number): Promise<HonestClient> => {
      const command = kind === 'refresh' ? 'signIn' : 'openSession';
      const { ok, id, token, message } = await race.now(number, command, randomUUID());
      if (!ok) throw new Error(message);
      return new HonestClient(number, kind, id!, token!);
    };
    const kinds = [
      ...Array.from({ length: families }, () => 'refresh' as const),
      ...Array.from({ length: sessions }, () => 'session' as const),
    ];
    const clients: HonestClient[] = [];
    for (const some of inSmallGroups(kinds)) {
      clients.push(...(await Promise.all(some.map((kind, i) => open(kind, clients.length + i)))));
    }
    return new HonestClients(race, clients);
  }

  get families(): readonly HonestClient[] {
    return this.all.filter(({ kind }) => kind === 'refresh');
  }

  get refused(): readonly HonestClient[] {
    return this.all.filter(({ refused }) => refused !== null);
  }

  sum(of: 'rotations' | 'answered' | 'unavailable'): number {
    return this.all.reduce((total, client) => total + client[of], 0);
  }

  /** Everybody goes on with what they hold, those as well who were refused. */
  start(): void {
    this.stopped = false;
    for (const client of this.all) client.refused = null;
    this.running = Promise.all(this.all.map((client) => this.work(client))).catch((error: unknown) => {
      this.failure = error;
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    if (this.failure) throw this.failure;
  }

  /** Counts anew. */
  beginStage(): void {
    this.longestMs = 0;
    for (const client of this.all) client.answered = client.unavailable = client.turns = 0;
  }

  /** Waits until everybody has had so many answers of the kind in this stage, or was refused; or all of these clients. */
  async everybodyHad(
    count: number,
    kind: 'answered' | 'unavailable' | 'turns',
    who: readonly HonestClient[] = this.all,
  ): Promise<void> {
    await until(`${count} times ${kind} for every client`, () => {
      if (this.failure) throw this.failure;
      return who.every((client) => client.refused !== null || client[kind] >= count);
    });
  }

  private async work(client: HonestClient): Promise<void> {
    while (!this.stopped && client.refused === null) {
      const { ok, ms } = await client.turn(this.race);
      this.longestMs = Math.max(this.longestMs, ms);
      await wait((ok ? THINKS_MS : TRIES_AGAIN_MS) * (0.5 + Math.random()));
    }
  }
}

/** No more at once than two pools have connections. */
export function inSmallGroups<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / 20) }, (_, i) => all.slice(i * 20, (i + 1) * 20));
}
