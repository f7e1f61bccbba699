// The token inspector of the demo's page in Chromium: it takes any text, and neither sends nor stores it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Page, Request } from 'playwright-core';
import { type PageApp, startPage } from '../demo/page-app.js';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import { Browser, complaintsOf, historyOf } from './browser.js';

// A browser starts: a limit that only a hang reaches.
jest.setTimeout(90_000);

const encoded = (value: string) => Buffer.from(value).toString('base64url');
const forged = (payload: string, header = '{"alg":"ES256","kid":"k","typ":"at+jwt"}') =>
  `${encoded(header)}.${encoded(payload)}.${'A'.repeat(86)}`;

/** Every way of script to send or keep something, and what was given to it. Runs in the page before its own script. */
function watchWays(): void {
  const calls: string[] = [];
  Object.assign(globalThis, { calls });
  const watch = (owner: any, name: string, label = name) => {
    const own = owner?.[name];
    if (typeof own !== 'function') throw new Error(`there is no ${label} to watch`);
    owner[name] = function watched(this: unknown, ...args: unknown[]) {
      calls.push(
        `${label} ${args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' ')}`,
      );
      return Reflect.apply(own, this, args);
    };
  };
  const page = globalThis as any;
  watch(page, 'fetch');
  watch(page.XMLHttpRequest.prototype, 'send', 'XMLHttpRequest');
  watch(page.Navigator.prototype, 'sendBeacon');
  watch(page.WebSocket.prototype, 'send', 'WebSocket');
  watch(page.Storage.prototype, 'setItem');
  watch(page.IDBFactory.prototype, 'open', 'indexedDB');
  watch(page.CacheStorage.prototype, 'open', 'caches');
  watch(page.History.prototype, 'pushState');
  watch(page.History.prototype, 'replaceState');
  watch(page.BroadcastChannel.prototype, 'postMessage', 'BroadcastChannel');
  for (const name of ['log', 'info', 'debug', 'warn', 'error']) watch(page.console, name, `console.${name}`);
}

/** Every place in which a page may keep something. */
const KEPT = `(async () => JSON.stringify([
  { ...localStorage }, { ...sessionStorage }, document.cookie, await indexedDB.databases(), await caches.keys(),
  location.href, document.title, history.state,
]))()`;
/** A page that loads asks who is signed in. Nobody is, and the browser says so. */
const isUnexpected = (complaint: string) => !complaint.includes('status of 401');
const CLIPBOARD = 'navigator.clipboard.readText()';

