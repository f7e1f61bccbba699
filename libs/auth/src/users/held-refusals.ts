/** Of different length, so that a flood does not come back in waves. */
const SHORTEST_MS = 500;
const LONGEST_MS = 1_500;
/** Each has a connection that its client keeps open anyway. */
const MOST_HELD = 1_000;

/**
 * Holds back the answer of a sign-in that found no place in the line. A client that sends its next try when the last one was
 * answered is so slowed down to about one try a second for each connection, and the event loop is left to others. Past a bound
 * refusals are answered at once.
 */
export class HeldRefusals {
  private held = 0;

  /** Does `check`, and waits before it throws what `check` threw. */
  async after(check: () => void): Promise<void> {
    try {
      check();
    } catch (error) {
      if (this.held < MOST_HELD) await this.hold();
      throw error;
    }
  }

  private async hold(): Promise<void> {
    this.held++;
    const ms = SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS);
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.held--;
  }
}
