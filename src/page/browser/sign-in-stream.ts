import type { Visitor } from './visitor.js';

const SILENCE_MS = 40_000;
const LONGEST_WAIT_MS = 15_000;
const MOST_CHARACTERS = 65_536;

/** A security event of the visitor's own sign-ins, as the demo sends it. */
export interface SignInEvent {
  readonly type: string;
  readonly signInId?: string;
  readonly generation?: number;
  readonly distance?: number;
  readonly reason?: string;
  readonly cause?: string;
}

/**
 * The visitor's security events, read from `/page/events`. `fetch` reads them, because an `EventSource` can send no access
 * token. A hidden page closes the stream: a browser opens six connections to a host.
 */
export class SignInStream {
  #running: AbortController | null = null;
  #isLive = false;
  readonly #listeners = new Set<(event: SignInEvent) => void>();
  readonly #liveListeners = new Set<(isLive: boolean) => void>();

  constructor(private readonly visitor: Visitor) {
    document.addEventListener('visibilitychange', () => this.follow());
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  onEvent(listener: (event: SignInEvent) => void): void {
    this.#listeners.add(listener);
  }

  onLive(listener: (isLive: boolean) => void): void {
    this.#liveListeners.add(listener);
  }

  /** Reads while a visitor is signed in and sees the page; call it after either has changed. */
  follow(): void {
    this.#running?.abort();
    this.#running = null;
    this.#setLive(false);
    if (!this.visitor.user || document.visibilityState === 'hidden') return;
    this.#running = new AbortController();
    void this.#readAgainAndAgain(this.#running);
  }

  async #readAgainAndAgain({ signal }: AbortController): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      const heard = await this.#read(signal).catch(() => 'nothing' as const);
      if (signal.aborted) return;
      this.#setLive(false);
      // The sign-in or its access token has ended: the client finds out which. A change of the user calls `follow`.
      if (heard === 'signed-out') await this.visitor.client.refresh().catch(() => null);
      if (signal.aborted || !this.visitor.user) return;
      failures = heard === 'something' ? 0 : Math.min(failures + 1, 10);
      const waitMs = Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures);
      await new Promise((over) => setTimeout(over, waitMs));
    }
  }

  /** Until the stream ends. A connection that is silent for longer than two heartbeats is given up. */
  async #read(signal: AbortSignal): Promise<'something' | 'nothing' | 'signed-out'> {
    const attempt = new AbortController();
    const giveUp = () => attempt.abort();
    signal.addEventListener('abort', giveUp, { once: true });
    let silence = setTimeout(giveUp, SILENCE_MS);
    try {
      const headers = { Accept: 'text/event-stream' };
      const response = await this.visitor.client.fetch('/page/events', { headers, signal: attempt.signal });
      if (response.status === 401) return 'signed-out';
      if (!response.ok || !response.body) return 'nothing';
      const messages = new Messages();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return 'something';
        clearTimeout(silence);
        silence = setTimeout(giveUp, SILENCE_MS);
        for (const { type, data } of messages.of(value)) {
          if (type === 'signed-out') return 'signed-out';
          this.#setLive(true);
          if (type === 'security') this.#hear(data);
        }
      }
    } finally {
      clearTimeout(silence);
      signal.removeEventListener('abort', giveUp);
      attempt.abort();
    }
  }

  #hear(data: string): void {
    const event = JSON.parse(data) as SignInEvent;
    for (const listener of this.#listeners) listener(event);
  }

  #setLive(isLive: boolean): void {
    if (isLive === this.#isLive) return;
    this.#isLive = isLive;
    for (const listener of this.#liveListeners) listener(isLive);
  }
}

/** Splits the text of an event stream into messages (HTML Standard, 9.2). */
class Messages {
  #rest = '';

  of(text: string): { type: string; data: string }[] {
    const parts = (this.#rest + text).split(/\n\n/);
    this.#rest = parts.pop()!;
    if (this.#rest.length > MOST_CHARACTERS) throw new RangeError('a message of the stream is too long');
    return parts.map(messageOf).filter(({ data }) => data !== '');
  }
}

function messageOf(text: string): { type: string; data: string } {
  const fields = text.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line));
  const valueOf = (name: string) => fields.find((field) => field?.[1] === name)?.[2] ?? '';
  return { type: valueOf('event'), data: valueOf('data') };
}