describe.each(BELOW_THE_EDGE)('the token inspector, in Chromium (%s)', (adapter) => {
  let app: PageApp;
  let browser: Browser;
  let page: Page;
  let requests: Request[];
  let complaints: readonly string[];
  beforeAll(async () => {
    [app, browser] = await Promise.all([startPage(adapter), Browser.start()]);
  });
  afterAll(() => Promise.all([browser.close(), app.close()]));
  beforeEach(async () => {
    page = await browser.page();
    complaints = complaintsOf(page);
    await page.addInitScript(watchWays);
    await page.goto(app.url, { waitUntil: 'networkidle' });
    requests = [];
    page.on('request', (request) => requests.push(request));
    await page.evaluate('calls.length = 0');
  });
  afterEach(() => browser.closePeople());

  const field = () => page.getByLabel('Token', { exact: true });
  const verdict = () => page.locator('#inspector .verdict');
  const paste = (text: string) => field().fill(text);
  const calls = () => page.evaluate<string[]>('calls');
  const accessToken = async () => {
    const client = app.client();
    const email = `ada-${Math.random().toString(36).slice(2)}@example.com`;
    const password = 'correct horse battery';
    expect((await client.post('/users', { json: { email, password } })).status).toBe(201);
    const login = await client.post('/auth/login', { json: { identifier: email, password, mode: 'tokens' } });
    return login.body.access_token as string;
  };

  it('neither sends nor stores what is pasted, and forgets it when the page is left', async () => {
    const token = await accessToken();
    await paste(token);
    await verdict().getByText('Nothing speaks against it').waitFor();
    await page.getByText('Check the signature').click();
    await page.getByLabel('Issuer that you expect').fill('https://issuer.example');
    await verdict().getByText('Refused').waitFor();
    expect(requests.map((request) => request.url())).toEqual([]);
    expect(await calls()).toEqual([]);
    const kept = await page.evaluate(KEPT);
    const history = await historyOf(page);
    for (const part of token.split('.')) expect(JSON.stringify([kept, history])).not.toContain(part);

    await page.goto(`${app.url}/page/page.js`);
    // From memory, as people's browsers do it: nothing is loaded.
    await page.goBack({ waitUntil: 'commit' });
    await field().waitFor();
    expect(await field().inputValue()).toBe('');
    expect(await page.getByLabel('Issuer that you expect').inputValue()).toBe('');
    await paste(token);
    await page.reload();
    expect(await field().inputValue()).toBe('');
    expect(complaints.filter(isUnexpected)).toEqual([]);
  });

  it('offers nothing of it to the browser: no form, no name, no completion, no spelling service', async () => {
    await page.getByText('Check the signature').click();
    for (const label of [
      'Token',
      'Public keys (JWK set)',
      'Issuer that you expect',
      'Audience that you expect',
    ]) {
      const attributes = await page.getByLabel(label, { exact: true }).evaluate((element) => ({
        autocomplete: element.getAttribute('autocomplete'),
        spellcheck: element.getAttribute('spellcheck'),
        name: element.getAttribute('name'),
        form: element.closest('form'),
      }));
      expect(attributes).toEqual({ autocomplete: 'off', spellcheck: 'false', name: null, form: null });
    }
  });

  it('fetches the keys of this server only when asked, without the token, and checks the signature', async () => {
    const token = await accessToken();
    await page.context().addCookies([{ name: 'planted', value: 'cookie', url: app.url }]);
    await paste(token);
    await page.getByText('Check the signature').click();
    expect(requests).toEqual([]);
    await page.getByRole('button', { name: 'Fetch the keys of this server' }).click();
    await verdict().getByText('Good: signature, form and times are good').waitFor();
    expect(requests.map((request) => request.url())).toEqual([`${app.url}/.well-known/jwks.json`]);
    const headers = await requests[0]!.allHeaders();
    expect(requests[0]!.method()).toBe('GET');
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['authorization']));
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).not.toHaveProperty('referer');

    const [header, payload, signature] = token.split('.');
    const changed = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object;
    await paste(`${header}.${encoded(JSON.stringify({ ...changed, sub: 'eve' }))}.${signature}`);
    await verdict().getByText('Refused: its signature does not fit').waitFor();
    expect(requests).toHaveLength(1);
  });

  it('says what to do when the keys do not come', async () => {
    await page.getByText('Check the signature').click();
    const ask = () => page.getByRole('button', { name: 'Fetch the keys of this server' }).click();
    await page.route('**/jwks.json', (route) => route.fulfill({ status: 503 }));
    await ask();
    await page.getByText('The server cannot answer right now').waitFor();
    await page.route('**/jwks.json', (route) => route.abort());
    await ask();
    await page.getByText('The server did not answer').waitFor();
  });

  it('reads refresh tokens, cookies and examples, and says what a broken token is', async () => {
    const heading = (name: string) => page.locator('#inspector').getByRole('heading', { name, exact: true });
    await paste(`Cookie: __Host-refresh=rt1_${'A'.repeat(91)}`);
    await heading('Refresh token').waitFor();
    await page.locator('#inspector').getByText('generation').waitFor();
    await paste('rt1_abc');
    await page.getByText('is cut short, too long or changed').waitFor();
    await page.getByRole('button', { name: 'Show an example' }).click();
    await heading('Access token').waitFor();
    await page.locator('#inspector').getByText('(in 13 minutes)').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await field().inputValue()).toBe('');
    expect(await page.locator('#inspector .card').count()).toBe(0);
  });

  const deep = '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000);
  it.each([
    ['HTML in claims', forged('{"name":"<img src=x onerror=alert(1)>","<script>alert(2)</script>":1}')],
    ['HTML as the text', '<img src=x onerror=alert(1)>'],
    ['__proto__', forged('{"__proto__":{"isAdmin":true},"constructor":{},"toString":1}')],
    ['a member twice', forged('{"sub":"ada","sub":"eve"}')],
    ['huge numbers', forged('{"exp":1e400,"iat":99999999999999999999,"nbf":-1e300}')],
    ['lone surrogates and turned text', forged('{"a":"\\ud800","b":"\u202egpj.exe","c":"\u0000"}')],
    ['claims nested 10,000 deep', forged(deep)],
    ['1 MB of garbage', 'x'.repeat(1_000_000)],
    ['1 MB of "a."', 'a.'.repeat(500_000)],
    ['keys that are no keys', '{"keys":[{"kty":"EC","d":"x"},7,null]}'],
  ])('stands hostile text: %s', async (_, text) => {
    await page.getByText('Check the signature').click();
    const started = Date.now();
    await paste(text);
    await page.getByLabel('Public keys (JWK set)').fill(text);
    await page.waitForFunction(`document.querySelector('#inspector > [role=status]').textContent !== ''`);
    // The page answers again: nothing holds it up.
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(Date.now() - started).toBeLessThan(10_000);
    await page.waitForFunction(`document.querySelectorAll('#inspector .card').length === 0`);
    expect(await page.locator('#inspector img, #inspector script').count()).toBe(0);
    expect(await page.evaluate('({}).isAdmin')).toBeUndefined();
    expect(requests.map((request) => request.url())).toEqual([]);
    expect(await calls()).toEqual([]);
    expect(complaints.filter(isUnexpected)).toEqual([]);
  });
});

