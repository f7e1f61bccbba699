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
  request(
    name: string,
    options: { readonly signal: AbortSignal },
    work: () => Promise<unknown>,
  ): Promise<unknown>;
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
  /** Throws in a browser that blocks storage. */
  store(): TextStore | undefined;
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
    store: () => (tabs ? globals.localStorage : undefined),
    now: () => Date.now(),
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** A promise that resolves after `ms`. */
export function wait({ after }: Platform, ms: number): Promise<void> {
  return new Promise((resolve) => void after(ms, resolve));
}

/** The result of the work, or an error after `ms`. The work goes on. */
export function inTime<T>({ after }: Platform, ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = after(ms, () => reject(new Error('too slow')));
    work.then(resolve, reject).finally(stop);
  });
}

/** 128 random bits, or null where the platform has no secure source: React Native without a polyfill. */
export function randomKey(): string | null {
  const { crypto } = globalThis as unknown as Globals;
  return crypto?.getRandomValues ? `${crypto.getRandomValues(new Uint8Array(16))}` : null;
}
