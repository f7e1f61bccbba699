/**
 * Tells the other nodes that there is something to read, and hears it from them. A nudge carries no authority and no
 * content: who forges one causes a poll, who loses one waits for the next. Nothing here throws; connections that break
 * are made again.
 */
export abstract class Nudges {
  /** `onNudge` is called for every nudge, this process's own included. */
  abstract listen(onNudge: () => void): void;

  /** After the change was committed. Not awaited by requests. */
  abstract send(): void;

  /** Closes what `listen` opened. */
  abstract stop(): Promise<void>;

  /** Whether nudges would be heard now, as far as this process knows: for health checks. Null: it cannot tell. */
  get isConnected(): boolean | null {
    return null;
  }
}
