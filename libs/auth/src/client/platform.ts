/** The part of BroadcastChannel that is used. */
export interface Channel {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
  /** Node.js: an open channel shall not keep the process alive. */
  unref?(): void;
}

/** The part of `navigator.locks` that is used (Web Locks API). */
export interface Locks {
  request(name: string, options: { readonly signal: AbortSignal }, work: () => Promise<void>): Promise<void>;
}

/** The part of `localStorage` that is used. */
export interface TextStore {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
}

/** What the client needs of the browser, of Node.js or of React Native. A test gives its own. */
export interface Platform {
  readonly fetch: typeof fetch;
  /** Of the page; undefined outside of browsers. */
  readonly location: { readonly href: string } | undefined;
  readonly Channel: (new (name: string) => Channel) | undefined;
  readonly locks: Locks | undefined;
  readonly store: TextStore | undefined;
  /** In milliseconds. Compared with itself alone, and a wrong answer costs a refresh. */
  now(): number;
  /** Calls back once, after `ms`. Gives a function that cancels it. */
  after(ms: number, then: () => void): () => void;
}

interface Globals {
  readonly crypto?: { getRandomValues?(bytes: Uint8Array): Uint8Array };
  readonly location?: { readonly href: string };
  readonly BroadcastChannel?: new (name: string) => Channel;
  readonly navigator?: { readonly locks?: Locks };
  readonly localStorage?: TextStore;
}

/** What is there, without looking at what the mode does not use. */
export function platformOf(tabs: boolean, given: typeof fetch | undefined): Platform {
  const globals = globalThis as unknown as Globals;
  return {
    // Browsers refuse `fetch` as a method of another object.
    fetch: given ?? ((input, init) => fetch(input, init)),
    location: globals.location,
    Channel: tabs ? globals.BroadcastChannel : undefined,
    locks: tabs ? globals.navigator?.locks : undefined,
    store: tabs ? allowedStore(globals) : undefined,
    now: () => Date.now(),
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** A browser that blocks storage throws when it is named. */
function allowedStore(globals: Globals): TextStore | undefined {
  try {
    return globals.localStorage;
  } catch {
    return undefined;
  }
}

/** A promise that resolves after `ms`. */
export function wait({ after }: Platform, ms: number): Promise<void> {
  return new Promise((resolve) => void after(ms, resolve));
}

/** 128 random bits, or null where the platform has no secure source: React Native without a polyfill. */
export function randomKey(): string | null {
  const bytes = (globalThis as unknown as Globals).crypto?.getRandomValues?.(new Uint8Array(16));
  return bytes ? [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('') : null;
}
