// The pages that links in mails lead to: what fetches them, a scanner of mails for one, spends nothing.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { inLink } from '../support/test-mailer.js';
import { browserOf, freshAddress, NEXT_PASSWORD, OWN_PAGE, type Places, startFlows } from './places.js';

const PAGES = ['password/reset', 'email/verify', 'email/confirm', 'email/undo', 'not-me'];

describe.each(ADAPTERS)('a page for links (%s)', (adapter) => {
  let places: Places;
  beforeAll(async () => void (places = await startFlows({ adapter })));
  afterAll(() => places.close());

  it.each(PAGES)(
    'is the same for all, runs one script of this application, and is kept nowhere: %s',
    async (page) => {
      const { status, headers, body } = await places.app.client().get(`/auth/${page}`);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual([
        'no-store',
        'no-referrer',
      ]);
      expect(body).not.toMatch(/<script>|onclick|style=|https?:/);
      const [, script] = /<script src="([^"]+)" defer>/.exec(body)!;
      const address = new URL(script!, `${places.app.url}/auth/${page}`);
      const answer = await places.app.client().get(address.pathname);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'text/javascript; charset=utf-8',
      ]);
      // It is a script, and it never writes markup.
      expect(() => new Function(answer.body as string)).not.toThrow();
      expect(answer.body).not.toMatch(/innerHTML|document\.write|eval/);
    },
  );

  it('is fetched twice by a scanner with GET and HEAD, and the links stay good', async () => {
    const [ada, next] = [freshAddress(), freshAddress()];
    const { id } = await places.users.addVerified(ada);
    const browser = await browserOf(places, ada);
    await places.app.client().post('/auth/password/forgot', { json: { identifier: ada } });
    const change = { email: next, current_password: PASSWORD };
    await browser.post('/auth/email/change', { json: change, headers: OWN_PAGE });
    await places.mailer.settled();
    const links = places.mailer.mails.filter(({ link }) => link !== null);
    expect(links.length).toBe(3);
    for (const { link } of links) {
      const { pathname, search } = new URL(link!);
      expect(search).toBe('');
      for (const method of ['HEAD', 'GET', 'HEAD', 'GET']) {
        const answer = await fetch(`${places.app.url}${pathname}`, { method, redirect: 'manual' });
        expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []]);
      }
    }
    expect(places.users.byId.get(id)!.identifier).toBe(ada);
    expect((await browser.get('/auth/me', { headers: OWN_PAGE })).status).toBe(200);
    const json = { ...inLink(await places.mailer.last(ada, 'reset-password')), password: NEXT_PASSWORD };
    expect((await places.app.client().post('/auth/password/reset', { json })).status).toBe(204);
  });
});
