import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface SubscriptionClient {
  readonly client: Client;
  /** The close frames so far. */
  readonly closes: { readonly code: number; readonly reason: string }[];
  /** Settled with the first of them. */
  readonly closed: Promise<void>;
  /** How often it was connected. */
  connections: number;
}

/** A client of graphql-ws as applications make it, which asks for `params` each time that it connects. */
export function subscriptionClient(
  url: string,
  params: () => Record<string, unknown>,
  headers: Record<string, string> = {},
): SubscriptionClient {
  class WithHeaders extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, protocols, { headers });
    }
  }
  let isClosed!: () => void;
  const closed = new Promise<void>((resolve) => (isClosed = resolve));
  const opened = { closes: [] as { code: number; reason: string }[], closed, connections: 0 };
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WithHeaders,
    connectionParams: params,
    retryWait: () => Promise.resolve(),
    on: {
      connected: () => void (opened.connections += 1),
      closed: (event) => {
        const { code, reason } = event as { code: number; reason: string };
        opened.closes.push({ code, reason });
        isClosed();
      },
    },
  });
  return Object.assign(opened, { client });
}

/** What a client heard of one operation. */
export interface Heard {
  readonly texts: unknown[];
  /** Why it ended; null when it was complete. */
  readonly ended: Promise<unknown>;
  stop(): void;
}

export function subscribe({ client }: Pick<SubscriptionClient, 'client'>, query: string): Heard {
  const texts: unknown[] = [];
  let stop!: () => void;
  const ended = new Promise<unknown>((resolve) => {
    stop = client.subscribe<Record<string, unknown>>(
      { query },
      {
        next: ({ data, errors }) => texts.push(errors ?? Object.values(data!)[0]),
        error: resolve,
        complete: () => resolve(null),
      },
    );
  });
  return { texts, ended, stop };
}
