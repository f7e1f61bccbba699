import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

type Params = Readonly<Record<string, unknown>>;
interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: any;
  readonly result?: any;
  readonly error?: { readonly message: string };
}

/** `chromium` of Debian, or what `CHROMIUM` names. */
const PROGRAM = process.env['CHROMIUM'] ?? 'chromium';
const DEADLINE_MS = 20_000;

/** A headless Chromium, spoken to over a pipe (Chrome DevTools Protocol). Each of its browsers has cookies of its own. */
export class Chromium {
  private readonly waiting = new Map<number, (message: Message) => void>();
  private readonly listeners = new Set<(message: Message) => void>();
  private readonly contexts = new Set<string>();
  private lastId = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    let text = '';
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (text + chunk).split('\0');
      text = messages.pop()!;
      for (const one of messages) this.received(JSON.parse(one) as Message);
    });
  }

  static async start(): Promise<Chromium> {
    const folder = mkdtempSync(join(tmpdir(), 'aerie-chromium-'));
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-dev-shm-usage',
    ];
    const offline = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
    const child = spawn(
      PROGRAM,
      [...flags, ...offline, '--remote-debugging-pipe', `--user-data-dir=${folder}`],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    const failed = new Promise<never>((_, fail) =>
      child.once('error', (error) => fail(new Error(`${PROGRAM} does not start: ${error.message}`))),
    );
    const chromium = new Chromium(child, folder);
    await Promise.race([chromium.send('Browser.getVersion'), failed]);
    return chromium;
  }

  /** A browser with an empty cookie jar, and one page. */
  async browser(): Promise<Page> {
    const { browserContextId } = await this.send('Target.createBrowserContext');
    this.contexts.add(browserContextId as string);
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank', browserContextId });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(this, sessionId as string, browserContextId as string);
    for (const domain of ['Page', 'Runtime', 'Log']) await page.send(`${domain}.enable`);
    return page;
  }

  /** Closes all browsers, with their connections. */
  async closeBrowsers(): Promise<void> {
    for (const browserContextId of this.contexts)
      await this.send('Target.disposeBrowserContext', { browserContextId });
    this.contexts.clear();
  }

  async send(method: string, params: Params = {}, sessionId?: string): Promise<any> {
    const id = ++this.lastId;
    const answer = new Promise<Message>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${method} was not answered`)), DEADLINE_MS);
      this.waiting.set(id, (message) => {
        clearTimeout(late);
        resolve(message);
      });
    });
    (this.child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  on(listener: (message: Message) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    const exited = new Promise((done) => this.child.once('exit', done));
    await this.send('Browser.close').catch(() => this.child.kill());
    await exited;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private received(message: Message): void {
    if (message.id === undefined) for (const listener of this.listeners) listener(message);
    else {
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
    }
  }
}

/** A page of a browser. */
export class Page {
  /** What the browser complained of: errors of scripts, what a policy refused. */
  readonly complaints: string[] = [];

  constructor(
    private readonly chromium: Chromium,
    private readonly sessionId: string,
    private readonly browserContextId: string,
  ) {
    chromium.on(({ sessionId: of, method, params }) => {
      if (of !== sessionId) return;
      if (method === 'Log.entryAdded') this.complaints.push(`${params.entry.source}: ${params.entry.text}`);
      if (method === 'Runtime.exceptionThrown') this.complaints.push(params.exceptionDetails.text as string);
    });
  }

  send(method: string, params: Params = {}): Promise<any> {
    return this.chromium.send(method, params, this.sessionId);
  }

  /** Opens an address, as if it was typed, and waits for its scripts. */
  async open(url: string): Promise<void> {
    const loaded = this.event('Page.loadEventFired');
    await this.send('Page.navigate', { url });
    await loaded;
  }

  /** Does something that leads to another page, and waits for that. */
  async leave(work: () => Promise<unknown>): Promise<void> {
    const loaded = this.event('Page.loadEventFired');
    await work();
    await loaded;
  }

  /** The value of an expression; a promise is awaited. */
  async evaluate<T = any>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as T;
  }

  /** Waits until an expression is true, on whatever page that is. */
  async until(expression: string): Promise<void> {
    const deadline = Date.now() + DEADLINE_MS;
    // While one page makes way for another, there is none to ask.
    while (!(await this.evaluate<boolean>(`Boolean(${expression})`).catch(() => false))) {
      if (Date.now() > deadline) throw new Error(`never true: ${expression}`);
      await new Promise((look) => setTimeout(look, 20));
    }
  }

  /** A request of the page's own script: its status and its JSON. */
  post(path: string, body: object): Promise<{ status: number; body: any }> {
    const init = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    };
    return this.evaluate(
      `fetch(${JSON.stringify(path)}, ${JSON.stringify(init)})
        .then(async (answer) => ({ status: answer.status, body: await answer.json().catch(() => null) }))`,
    );
  }

  /** Names of the browser's cookies. */
  async cookies(): Promise<readonly string[]> {
    const { cookies } = await this.chromium.send('Storage.getCookies', {
      browserContextId: this.browserContextId,
    });
    return (cookies as { name: string }[]).map(({ name }) => name).sort();
  }

  /** Every address in the history of the page. */
  async history(): Promise<readonly string[]> {
    const { entries } = await this.send('Page.getNavigationHistory');
    return (entries as { url: string }[]).map(({ url }) => url);
  }

  private event(name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${name} did not come`)), DEADLINE_MS);
      const off = this.chromium.on(({ sessionId, method }) => {
        if (sessionId !== this.sessionId || method !== name) return;
        off();
        clearTimeout(late);
        resolve();
      });
    });
  }
}
