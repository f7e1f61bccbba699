// The page of the demo, as the server sends it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { PageFiles } from '../../src/page/page-files.js';
import { ADAPTERS } from '../support/test-app.js';
import { type PageApp, startPage } from './page-app.js';

describe.each(ADAPTERS)('the page, on %s', (adapter) => {
  let page: PageApp;
  beforeAll(async () => void (page = await startPage(adapter)));
  afterAll(() => page.close());

  /** A path as it is: `fetch` would resolve its dots. */
  const rawStatus = (path: string) =>
    new Promise<number>((resolve, reject) => {
      const { hostname, port } = new URL(page.url);
      request({ hostname, port, path }, (answer) => resolve(answer.resume().statusCode!))
        .on('error', reject)
        .end();
    });

  it('is sent to everybody, with a policy that admits no inline script', async () => {
    const answer = await fetch(page.url);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-cache',
    });
    const html = await answer.text();
    for (const section of ['sign-in', 'sign-ins', 'family', 'inspector', 'decision-guide'])
      expect(html).toContain(`<section id="${section}"`);
    expect(html).not.toMatch(/<script(?![^>]*\bsrc="\/)|\bstyle=|\bon[a-z]+=|https?:\/\//);
  });

  it('is not sent again while it is the same', async () => {
    for (const path of ['/', '/page/main.js']) {
      const etag = (await fetch(page.url + path)).headers.get('etag')!;
      const again = await fetch(page.url + path, { headers: { 'if-none-match': `"other", W/${etag}` } });
      expect([again.status, await again.text()]).toEqual([304, '']);
      const other = await fetch(page.url + path, { headers: { 'if-none-match': '"other"' } });
      expect(other.status).toBe(200);
    }
  });

  it('consists of files that all arrive with their types, and of no other', async () => {
    const names = page.app.get(PageFiles, { strict: false }).names();
    expect(names).toEqual(expect.arrayContaining(['index.html', 'main.js', 'styles/page.css']));
    for (const name of names) {
      const answer = await fetch(`${page.url}/page/${name}`);
      const type = { js: 'text/javascript', css: 'text/css', html: 'text/html', svg: 'image/svg+xml' };
      expect(answer.headers.get('content-type')).toContain(type[name.split('.').at(-1) as 'js']);
      expect([name, await answer.text()]).toEqual([
        name,
        expect.not.stringMatching(/^import .*nestjs-aerie/m),
      ]);
    }
  });

  it.each([
    '/page/../package.json',
    '/page/..%2f..%2fpackage.json',
    '/page/%2e%2e/%2e%2e/package.json',
    '/page/..%5c..%5cpackage.json',
    '/page//etc/passwd',
    '/page/%00',
    '/page/main.ts',
    '/page/constructor',
    '/page/',
    '/page/styles',
  ])('has nothing at %s', async (path) => {
    expect(await rawStatus(path)).toBe(404);
  });
});
