import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy before an application that loses answers: the application has answered by then, and the browser never hears it. */
export class LosingProxy {
  /** How often the application was asked for each path. */
  readonly asked = new Map<string, number>();
  private readonly toLose = new Map<string, number>();

  private readonly server: Server = createServer((request, response) => {
    const path = request.url!;
    this.asked.set(path, (this.asked.get(path) ?? 0) + 1);
    const onward = forward(
      { port: this.target, host: '127.0.0.1', path, method: request.method, headers: request.headers },
      (answer) => {
        const left = this.toLose.get(path) ?? 0;
        if (left > 0) {
          this.toLose.set(path, left - 1);
          return void answer.resume().once('end', () => response.destroy());
        }
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

  /** Loses the next answers to this path. */
  lose(path: string, answers = 1): void {
    this.toLose.set(path, answers);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
