import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { freePort } from '../processes.js';
import type { OwnProcess } from './own-process.js';
import { ProcessHome } from './process-home.js';

/** Where Debian has it, which may be outside of PATH. */
const PROGRAM = existsSync('/usr/sbin/nats-server') ? '/usr/sbin/nats-server' : 'nats-server';

/** A NATS server of its own on a port of loopback that stays the same. */
export class OwnNats {
  private server!: OwnProcess;

  private constructor(
    private readonly home: ProcessHome,
    readonly port: number,
  ) {}

  static async start(): Promise<OwnNats> {
    const nats = new OwnNats(new ProcessHome(), await freePort());
    try {
      nats.server = nats.home.spawn(PROGRAM, ['-a', '127.0.0.1', '-p', `${nats.port}`]);
      await nats.server.ready(() => nats.greets());
    } catch (error) {
      await nats.close();
      throw error;
    }
    return nats;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  close(): Promise<void> {
    return this.home.close();
  }

  /** It speaks first: a line that begins with INFO. */
  private greets(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      const answer = (isReady: boolean): void => {
        socket.destroy();
        resolve(isReady);
      };
      socket.once('data', (data) => answer(String(data).startsWith('INFO ')));
      socket.once('error', () => answer(false));
    });
  }
}
