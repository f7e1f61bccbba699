// Where a sign-in ends that began elsewhere: at an OAuth provider of another site, or in an application, by a handover.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Redirect, Req, Res, type Type } from '@nestjs/common';
import { AuthenticationService, Public, requesterOf, SignInResponse } from 'nestjs-aerie';
import { handover } from 'nestjs-aerie/handover';
import { linked } from '../handover/places.js';
import { documentedModule } from '../support/documented-module.js';
import { application, GoogleStrategy, provider } from '../support/oauth-provider.js';
import { ADAPTERS } from '../support/test-app.js';
import { Browser, complaintsOf, cookieNames, historyOf } from './browser.js';
import { APP_HOST, FOREIGN_HOST, type OwnApp, signInBy, startOwnApp, whoIs } from './own-app.js';
import { Site } from './site.js';

jest.setTimeout(90_000);

let browser: Browser;
beforeAll(async () => void (browser = await Browser.start()));
afterAll(() => browser.close());

/** What the example of the guide does not do. */
@Public()
@Controller()
class RedirectingController {
  constructor(
    private readonly authentication: AuthenticationService,
    private readonly answer: SignInResponse,
  ) {}

  @Get('redirected/callback')
  @Redirect('/account')
  async callback(
    @Req() request: { headers: Record<string, string> },
    @Res({ passthrough: true }) response: unknown,
  ) {
    this.answer.of(await this.authentication.signIn('user-1', { requester: requesterOf(request) }), response);
  }
}

describe.each(ADAPTERS)('an OAuth landing, in Chromium (%s)', (adapter) => {
  let app: OwnApp;
  beforeAll(async () => {
    await provider.start();
    const { OAuthController } = await documentedModule('docs/nest.md', 'oauth');
    const { letPassportRedirect } = await documentedModule('docs/nest.md', 'oauth-on-fastify');
    app = await startOwnApp(
      adapter,
      {},
      {
        ...(adapter === 'fastify' && { configure: letPassportRedirect as () => void }),
        controllers: [OAuthController as Type, RedirectingController],
        providers: [GoogleStrategy],
      },
    );
    application.url = app.at('', APP_HOST);
    await app.users.add('google-user', undefined, { id: 'user-1' });
  });
  afterAll(async () => {
    await app.close();
    await provider.stop();
  });

  afterEach(() => browser.closePeople());

  it.each(['/consent', '/known'])('ends signed in, after the provider’s page %s', async (path) => {
    application.path = path;
    const page = await browser.page();
    const complaints = complaintsOf(page);
    await page.goto(app.at('/'));
    await page.evaluate(`location.href = '/oauth'`);
    if (path === '/consent') await page.getByText('Allow').click();
    await page.getByText('account of user-1').waitFor();
    expect(page.url()).toBe(app.at('/account'));
    const kept = (await page.context().cookies()).find(({ name }) => name === '__Host-session');
    expect(kept).toMatchObject({ sameSite: 'Strict', httpOnly: true, secure: true });
    expect(
      (await historyOf(page)).filter((url) => url.startsWith(app.at('/')) && /code=|state=/.test(url)),
    ).toEqual([]);
    // These pages have no icon.
    expect(complaints.filter((one) => !one.includes('404'))).toEqual([]);
  });

  it('with a redirect in place of the page, lands signed out, and is signed in at the next click', async () => {
    const elsewhere = await Site.start();
    const page = await browser.page();
    await page.goto(
      elsewhere.page('localhost', '/consent', `<a href="${app.at('/redirected/callback')}">Allow</a>`),
    );
    await page.locator('a').click();
    await page.waitForURL(app.at('/account'));
    expect(await page.content()).toContain('AUTH_CREDENTIALS_MISSING');
    expect(await cookieNames(page.context())).toContain('__Host-session');
    await page.goto(app.at('/'));
    await page.locator('#account').click();
    await page.getByText('account of user-1').waitFor();
    elsewhere.close();
  });
});

describe.each(ADAPTERS)('a handover, in Chromium (%s)', (adapter) => {
  let app: OwnApp;
  beforeEach(async () => {
    app = await startOwnApp(adapter, { features: [handover({ target: '/account' })] });
  });
  // The browser's connections first: a server that closes waits for them.
  afterEach(async () => {
    await browser.closePeople();
    await app.close();
  });

  it('opens a session after a click, and leaves the token nowhere', async () => {
    const { path } = await linked(app);
    const page = await browser.page();
    const complaints = complaintsOf(page);
    await page.goto(app.at(path));
    expect(page.url()).toBe(app.at('/auth/handover/open'));
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({
      name: '__Host-handover',
      path: '/',
      secure: true,
      httpOnly: true,
      sameSite: 'Lax',
    });
    expect(cookie!.expires - Date.now() / 1_000).toBeLessThanOrEqual(61);
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.locator('button').click();
    await page.getByText('account of ada').waitFor();
    expect(await cookieNames(page.context())).toEqual(['__Host-session']);
    expect((await historyOf(page)).join(' ')).not.toContain('ho1_');
    // These pages have no icon.
    expect(complaints.filter((one) => !one.includes('404'))).toEqual([]);
    await page.goto(app.at(path));
    expect(await page.content()).toContain('not valid any more');
    expect(await cookieNames(page.context())).not.toContain('__Host-handover');
  });

  it('works when a page of another site leads to it, and asks before it signs another user out', async () => {
    const elsewhere = await Site.start();
    const { path } = await linked(app);
    const page = await browser.page();
    await page.goto(app.at('/'));
    await signInBy(page, 'session', 'eve');
    await page.goto(elsewhere.page(FOREIGN_HOST, '/chat', `<a href="${app.at(path)}">Open</a>`));
    await page.locator('a').click();
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.getByRole('button', { name: 'Sign out the other account' }).waitFor();
    await page.getByRole('button', { name: 'Sign out the other account' }).click();
    await page.getByText('account of ada').waitFor();
    expect(await whoIs(page)).toBe('ada');
    expect(await app.authentication.listSignIns('eve')).toEqual([]);
    elsewhere.close();
  });

  it('is opened by no other site: not in a frame, by no form', async () => {
    const elsewhere = await Site.start();
    const { path } = await linked(app);
    const page = await browser.page();
    await page.goto(app.at(path));
    const framing = elsewhere.page(
      FOREIGN_HOST,
      '/frame',
      `<iframe src="${app.at('/auth/handover/open')}"></iframe>`,
    );
    const complaints = complaintsOf(page);
    await page.goto(framing);
    expect(complaints.join(' ')).toMatch(/frame-ancestors|X-Frame-Options/);
    const sending = elsewhere.page(
      FOREIGN_HOST,
      '/form',
      `<form method="post" action="${app.at('/auth/handover/open')}"><button>Win</button></form>`,
    );
    await page.goto(sending);
    await page.locator('button').click();
    await page.waitForURL(app.at('/auth/handover/open'));
    expect(await cookieNames(page.context())).not.toContain('__Host-session');
    elsewhere.close();
  });
});
