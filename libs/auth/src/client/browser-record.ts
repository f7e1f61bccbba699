import { type Platform, randomKey } from './platform.js';

/** What the tabs of a browser keep together, across reloads. No secret: neither part signs anybody in. */
export interface BrowserRecord {
  /** Counts sign-ins and sign-outs. */
  readonly epoch: number;
  /** The Idempotency-Key of this browser's sign-in, for the mode `hybrid`: see docs/decisions/browser-client.md. */
  readonly key: string | null;
  /** Whether the server has yet to be told of a sign-out. */
  readonly owesSignOut: boolean;
}

/** Reads and changes the record: in `localStorage`, or in memory where there is none. */
export interface BrowserRecords {
  read(): BrowserRecord;
  change(change: Partial<BrowserRecord>): void;
}

export function browserRecords(name: string, { store }: Platform): BrowserRecords {
  let last: BrowserRecord = { epoch: 0, key: null, owesSignOut: false };
  const read = (): BrowserRecord => {
    try {
      const found = JSON.parse(store()!.getItem(name)!) as BrowserRecord | null;
      if (Number.isSafeInteger(found?.epoch)) last = { ...last, ...found };
    } catch {
      // None, blocked, or not ours: the copy in memory counts.
    }
    return last;
  };
  const change = (changes: Partial<BrowserRecord>): void => {
    last = { ...read(), ...changes };
    try {
      store()!.setItem(name, JSON.stringify(last));
    } catch {
      // None, full, or blocked.
    }
  };
  // The key must be kept before it is sent.
  if (!read().key) change({ key: randomKey() });
  return { read, change };
}
