// A door to a server, on a port of loopback that stays the same: it can be shut, everybody in it can be cut off, and
// it can be pointed at another server, as a virtual address or a pooler is in a failover, or hang.
import { connect, createServer } from 'node:net';

export class Door {
  #sockets = new Set();
  /** Both ends of every connection that leads somewhere. */
  #ways = new Set();
  /** Who came while it hung. */
  #waiting = new Set();
  #hangs = false;
  #target;
  #server;
  port = 0;
  /** By these the server knows each connection that came in here. */
  outerPorts = new Set();

  /** `null`: connections are accepted, and nothing answers. */
  constructor(target) {
    this.#target = target;
    this.#server = createServer((inner) => {
      this.#keep(inner);
      if (this.#hangs) this.#waiting.add(inner);
      else this.#lead(inner);
    });
  }

  /** Repeating it does nothing. */
  open() {
    if (this.#server.listening) return Promise.resolve();
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

  /** From now on connections are accepted and nothing passes, either way. */
  hang() {
    this.#hangs = true;
    for (const [inner, outer] of this.#ways) {
      inner.unpipe(outer);
      outer.unpipe(inner);
    }
  }

  /** What was sent while it hung arrives now. */
  wake() {
    if (!this.#hangs) return;
    this.#hangs = false;
    for (const [inner, outer] of this.#ways) {
      inner.pipe(outer);
      outer.pipe(inner);
    }
    for (const inner of this.#waiting) this.#lead(inner);
    this.#waiting.clear();
  }

  /** Connections that are open stay open, and nothing passes there ever again. */
  abandon() {
    for (const [inner, outer] of this.#ways) {
      inner.unpipe(outer);
      outer.unpipe(inner);
    }
    this.#ways.clear();
    this.#waiting.clear();
  }

  /**
   * Forgets the connections that are open, as proxies do with those that were idle for too long: both ends think that they
   * are there, and a connection that sends something is reset. New ones may come.
   */
  forget() {
    for (const [inner, outer] of this.#ways) {
      inner.unpipe(outer);
      outer.unpipe(inner);
      inner.once('data', () => inner.resetAndDestroy());
      inner.resume();
    }
    this.#ways.clear();
  }

  /** Cuts every connection, and refuses others until it is opened. Repeating it does nothing. */
  shut() {
    if (!this.#server.listening) return Promise.resolve();
    const shut = new Promise((resolve) => this.#server.close(() => resolve()));
    this.cut();
    return shut;
  }

  #lead(inner) {
    if (!this.#target) return;
    const outer = connect(this.#target.port, this.#target.host);
    this.#keep(outer);
    outer.on('connect', () => this.outerPorts.add(outer.localPort));
    const way = [inner, outer];
    this.#ways.add(way);
    for (const [one, other] of [way, way.toReversed()]) {
      one.pipe(other);
      one.on('close', () => {
        other.destroy();
        this.#ways.delete(way);
      });
    }
  }

  #keep(socket) {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
