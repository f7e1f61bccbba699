/** Passes on that this process has committed a change which others follow: from the stores to the feed. */
export class CommittedChanges {
  private listener: () => void = () => undefined;

  heed(listener: () => void): void {
    this.listener = listener;
  }

  tell(): void {
    this.listener();
  }
}
