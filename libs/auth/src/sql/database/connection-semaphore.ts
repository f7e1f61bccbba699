/**
 * A line in front of a pool. A caller cannot leave a pool's own queue: of a server that is away, every request that was
 * given up long ago would stay in memory until it is back. So only `places` callers are let in there at a time; the
 * others wait here, in their order, where they can leave.
 */
export class ConnectionSemaphore {
  private inside = 0;
  private readonly line = new Set<() => void>();

  constructor(private readonly places: number) {}

  /** How many wait here. */
  get length(): number {
    return this.line.size;
  }

  /**
   * What `ask` gives, once there is a place. Who has to wait is given a way to leave, which does nothing once it was
   * let in; what is returned then never settles.
   */
  pass<T>(ask: () => Promise<T>, waits: (leave: () => void) => void): Promise<T> {
    if (this.inside < this.places) return this.enter(ask);
    return new Promise<T>((resolve, reject) => {
      const turn = (): void => void this.enter(ask).then(resolve, reject);
      this.line.add(turn);
      waits(() => this.line.delete(turn));
    });
  }

  private async enter<T>(ask: () => Promise<T>): Promise<T> {
    this.inside++;
    try {
      return await ask();
    } finally {
      this.inside--;
      const [next] = this.line;
      if (next) {
        this.line.delete(next);
        next();
      }
    }
  }
}
