import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A proxy before an application. It loses answers: the application has answered by then, and the browser never hears it. And
 * it lets requests through together, so that each of them was sent before any is answered.
 */
export class LosingProxy {
  /** How often the application was asked for each path. */
  readonly asked = new Map<string, number>();
  private readonly lost = new Set<string>();
  private readonly gathered = new Map<string, { readonly count: number; readonly waiting: (() => void)[] }>();

  private readonly server: Server = createServer(async (request, response) => {
    const path = request.url!;
    this.asked.set(path, (this.asked.get(path) ?? 0) + 1);
    await this.others(path);
    const onward = forward(
      { port: this.target, host: '127.0.0.1', path, method: request.method, headers: request.headers },
      (answer) => {
        if (this.lost.has(path)) return void answer.resume().once('end', () => response.destroy());
        response.writeHead(answer.statusCode!, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    onward.once('error', () => response.destroy());
    request.pipe(onward);
  });

  private constructor(private readonly target: number) {}

  static async before(port: number): Promise<LosingProxy> {
    const proxy = new LosingProxy(port);
    await new Promise<void>((listening) => proxy.server.listen(0, '127.0.0.1', listening));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Loses all answers to this path while `work` goes on: Chromium asks again on each connection that it kept open. */
  async losing<T>(path: string, work: () => Promise<T>): Promise<T> {
    this.lost.add(path);
    return work().finally(() => this.lost.delete(path));
  }

  /** The next requests for this path wait until there are `count` of them. */
  gather(path: string, count: number): void {
    this.gathered.set(path, { count, waiting: [] });
  }

  private async others(path: string): Promise<void> {
    const gathered = this.gathered.get(path);
    if (!gathered) return;
    const { count, waiting } = gathered;
    await new Promise<void>((goOn) => {
      waiting.push(goOn);
      if (waiting.length < count) return;
      this.gathered.delete(path);
      for (const one of waiting) one();
    });
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
