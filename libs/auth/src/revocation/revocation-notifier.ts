/**
 * Tells the other nodes that there is something to read, and hears it from them. A notification carries no authority and no
 * content: who forges one causes a poll, who loses one waits for the next. Nothing here throws; connections that break
 * are made again.
 */
export abstract class RevocationNotifier {
  /** `onNotification` is called for every notification, this process's own included. */
  abstract listen(onNotification: () => void): void;

  /** After the change was committed. Not awaited by requests. */
  abstract send(): void;

  /** Closes what `listen` opened. */
  abstract stop(): Promise<void>;

  /** Whether notifications would be heard now, as far as this process knows: for health checks. Null: it cannot tell. */
  get isConnected(): boolean | null {
    return null;
  }
}
