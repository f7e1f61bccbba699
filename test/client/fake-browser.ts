import { type AuthClient, type AuthClientOptions } from 'nestjs-aerie/client';
import { CookieJar } from 'tough-cookie';
// Not by its entry, which takes the browser's own: a test decides over time, locks and messages.
import { clientOn } from '../../libs/auth/src/client/client-on.js';
import type { Channel, Platform } from '../../libs/auth/src/client/platform.js';
import { FakeLocks } from './fake-locks.js';

/** What happens to a request instead of, or after, being answered. */
export interface Network {
  /** Before the request is sent: throws for one that is lost, gives an answer that is not the server's. */
  before?(request: Request): Promise<Response | undefined | void> | Response | undefined | void;
  /** After the server has answered: throws for an answer that is lost, before its cookies are kept. */
  after?(request: Request, answer: Response): Promise<void> | void;
}

/** A message between tabs, as it was sent. */
export interface Message {
  readonly channel: string;
  readonly data: any;
}

/** A test may put the browser's own in the place of the global one. */
const sendOut = globalThis.fetch;

/** What tabs of one browser share: cookies, storage, locks, messages, and a clock that a test moves. */
export class FakeBrowser {
  readonly jar = new CookieJar(undefined, { prefixSecurity: 'strict' });
  readonly locks = new FakeLocks();
  readonly store = new Map<string, string>();
  readonly messages: Message[] = [];
  /** Paths of all requests, in order: `POST /auth/refresh`. */
  readonly requests: string[] = [];
  /** Every request to a route of ours, for its headers. */
  readonly sent: Request[] = [];
  network: Network = {};
  /** While true, messages are kept back. */
  holdsMessages = false;
  private readonly channels = new Set<FakeChannel>();
  private readonly timers = new Set<{ at: number; call: () => void }>();
  private readonly tabs = new Set<AuthClient>();
  private time = 1_000_000;
  private held: (() => void)[] = [];

  constructor(readonly url: string) {}

  /** A tab: a client whose requests have the browser's cookies. */
  tab(options: Partial<AuthClientOptions> = {}, without: Partial<Platform> = {}): AuthClient {
    const open = (channel: FakeChannel) => void this.channels.add(channel);
    const channelOf = (name: string) => new FakeChannel(name, this);
    const platform: Platform = {
      fetch: this.fetch,
      location: { href: `${this.url}/` },
      // A constructor may give another object than its own.
      Channel: function (name: string) {
        const channel = channelOf(name);
        open(channel);
        return channel;
      } as unknown as NonNullable<Platform['Channel']>,
      locks: this.locks,
      store: () => ({
        getItem: (key) => this.store.get(key) ?? null,
        setItem: (key, text) => void this.store.set(key, text),
      }),
      now: () => this.time,
      after: (ms, call) => {
        const timer = { at: this.time + ms, call };
        this.timers.add(timer);
        return () => void this.timers.delete(timer);
      },
      ...without,
    };
    const client = clientOn(platform, { mode: 'hybrid', ...options });
    this.tabs.add(client);
    return client;
  }

  /** The requests to a path so far. */
  countOf(path: string): number {
    return this.requests.filter((one) => one === path).length;
  }

  /** Moves the clock, and calls what is due. */
  pass(ms: number): void {
    this.time += ms;
    for (const timer of [...this.timers].sort((a, b) => a.at - b.at))
      if (timer.at <= this.time && this.timers.delete(timer)) timer.call();
  }

  /** Lets the clock run, twenty times as fast as ours, until the work has ended. */
  async passing<T>(work: Promise<T>): Promise<T> {
    let isRunning = true;
    const ended = () => void (isRunning = false);
    work.then(ended, ended);
    while (isRunning) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      this.pass(100);
    }
    return work;
  }

  /** Delivers what was kept back. */
  release(): void {
    this.holdsMessages = false;
    for (const deliver of this.held.splice(0)) deliver();
  }

  /** Sends a message to every tab, as a tab would. */
  post({ channel, data }: Message, from?: Channel): void {
    for (const other of this.channels) {
      if (other === from || other.name !== channel) continue;
      const copy: unknown = structuredClone(data);
      const deliver = () => other.onmessage?.({ data: copy });
      if (this.holdsMessages) this.held.push(deliver);
      else queueMicrotask(deliver);
    }
  }

  forget(channel: FakeChannel): void {
    this.channels.delete(channel);
  }

  close(): void {
    for (const tab of this.tabs) tab.close();
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input as Request, init);
    const { pathname } = new URL(request.url);
    this.requests.push(`${request.method} ${pathname}`);
    this.sent.push(request);
    const answered = await this.network.before?.(request);
    if (answered) return answered;
    const place = request.url.replace(/^http:/, 'https:');
    const withCookies = request.url.startsWith(this.url) && init?.credentials !== 'omit';
    if (withCookies) {
      const cookie = await this.jar.getCookieString(place);
      if (cookie) request.headers.set('cookie', cookie);
    }
    const answer = await sendOut(request.clone());
    await this.network.after?.(request, answer);
    request.signal.throwIfAborted();
    if (withCookies)
      for (const cookie of answer.headers.getSetCookie()) await this.jar.setCookie(cookie, place);
    return answer;
  };
}

class FakeChannel implements Channel {
  onmessage: Channel['onmessage'] = null;
  private isOpen = true;

  constructor(
    readonly name: string,
    private readonly browser: FakeBrowser,
  ) {}

  postMessage(data: unknown): void {
    if (!this.isOpen) throw new DOMException('closed', 'InvalidStateError');
    const message = { channel: this.name, data: structuredClone(data) };
    this.browser.messages.push(message);
    this.browser.post(message, this);
  }

  close(): void {
    this.isOpen = false;
    this.browser.forget(this);
  }
}
