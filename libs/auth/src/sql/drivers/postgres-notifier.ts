import { Logger } from '@nestjs/common';
import { inTime } from '../../time/deadline.js';
import { RevocationNotifier } from '../../revocation/revocation-notifier.js';
import { failureMessage } from '../../errors/failure-message.js';

/** The little of pg's client that we use. */
interface ListeningClient {
  connect(): Promise<unknown>;
  query(text: string): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
  readonly processID?: number;
  on(event: string, listener: (...args: never[]) => void): void;
  end(): Promise<void>;
  readonly connection?: { readonly stream?: { destroy(): void; unref?(): void } };
}
/** The little of pg's pool that we use. */
export interface ListeningPool {
  readonly options: { readonly password?: unknown };
  readonly Client: new (options: object) => ListeningClient;
}

const RETRY_MS = 1_000;
/** How often the connection is asked whether it is still there: a server that went away may never say so. */
const PING_MS = 15_000;
const DEADLINE_MS = 5_000;
/** How soon a pooler that carries nothing is tried again. */
const POOLER_RETRY_MS = 60_000;

/** What is between us and PostgreSQL does not carry notifications. */
class NotCarried extends Error {}

/**
 * Notifications through PostgreSQL. NOTIFY is a part of the transaction that writes the revocation (`RevocationWriter`), so it comes
 * with its commit, a host's transaction included; this listens, on a connection of its own to the primary. A pooler in
 * transaction mode takes LISTEN and never delivers: that is found out, and polling is left.
 */
export class PostgresNotifier extends RevocationNotifier {
  private readonly logger = new Logger('AuthModule');
  private client: ListeningClient | undefined;
  private retry: NodeJS.Timeout | undefined;
  private ping: NodeJS.Timeout | undefined;
  private listening = false;
  private stopped = false;
  private warned = false;

  constructor(
    private readonly pool: () => ListeningPool,
    /** Quoted already, as an identifier. */
    private readonly channel: string,
  ) {
    super();
  }

  listen(onNotification: () => void): void {
    const client = this.connection();
    this.client = client;
    let lost = false;
    const lose = (error?: unknown): void => {
      if (lost) return;
      lost = true;
      this.listening = false;
      clearInterval(this.ping);
      client.connection?.stream?.destroy();
      if (this.stopped) return;
      this.warn(error);
      const pause = error instanceof NotCarried ? POOLER_RETRY_MS : RETRY_MS;
      this.retry = setTimeout(() => this.listen(onNotification), pause).unref();
    };
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', () => onNotification());
    const begin = async (): Promise<void> => {
      await inTime(DEADLINE_MS, client.connect());
      const isPooled = await this.isPooled(client);
      await inTime(DEADLINE_MS, client.query(`listen ${this.channel}`));
      if (isPooled) await this.prove(client);
      if (this.stopped) return lose();
      this.warned = false;
      this.listening = true;
      unref(client.connection?.stream);
      this.ping = setInterval(
        () => void inTime(DEADLINE_MS, client.query('select 1')).catch(lose),
        PING_MS,
      ).unref();
      // Notifications from before LISTEN did not come here.
      onNotification();
    };
    begin().catch(lose);
  }

  /** The transaction has said it. */
  send(): void {}

  override get isConnected(): boolean {
    return this.listening;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    clearInterval(this.ping);
    await inTime(DEADLINE_MS, this.client?.end() ?? Promise.resolve()).catch(() => undefined);
  }

  /** A pooler makes up ids for its clients. */
  private async isPooled(client: ListeningClient): Promise<boolean> {
    const { rows } = await inTime(DEADLINE_MS, client.query('select pg_backend_pid() as pid'));
    return Number(rows[0]?.['pid']) !== client.processID;
  }

  /** PostgreSQL itself delivers; whether a pooler does, a notification of our own tells. */
  private async prove(client: ListeningClient): Promise<void> {
    const heard = new Promise<void>((resolve) => client.on('notification', () => resolve()));
    const other = this.connection();
    other.on('error', () => undefined);
    try {
      await inTime(DEADLINE_MS, other.connect());
      await inTime(DEADLINE_MS, other.query(`notify ${this.channel}`));
      await inTime(DEADLINE_MS, heard).catch(() => {
        throw new NotCarried(
          'a pooler is between, and a notification of our own did not arrive through it (transaction mode?): connect past the pooler, use Redis, or set "revocation.notifications" to false',
        );
      });
    } finally {
      other.connection?.stream?.destroy();
    }
  }

  /** A client like those of the pool, but not one of them: a connection that listens is never free. */
  private connection(): ListeningClient {
    const { options, Client } = this.pool();
    // The pool keeps its password where spreading does not find it.
    const { password } = options;
    return new Client({ ...options, password, application_name: 'nestjs-aerie revocation feed' });
  }

  private warn(error: unknown): void {
    if (this.warned) return;
    this.warned = true;
    const why = error instanceof Error ? failureMessage(error) : 'the connection ended';
    this.logger.warn(
      `PostgreSQL does not carry notifications; other nodes learn of revocations by polling: ${why}`,
    );
  }
}

/** A process that has nothing else to do may end. */
function unref(stream: { unref?(): void } | undefined): void {
  stream?.unref?.();
}
