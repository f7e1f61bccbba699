import { Logger } from '@nestjs/common';
import { inTime } from '../../time/deadline.js';
import { RevocationNotifier } from '../../revocation/revocation-notifier.js';

/** The little of pg's client that we use. */
interface ListeningClient {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
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

/**
 * Notifications through PostgreSQL. NOTIFY is a part of the transaction that writes the revocation (`RevocationWriter`), so it comes
 * with its commit, a host's transaction included; this listens, on a connection of its own to the primary. It does not
 * work through a pooler in transaction mode: then polling is left.
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
      this.retry = setTimeout(() => this.listen(onNotification), RETRY_MS).unref();
    };
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', () => onNotification());
    const begin = async (): Promise<void> => {
      await inTime(DEADLINE_MS, client.connect());
      await inTime(DEADLINE_MS, client.query(`listen ${this.channel}`));
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
    const why = error instanceof Error ? error.message : 'the connection ended';
    this.logger.warn(
      `PostgreSQL does not carry notifications; other nodes learn of revocations by polling: ${why}`,
    );
  }
}

/** A process that has nothing else to do may end. */
function unref(stream: { unref?(): void } | undefined): void {
  stream?.unref?.();
}