describe.each(BELOW_THE_EDGE)('the decision guide, in Chromium (%s)', (adapter) => {
  let app: PageApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([startPage(adapter), Browser.start()]);
  });
  afterAll(() => Promise.all([browser.close(), app.close()]));

  it('asks what matters, answers, and copies the text', async () => {
    const person = await browser.person({ permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await person.newPage();
    const complaints = complaintsOf(page);
    await page.goto(app.url);
    const guide = page.locator('#decision-guide');
    await guide.getByText('3 questions are open.').waitFor();
    await guide.getByLabel('A browser, with a single-page application').check();
    await guide.getByText('4 questions are open.').waitFor();
    await guide.getByLabel('The site of the API').check();
    await guide.getByLabel('Services behind the same host name').check();
    await guide.getByLabel('No: injected script').check();
    await guide.getByText('One question is open.').waitFor();
    await guide.getByLabel('Within milliseconds').check();
    await guide.getByRole('heading', { name: 'Hybrid, with the access token in a cookie' }).waitFor();
    await guide.getByRole('button', { name: 'Copy: The server: app.module.ts' }).click();
    await guide.getByText('Copied.').waitFor();
    expect(await page.evaluate(CLIPBOARD)).toContain('cookie: true,');
    await guide.getByRole('button', { name: 'Copy: The client' }).click();
    await page.waitForFunction(`${CLIPBOARD}.then((text) => text.includes('createAuthClient'))`);
    expect(await page.evaluate(CLIPBOARD)).toContain(`from 'nestjs-aerie/client'`);
    await guide.getByLabel('A mobile or desktop application, a command line').check();
    await guide.getByRole('heading', { name: 'Tokens', exact: true }).waitFor();
    expect(await guide.getByLabel('No: injected script').isVisible()).toBe(false);
    expect(complaints.filter(isUnexpected)).toEqual([]);
  });
});
