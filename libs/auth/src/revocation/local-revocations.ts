/** Passes on that this process has committed a change which others follow: from the stores to the feed. */
export class LocalRevocations {
  private listener: () => void = () => undefined;

  subscribe(listener: () => void): void {
    this.listener = listener;
  }

  publish(): void {
    this.listener();
  }
}
