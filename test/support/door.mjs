// A door to a server, on a port of loopback that stays the same: it can be shut, everybody in it can be cut off, and
// it can be pointed at another server, as a virtual address or a pooler is in a failover.
import { connect, createServer } from 'node:net';

export class Door {
  #sockets = new Set();
  #target;
  #server;
  port = 0;
  /** By these the server knows whoever ever came in here. */
  outerPorts = new Set();

  /** `null`: connections are accepted, and nobody answers. */
  constructor(target) {
    this.#target = target;
    this.#server = createServer((inner) => {
      this.#keep(inner);
      if (!this.#target) return;
      const outer = connect(this.#target.port, this.#target.host);
      this.#keep(outer);
      outer.on('connect', () => this.outerPorts.add(outer.localPort));
      for (const [one, other] of [
        [inner, outer],
        [outer, inner],
      ]) {
        one.pipe(other);
        one.on('close', () => other.destroy());
      }
    });
  }

  open() {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        this.port = this.#server.address().port;
        resolve();
      });
    });
  }

  /** Where connections lead from now on; those that are open stay. */
  pointAt(target) {
    this.#target = target;
  }

  /** Cuts every connection, whatever is under way; new ones may come. */
  cut() {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts every connection, and refuses others until it is opened. Repeating it does nothing. */
  shut() {
    if (!this.#server.listening) return Promise.resolve();
    const shut = new Promise((resolve) => this.#server.close(() => resolve()));
    this.cut();
    return shut;
  }

  #keep(socket) {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
