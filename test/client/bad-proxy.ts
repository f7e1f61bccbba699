import {
  Agent,
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What may happen to a refresh. */
export const FAULTS = [
  'drop the request',
  'drop the answer',
  'delay the request',
  'delay the answer',
  'double the request',
  'repeat the request later',
  'send it again after its answer was lost',
  'answer 503',
  'never answer',
] as const;
export type Fault = (typeof FAULTS)[number];

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/**
 * A proxy on loopback that treats refreshes badly. Its copies of a request stay within the promise of docs/refresh-families.md: none is
 * overtaken by two further rotations. Like every proxy, it forwards nothing for a client that has hung up.
 */
export class BadProxy {
  readonly faults = new Map<Fault | 'none', number>();
  /** Refreshes that were answered with 200 by the server, copies included. */
  answered = 0;
  /** Pages and scripts of the proxy's own, by path. */
  readonly pages = new Map<string, { readonly type: string; readonly text: string }>();
  /** The part of the refreshes that are treated badly. */
  rate = 0;
  private target = '';
  private readonly server: Server;
  private readonly agent = new Agent({ keepAlive: true });
  private late: Promise<unknown> = Promise.resolve();
  private state: number;

  constructor(seed: number) {
    this.state = seed;
    this.server = createServer((request, response) => {
      void this.serve(request, response).catch(() => response.destroy());
    });
  }

  static async start(seed = 1): Promise<BadProxy> {
    const proxy = new BadProxy(seed);
    await new Promise<void>((listening) => proxy.server.listen(0, '127.0.0.1', listening));
    return proxy;
  }

  /** Every name that ends in `localhost` is this machine to Chromium. */
  get url(): string {
    return `http://app.localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** The same for Node.js, which asks the system for names. */
  get loopbackUrl(): string {
    return this.url.replace('app.localhost', '127.0.0.1');
  }

  forwardTo(url: string): void {
    this.target = url;
  }

  close(): void {
    this.agent.destroy();
    this.server.close();
    this.server.closeAllConnections();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const page = this.pages.get(request.url!);
    if (page) {
      response.writeHead(200, { 'content-type': page.type });
      response.end(page.text);
      return;
    }
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    const send = () => this.forward(request, Buffer.concat(body));
    if (request.url !== '/auth/refresh') return this.give(response, await send());
    const fault = this.random() < this.rate ? FAULTS[this.pick(FAULTS.length)]! : 'none';
    // These hold a tab up for eight seconds, or for the seconds that a 503 asks for.
    const chosen = fault === 'never answer' && this.random() > 0.01 ? 'none' : fault;
    this.faults.set(chosen, (this.faults.get(chosen) ?? 0) + 1);
    await this.late;
    await this.treat(chosen, send, response);
  }

  private async treat(
    fault: Fault | 'none',
    send: () => Promise<Answer>,
    response: ServerResponse,
  ): Promise<void> {
    switch (fault) {
      case 'drop the request':
        response.destroy();
        return;
      case 'drop the answer':
        await send();
        response.destroy();
        return;
      case 'delay the request':
        await this.pause(300);
        if (!response.destroyed) this.give(response, await send());
        return;
      case 'delay the answer': {
        const answer = await send();
        await this.pause(300);
        this.give(response, answer);
        return;
      }
      case 'double the request': {
        const answers = await Promise.all([send(), send()]);
        this.give(response, answers[this.pick(2)]!);
        return;
      }
      case 'repeat the request later': {
        const answer = await send();
        this.late = this.pause(50).then(send, () => undefined);
        this.give(response, answer);
        return;
      }
      case 'send it again after its answer was lost':
        await send();
        this.give(response, await send());
        return;
      case 'answer 503': {
        const text = JSON.stringify({
          statusCode: 503,
          code: 'AUTH_STORE_UNAVAILABLE',
          message: 'Try again.',
        });
        response.writeHead(503, { 'content-type': 'application/json' });
        response.end(text);
        return;
      }
      case 'never answer':
        return;
      default:
        this.give(response, await send());
    }
  }

  private forward({ url, method, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const forwarded = httpRequest(
        new URL(url!, this.target),
        { method, headers, agent: this.agent },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const status = answer.statusCode!;
            if (url === '/auth/refresh' && status === 200) this.answered++;
            resolve({ status, headers: answer.headers, body: Buffer.concat(chunks) });
          });
        },
      );
      forwarded.on('error', reject);
      forwarded.end(body);
    });
  }

  private give(response: ServerResponse, { status, headers, body }: Answer): void {
    if (response.destroyed) return;
    response.writeHead(status, headers);
    response.end(body);
  }

  private pause(longestMs: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.random() * longestMs));
  }

  private pick(count: number): number {
    return Math.floor(this.random() * count);
  }

  /** mulberry32: the same seed makes the same choices. */
  private random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let text = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    text = (text + Math.imul(text ^ (text >>> 7), 61 | text)) ^ text;
    return ((text ^ (text >>> 14)) >>> 0) / 4_294_967_296;
  }
}
