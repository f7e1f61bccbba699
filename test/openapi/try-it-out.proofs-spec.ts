// "Try it out" in the description of the demo's routes, in Chromium: a person signs in there, and calls guarded routes.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import type { Page } from 'playwright-core';
import { createApp } from '../../src/create-app.js';
import { demoConfig } from '../../src/demo-config.js';
import { Browser, complaintsOf, cookieNames } from '../browser/browser.js';
import { ADAPTERS, SECRET } from '../support/test-app.js';

const USER = { email: 'ada@example.com', password: 'correct horse battery' };

/** The demo trusts the origin of its own port, so the port must be known before it starts. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe.each(ADAPTERS)('"Try it out" at /docs, on %s', (adapter) => {
  let app: INestApplication;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];
  let url: string;
  beforeAll(async () => {
    const port = await freePort();
    const env = {
      HTTP_ADAPTER: adapter,
      DATABASE_URL: 'sqlite::memory:',
      AUTH_SECRET: SECRET,
      PORT: `${port}`,
    };
    app = await createApp(demoConfig(env));
    await app.listen(port, '127.0.0.1');
    url = `http://127.0.0.1:${port}`;
    browser = await Browser.start();
    page = await browser.page({ viewport: { width: 1200, height: 1600 } });
    complaints = complaintsOf(page);
    await page.goto(`${url}/docs`);
    await page.locator('.opblock').first().waitFor();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  const block = (method: string, path: string) =>
    page.locator(`.opblock-${method}`, { has: page.locator(`[data-path="${path}"]`) });

  /** Sends a request as a person does: opens the route, writes the body, presses Execute. Gives the status and the body. */
  async function tried(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; text: string }> {
    const operation = block(method, path);
    if (!(await operation.locator('.execute').isVisible()))
      await operation.locator('.opblock-summary-control').click();
    if (body) await operation.locator('textarea.body-param__text').fill(JSON.stringify(body));
    await operation.locator('.execute').click();
    const live = operation.locator('.live-responses-table');
    await live.waitFor();
    const status = Number.parseInt(await live.locator('.response-col_status').last().innerText(), 10);
    // A 204 has none.
    const text = (await live.locator('.highlight-code').allInnerTexts()).join('\n');
    await operation.locator('.btn-clear').click();
    return { status, text };
  }

  it('refuses a guarded route before', async () => {
    const { status, text } = await tried('get', '/notes');
    expect([status, text]).toEqual([401, expect.stringContaining('AUTH_CREDENTIALS_MISSING')]);
  });

  it('signs in by a cookie, and calls guarded routes with it', async () => {
    expect((await tried('post', '/users', USER)).status).toBe(201);
    const login = { identifier: USER.email, password: USER.password, mode: 'session' };
    expect((await tried('post', '/auth/login', login)).status).toBe(200);
    expect(await cookieNames(page.context())).toContain('__Host-session');
    expect((await tried('post', '/notes', { text: 'remember the milk' })).status).toBe(201);
    const { status, text } = await tried('get', '/notes');
    expect([status, text]).toEqual([200, expect.stringContaining('remember the milk')]);
  });

  it('refreshes by a cookie', async () => {
    const login = { identifier: USER.email, password: USER.password, mode: 'hybrid' };
    expect((await tried('post', '/auth/login', login)).status).toBe(200);
    expect(await cookieNames(page.context())).toContain('__Host-refresh');
    const { status, text } = await tried('post', '/auth/refresh', {});
    expect([status, text]).toEqual([200, expect.stringContaining('access_token')]);
  });

  it('sends an access token that it was given, which decides alone', async () => {
    const login = { identifier: USER.email, password: USER.password, mode: 'tokens' };
    const { text } = await tried('post', '/auth/login', login);
    const token = /"access_token": "([^"]+)"/.exec(text)![1]!;
    expect((await tried('post', '/auth/logout', {})).status).toBe(204);
    expect((await tried('get', '/auth/me')).status).toBe(401);
    await page.locator('.auth-wrapper > .authorize').click();
    const dialog = page.locator('.auth-container', { hasText: 'bearer (http, Bearer)' });
    await dialog.locator('input').fill(token);
    await dialog.locator('button.authorize').click();
    await page.locator('.dialog-ux .btn-done').first().click();
    const me = await tried('get', '/auth/me');
    expect([me.status, me.text]).toEqual([200, expect.stringContaining('"user"')]);
    // Nothing is kept beside the page: a reload forgets it.
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage])')).not.toContain(token);
  });

  it('asks no other origin, and breaks no rule of its policy', async () => {
    const ownErrors = complaints.filter((one) => !/the server responded with a status of 401/.test(one));
    expect(ownErrors).toEqual([]);
    const asked = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((one) => new URL(one).origin !== url && !one.startsWith('data:'))).toEqual([]);
  });
});
