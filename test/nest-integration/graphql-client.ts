import { once } from 'node:events';
import { WebSocket } from 'ws';

/** What the server answered an operation with, until it was complete. */
export interface Answered {
  readonly next: unknown[];
  readonly errors?: unknown[];
}

/** A client of graphql-ws, as its protocol says, so that a test may send what a library would not. */
export class GraphqlClient {
  private readonly waiting = new Map<string, (message: { type: string; payload?: unknown }) => void>();
  private operations = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { id?: string; type: string; payload?: unknown };
      this.waiting.get(message.id ?? message.type)?.(message);
    });
  }

  static async connect(
    url: string,
    headers: Record<string, string> = {},
    connectionParams?: unknown,
    query = '',
  ): Promise<GraphqlClient> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql${query}`, 'graphql-transport-ws', {
      headers,
    });
    const client = new GraphqlClient(socket);
    await once(socket, 'open');
    const acknowledged = new Promise<unknown>((resolve) => client.waiting.set('connection_ack', resolve));
    socket.send(JSON.stringify({ type: 'connection_init', payload: connectionParams }));
    await acknowledged;
    return client;
  }

  ask(query: string): Promise<Answered> {
    const id = String((this.operations += 1));
    const next: unknown[] = [];
    return new Promise((resolve) => {
      this.waiting.set(id, ({ type, payload }) => {
        if (type === 'next') next.push(payload);
        else resolve(type === 'error' ? { next, errors: payload as unknown[] } : { next });
      });
      this.socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } }));
    });
  }

  async close(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}
