import { type Address, Door } from '../door.mjs';

/** The way from one node to a server, which can be cut while others go on: a door with the words of an outage. */
export class CuttableProxy {
  private readonly door: Door;

  private constructor(private target: Address) {
    this.door = new Door(target);
  }

  /** Leads to a server on loopback, or to the one of a URL. */
  static async to(target: number | string): Promise<CuttableProxy> {
    const port = typeof target === 'number' ? target : Number(new URL(target).port);
    const proxy = new CuttableProxy({ host: '127.0.0.1', port });
    await proxy.door.open();
    return proxy;
  }

  get port(): number {
    return this.door.port;
  }

  /** A URL of the server, by this way. */
  urlOf(server: string): string {
    const url = new URL(server);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  /** Open connections are reset, new ones refused. */
  cut(): Promise<void> {
    return this.door.shut();
  }

  /** Everything is accepted and nothing passes; what was sent meanwhile arrives after `restore`. */
  hang(): void {
    this.door.hang();
  }

  /** As when the machine is gone: connections that are open, or are made until `restore`, get nothing again. */
  lose(): void {
    this.door.pointAt(null);
    this.door.abandon();
  }

  /** Leads to another server from now on, as an address that moves in a failover does: open connections are cut. */
  leadTo(port: number): void {
    this.target = { ...this.target, port };
    this.door.pointAt(this.target);
    this.door.cut();
  }

  /** All is as before. */
  async restore(): Promise<void> {
    this.door.pointAt(this.target);
    this.door.wake();
    await this.door.open();
  }

  close(): Promise<void> {
    return this.door.shut();
  }
}
