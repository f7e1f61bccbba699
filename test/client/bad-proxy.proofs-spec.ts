/**
 * The browser client in Chromium: eight tabs behind a proxy that drops, delays and doubles, 10,000 refreshes, and nobody is signed out.
 * `CLIENT_REFRESHES` and `CLIENT_SEED` change how many and which.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { Browser } from '../browser/browser.js';
import { PASSWORD } from '../support/sign-ins.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { BadProxy } from './bad-proxy.js';

jest.setTimeout(1_200_000);

const REFRESHES = Number(process.env['CLIENT_REFRESHES'] ?? 10_000);
const SEED = Number(process.env['CLIENT_SEED'] ?? 1);
const TABS = 8;
const BUILT = join(import.meta.dirname, '../../libs/auth/dist/client');
const TOTAL = { hybrid: REFRESHES, tokens: Math.ceil(REFRESHES / 5) };

let browser: Browser;
beforeAll(async () => void (browser = await Browser.start()));
afterAll(() => browser.close());

/** What a tab counts. */
interface Counts {
  readonly refreshes: number;
  readonly gaveUp: number;
  readonly signOuts: number;
  readonly user: string | null;
  readonly asked: number;
}

async function startBehindProxy(): Promise<{ app: TestApp; proxy: BadProxy }> {
  const proxy = await BadProxy.start(SEED);
  for (const name of readdirSync(BUILT).filter((file) => file.endsWith('.js')))
    proxy.pages.set(`/client/${name}`, {
      type: 'text/javascript',
      text: readFileSync(join(BUILT, name), 'utf8'),
    });
  proxy.pages.set('/', { type: 'text/html', text: '<!doctype html><title>App</title>' });
  const app = await startTestApp({ options: { trustedOrigins: [proxy.url] } });
  await app.users.add('ada');
  proxy.forwardTo(app.url);
  return { app, proxy };
}

/** Opens a tab with a client; the first one signs in. */
async function openTab(page: Page, url: string, mode: 'hybrid' | 'tokens', signsIn: boolean): Promise<void> {
  await page.goto(`${url}/`);
  await page.evaluate(
    async ([kind, password]) => {
      const entry = '/client/index.js';
      const { createAuthClient } = (await import(entry)) as typeof import('nestjs-aerie/client');
      const { localStorage } = globalThis as any;
      const storage = {
        load: () => localStorage.getItem('token') as string | null,
        save: (text: string) => localStorage.setItem('token', text) as void,
        clear: () => localStorage.removeItem('token') as void,
      };
      const auth = createAuthClient({
        mode: kind as 'hybrid',
        ...(kind === 'tokens' && { storage, tabs: true }),
      });
      const counts = { refreshes: 0, gaveUp: 0, signOuts: 0 };
      auth.onChange((user) => void (user === null && counts.signOuts++));
      Object.assign(globalThis, { auth, counts, isRunning: false });
      if (password) await auth.signIn({ identifier: 'ada', password });
      else await auth.restore();
    },
    [mode, signsIn ? PASSWORD : ''],
  );
}

/** Refreshes on and on. */
const begin = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const tab = globalThis as any;
    tab.isRunning = true;
    const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    void (async () => {
      while (tab.isRunning) {
        await tab.auth.refresh().then(
          () => tab.counts.refreshes++,
          () => tab.counts.gaveUp++,
        );
        await pause();
      }
      tab.hasStopped = true;
    })();
  });

async function end(page: Page): Promise<Counts> {
  await page.evaluate(() => void ((globalThis as any).isRunning = false));
  await page.waitForFunction(() => (globalThis as any).hasStopped, null, { timeout: 120_000 });
  return page.evaluate(async () => {
    const { auth, counts } = globalThis as any;
    const answer = await auth.fetch('/auth/me');
    return { ...counts, user: auth.user?.id ?? null, asked: answer.status };
  });
}

describe.each(['hybrid', 'tokens'] as const)('eight tabs in Chromium in the mode %s', (mode) => {
  let app: TestApp;
  let proxy: BadProxy;
  beforeAll(async () => void ({ app, proxy } = await startBehindProxy()));
  afterEach(() => browser.closePeople());
  afterAll(async () => {
    proxy.close();
    await app.close();
  });

  it(`stay signed in through ${TOTAL[mode]} refreshes behind a bad proxy`, async () => {
    const person = await browser.person();
    const pages: Page[] = [];
    for (let n = 0; n < TABS; n++) {
      const page = await person.newPage();
      await openTab(page, proxy.url, mode, n === 0);
      pages.push(page);
    }
    const began = performance.now();
    proxy.rate = 0.2;
    await Promise.all(pages.map(begin));
    // A tab that hangs: half-way it takes the lock, and keeps it for 25 seconds.
    const frozen = await person.newPage();
    await frozen.goto(`${proxy.url}/`);
    let isFrozen: 'not yet' | 'now' | 'no longer' = 'not yet';
    while (proxy.answered < TOTAL[mode]) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (isFrozen === 'not yet' && proxy.answered > TOTAL[mode] / 2) {
        isFrozen = 'now';
        await frozen.evaluate((name) => {
          const { locks } = (globalThis as any).navigator;
          void locks.request(name, () => new Promise((resolve) => setTimeout(resolve, 25_000)));
        }, `nestjs-aerie/1:${mode}:${proxy.url}/auth/`);
      }
    }
    proxy.rate = 0;
    const counts = await Promise.all(pages.map(end));
    const seconds = (performance.now() - began) / 1_000;
    const sum = (of: 'refreshes' | 'gaveUp' | 'signOuts') => counts.reduce((all, one) => all + one[of], 0);
    const faults = [...proxy.faults].map(([fault, count]) => `${fault}: ${count}`).sort();
    process.stdout.write(
      `${mode}, seed ${SEED}: ${proxy.answered} refreshes by ${TABS} tabs in ${seconds.toFixed(0)} s, ` +
        `${sum('refreshes')} calls, ${sum('gaveUp')} gave up, ${sum('signOuts')} sign-outs\n  ${faults.join(', ')}\n`,
    );
    expect(sum('signOuts')).toBe(0);
    expect(counts.map(({ user, asked }) => [user, asked])).toEqual(counts.map(() => ['user-1', 200]));
    const refusals = app.events.filter(({ type }) => ['reuse_detected', 'refresh_refused'].includes(type));
    expect(refusals).toEqual([]);
    expect(proxy.faults.size).toBeGreaterThan(8);
  });
});
