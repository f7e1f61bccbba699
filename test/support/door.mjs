// A way to a server that can be shut, or have everybody in it cut off.
import { connect, createServer } from 'node:net';

export class Door {
  #sockets = new Set();
  #server;
  port = 0;
  /** By these the server knows whoever ever came in here. */
  outerPorts = new Set();

  constructor(target) {
    this.#server = createServer((inner) => {
      const outer = connect(target.port, target.host);
      outer.on('connect', () => this.outerPorts.add(outer.localPort));
      for (const [one, other] of [
        [inner, outer],
        [outer, inner],
      ]) {
        this.#sockets.add(one);
        one.pipe(other);
        one.on('error', () => undefined);
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
    });
  }

  open() {
    return new Promise((resolve) =>
      this.#server.listen(this.port, '127.0.0.1', () => {
        this.port = this.#server.address().port;
        resolve();
      }),
    );
  }

  /** Cuts every connection, whatever is under way; new ones may come. */
  cut() {
    for (const socket of this.#sockets) socket.destroy();
  }

  shut() {
    const shut = new Promise((resolve) => this.#server.close(() => resolve()));
    this.cut();
    return shut;
  }
}
