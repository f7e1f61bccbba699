import {
  type Browser as Chromium,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

/** `chromium` of Debian, or the program that `CHROMIUM` names. */
export const PROGRAM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const DEADLINE_MS = 20_000;

/** Playwright switches these off; people's browsers have them, and a page after a logout must stand them. */
const AS_PEOPLE_HAVE_IT = ['--disable-back-forward-cache'];

/**
 * A headless Chromium, driven by playwright-core. Each person has cookies and storages of their own; pages of one person are
 * tabs. Close it in `afterAll`, and the people in `afterEach`.
 */
export class Browser {
  private constructor(private readonly chromium: Chromium) {}

  /** @throws Error when Chromium does not start: a test without a browser fails. */
  static async start(args: readonly string[] = []): Promise<Browser> {
    return new Browser(
      await chromium.launch({
        executablePath: PROGRAM,
        args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...args],
        ignoreDefaultArgs: AS_PEOPLE_HAVE_IT,
        timeout: DEADLINE_MS,
      }),
    );
  }

  /** A person: an empty cookie jar. */
  async person(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const person = await this.chromium.newContext(options);
    person.setDefaultTimeout(DEADLINE_MS);
    return person;
  }

  /** The one page of a new person. */
  async page(options: BrowserContextOptions = {}): Promise<Page> {
    return (await this.person(options)).newPage();
  }

  /** Closes all pages and connections, and forgets all cookies. */
  async closePeople(): Promise<void> {
    for (const person of this.chromium.contexts()) await person.close();
  }

  close(): Promise<void> {
    return this.chromium.close();
  }
}

/** Collects what the browser complains of from now on: errors of scripts and on the console, what a policy refused. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return complaints;
}

/** A request with JSON by the script of a page: its status and its JSON, or null. Its cookies are those that a browser sends. */
export function post(page: Page, path: string, body: object = {}): Promise<{ status: number; body: any }> {
  return page.evaluate(
    async ([url, text]) => {
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch(url!, { method: 'POST', headers, body: text! });
      return { status: answer.status, body: await answer.json().catch(() => null) };
    },
    [path, JSON.stringify(body)],
  );
}

/** Names of the cookies that a person's browser keeps. */
export async function cookieNames(person: BrowserContext): Promise<readonly string[]> {
  return (await person.cookies()).map(({ name }) => name).sort();
}

/** Every address in the history of a page. */
export async function historyOf(page: Page): Promise<readonly string[]> {
  const devTools = await page.context().newCDPSession(page);
  const { entries } = await devTools.send('Page.getNavigationHistory');
  await devTools.detach();
  return entries.map(({ url }) => url);
}
