import type { HttpClient } from '../support/http-client.js';

export interface PageMessage {
  readonly type: string;
  readonly data: any;
}

/** An open stream of `/page/events`, and the messages so far. */
export class PageEvents {
  readonly messages: PageMessage[] = [];
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>;
  private readonly wakers = new Set<() => void>();

  private constructor(
    response: Response,
    private readonly controller: AbortController,
  ) {
    this.ended = this.read(response.body!.pipeThrough(new TextDecoderStream() as never).getReader() as never);
  }

  /** Opens the stream with the cookies of a client, or with an access token. */
  static async open(client: HttpClient, bearer?: string): Promise<PageEvents> {
    const controller = new AbortController();
    const cookie = await client.jar.getCookieString(client.url.replace(/^http:/, 'https:'));
    const headers: Record<string, string> = bearer ? { authorization: `Bearer ${bearer}` } : { cookie };
    const response = await fetch(`${client.url}/page/events`, { headers, signal: controller.signal });
    if (response.status !== 200) throw new Error(`/page/events answered ${response.status}`);
    const events = new PageEvents(response, controller);
    await events.next(({ type }) => type === 'open');
    return events;
  }

  /** The first message that fits, also one of the past. It waits for one that comes. */
  async next(fits: (message: PageMessage) => boolean): Promise<PageMessage> {
    for (;;) {
      const found = this.messages.find(fits);
      if (found) return found;
      await new Promise<void>((wake) => this.wakers.add(wake));
    }
  }

  /** The first security event of a type. */
  async event(type: string): Promise<any> {
    return (await this.next((message) => message.type === 'security' && message.data.type === type)).data;
  }

  close(): void {
    this.controller.abort();
  }

  private async read(reader: ReadableStreamDefaultReader<string>): Promise<void> {
    let rest = '';
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const parts = (rest + value).split('\n\n');
        rest = parts.pop()!;
        for (const part of parts) {
          const type = /^event: (.*)$/m.exec(part)?.[1];
          const data = /^data: (.*)$/m.exec(part)?.[1];
          if (type && data) this.messages.push({ type, data: JSON.parse(data) });
        }
        for (const wake of this.wakers) wake();
        this.wakers.clear();
      }
    } catch (error) {
      if (!this.controller.signal.aborted) throw error;
    }
  }
}
