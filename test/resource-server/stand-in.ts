import { afterAll } from '@jest/globals';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Handler = (received: Received, response: ServerResponse) => unknown;

const running = new Set<StandIn>();
afterAll(() => Promise.allSettled([...running].map((one) => one.stop())));

/** A server on loopback that a test decides the answers of, and that notes what it was asked. */
export class StandIn {
  readonly received: Received[] = [];
  private readonly server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      const received = { method: request.method!, path: request.url!, headers: request.headers, body };
      this.received.push(received);
      const answer = this.answer(received, response);
      if (answer === undefined) return;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    });
  });

  private constructor(public answer: Handler) {}

  /** What `answer` returns is sent as JSON; with `undefined` it answers by itself, or not at all. */
  static async start(answer: Handler, port = 0): Promise<StandIn> {
    const standIn = new StandIn(answer);
    await new Promise<void>((resolve) => standIn.server.listen(port, '127.0.0.1', resolve));
    running.add(standIn);
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    running.delete(this);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
