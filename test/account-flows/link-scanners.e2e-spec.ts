// Scanners of mail servers open every link, with HEAD and GET and a script engine: they spend nothing and sign in no one.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { HttpClient } from '../support/http-client.js';
import { StatementLog } from '../support/statement-log.js';
import { ADAPTERS } from '../support/test-app.js';
import { inLink } from '../support/test-mailer.js';
import { freshAddress, OWN_PAGE, type Places, startFlows } from './places.js';
import { runPage } from './script-engine.js';

describe.each(ADAPTERS)('a scanner of mails (%s)', (adapter) => {
  const log = new StatementLog();
  let places: Places;
  let ada: string;
  let id: string;
  beforeAll(async () => {
    const connection = log.connection();
    places = await startFlows({ adapter, connection }, { magicLink: true, codes: true });
  });
  beforeEach(async () => {
    ada = freshAddress();
    ({ id } = await places.users.addVerified(ada));
  });
  afterAll(() => places.close());

  const browser = () => places.app.client();
  const asked = async (client: HttpClient) => {
    await client.post('/auth/magic/send', { json: { identifier: ada }, headers: OWN_PAGE });
    return (await places.mailer.last(ada, 'magic-link')).link!;
  };
  const tokenOf = (link: string) => inLink({ link })['token']!;
  const who = async (client: HttpClient) =>
    (await client.get('/auth/me')).body.user?.id as string | undefined;
  const signInsOf = async (subject: string) => (await places.app.authentication.listSignIns(subject)).length;

  it('finds the same page behind every link, and nothing in it', async () => {
    const { pathname } = new URL(await asked(browser()));
    const pages: unknown[] = [];
    const queries = await log.count(async () => {
      for (const path of [pathname, `${pathname}?token=a1_anything`]) {
        const page = await browser().get(path);
        expect(page.status).toBe(200);
        expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
        expect(page.headers.get('cache-control')).toBe('no-store');
        expect(page.headers.get('referrer-policy')).toBe('no-referrer');
        expect(page.headers.get('x-content-type-options')).toBe('nosniff');
        const policy = page.headers.get('content-security-policy')!;
        expect(policy.split('; ')).toEqual(
          expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
        );
        expect(policy).not.toContain('unsafe');
        expect(page.body).not.toMatch(/<script>|<style|\son\w+=|http:|https:/);
        expect(page.setCookies).toEqual([]);
        pages.push(page.body);
        const head = await browser().send('HEAD', path);
        expect([head.status, head.body, head.setCookies]).toEqual([200, undefined, []]);
      }
      const script = await browser().get(`${pathname}/page.js`);
      expect([script.status, script.headers.get('content-type')]).toEqual([
        200,
        'text/javascript; charset=utf-8',
      ]);
    });
    expect(queries).toBe(0);
    expect(new Set(pages).size).toBe(1);
  });

  it('spends nothing and signs in no one, however it opens a link', async () => {
    const client = browser();
    const link = await asked(client);
    const scanner = browser();
    for (let round = 0; round < 2; round++) {
      for (const method of ['HEAD', 'GET', 'OPTIONS']) await scanner.send(method, new URL(link).pathname);
      const { text, left } = await runPage(scanner, link);
      expect(text).toMatch(/^Type this code where you asked for the link:\n[B-Z]{4}-[B-Z]{4}\n/);
      expect(left).toBeNull();
    }
    expect([await who(scanner), await signInsOf(id)]).toEqual([undefined, 0]);
    const { address, left } = await runPage(client, link);
    expect([address, left, await who(client)]).toEqual(['/auth/magic', '/', id]);
    expect((await runPage(client, link)).text).toMatch(/^This link is not valid/);
  });

  it('can follow no method that a framework takes for another one', async () => {
    const client = browser();
    const token = tokenOf(await asked(client));
    for (const path of [`/auth/magic?token=${token}`, `/auth/magic?_method=POST&token=${token}`]) {
      await client.get(path, { headers: { ...OWN_PAGE, 'x-http-method-override': 'POST' } });
      await client.send('PUT', path, { headers: OWN_PAGE });
    }
    const raw = new URLSearchParams({ token }).toString();
    const form = { ...OWN_PAGE, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await client.send('POST', '/auth/magic', { raw, headers: form })).status).toBe(400);
    expect(await signInsOf(id)).toBe(0);
    expect((await client.post('/auth/magic', { json: { token }, headers: OWN_PAGE })).status).toBe(200);
  });

  it('shows a code that is good where the link was asked for, and nowhere else', async () => {
    const [client, phone, thief] = [browser(), browser(), browser()];
    const { text } = await runPage(phone, await asked(client));
    const code = text.split('\n')[1];
    await asked(thief);
    for (const one of [phone, thief])
      expect((await one.post('/auth/code', { json: { code }, headers: OWN_PAGE })).status).toBe(400);
    expect((await client.post('/auth/code', { json: { code }, headers: OWN_PAGE })).status).toBe(200);
    expect(await who(client)).toBe(id);
  });

  it('costs no query with a link or a code that was made up or is for something else', async () => {
    const client = browser();
    const token = tokenOf(await asked(client));
    await client.post('/auth/password/forgot', { json: { identifier: ada } });
    const reset = inLink(await places.mailer.last(ada, 'reset-password'))['token']!;
    const forged = `${token.slice(0, 20)}${token[20] === 'A' ? 'B' : 'A'}${token.slice(21)}`;
    const queries = await log.count(async () => {
      for (const wrong of [forged, reset, `a1_${'A'.repeat(64)}`, 'a1_'])
        for (const path of ['/auth/magic', '/auth/magic/open'])
          expect((await client.post(path, { json: { token: wrong }, headers: OWN_PAGE })).status).toBe(400);
      for (const code of ['AAAA-AAAA', 'BCDF'])
        expect((await client.post('/auth/code', { json: { code }, headers: OWN_PAGE })).status).toBe(400);
      // No asker: no code can be its.
      const json = { code: 'BCDF-BCDF' };
      expect((await browser().post('/auth/code', { json, headers: OWN_PAGE })).status).toBe(400);
    });
    expect(queries).toBe(0);
    expect(
      await log.count(() => client.post('/auth/magic/open', { json: { token }, headers: OWN_PAGE })),
    ).toBeGreaterThan(0);
  });
});
