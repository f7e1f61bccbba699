/** The OAuth example of docs/nest.md, followed by a browser to its end. A server on another site stands for the provider. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, HttpCode, Redirect, Req, Res, type Type, UseGuards } from '@nestjs/common';
import {
  AuthenticationService,
  CurrentUser,
  requesterOf,
  SessionAuthGuard,
  SignInResponse,
} from 'nestjs-aerie';
import { Browser } from '../support/browser.js';
import { documentedModule } from '../support/documented-module.js';
import { application, GoogleStrategy, provider } from '../support/oauth-provider.js';
import { SESSION_COOKIE } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

@Controller()
class PagesController {
  constructor(
    private readonly authentication: AuthenticationService,
    private readonly answer: SignInResponse,
  ) {}

  @UseGuards(SessionAuthGuard)
  @Get('account')
  account(@CurrentUser('id') id: string) {
    return `account of ${id}`;
  }

  /** What the example does not do. */
  @Get('redirected/callback')
  @HttpCode(302)
  @Redirect('/account')
  async redirected(
    @Req() request: { headers: Record<string, string> },
    @Res({ passthrough: true }) response: unknown,
  ) {
    const result = await this.authentication.signIn('user-1', { requester: requesterOf(request) });
    this.answer.of(result, response);
  }
}

describe.each(ADAPTERS)('the OAuth example of docs/nest.md, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    await provider.start();
    const { OAuthController } = await documentedModule('docs/nest.md', 'oauth');
    const { letPassportRedirect } = await documentedModule('docs/nest.md', 'oauth-on-fastify');
    app = await startTestApp({
      adapter,
      ...(adapter === 'fastify' && { configure: letPassportRedirect as () => void }),
      controllers: [OAuthController as Type, PagesController],
      providers: [GoogleStrategy],
      options: { globalGuard: false },
    });
    application.url = app.url;
    await app.users.add('ada');
  });
  afterAll(async () => {
    await app.close();
    await provider.stop();
  });

  const signedIn = (url: string) => ({ status: 200, text: 'account of user-1', url: `${url}/account` });

  it('ends in a signed-in browser, after a consent', async () => {
    application.path = '/consent';
    const browser = new Browser();
    const consent = await browser.open(`${app.url}/oauth`);
    expect(consent.url.startsWith(provider.url)).toBe(true);
    const back = /href="([^"]*)"/.exec(consent.text)![1]!;
    expect(await browser.open(back, consent.url)).toMatchObject(signedIn(app.url));
    expect(browser.steps.slice(-2)).toMatchObject([
      { site: 'cross-site', cookies: [] },
      { site: 'same-origin', cookies: [SESSION_COOKIE, '__Host-device'] },
    ]);
    // And stays so: typed into the address bar, and from a page of its own.
    expect(await browser.open(`${app.url}/account`)).toMatchObject(signedIn(app.url));
  });

  it('ends in a signed-in browser where the provider knows the person and asks nothing', async () => {
    application.path = '/known';
    const browser = new Browser();
    expect(await browser.open(`${app.url}/oauth`, `${app.url}/`)).toMatchObject(signedIn(app.url));
    expect(browser.steps.map(({ site }) => site)).toEqual([
      'same-origin',
      'cross-site',
      'cross-site',
      'same-origin',
    ]);
    expect((await app.authentication.listSignIns('user-1')).length).toBeGreaterThan(0);
  });

  it('refuses an answer that no request asked the provider for', async () => {
    const browser = new Browser();
    const page = await browser.open(`${app.url}/oauth/callback?code=ada&state=x`, 'https://evil.example/');
    expect(page.status).toBe(401);
    expect(await browser.jar.getCookies(`${app.url}/account`)).toEqual([]);
  });

  it('would land signed out with an HTTP redirect in place of the page', async () => {
    const browser = new Browser();
    const page = await browser.open(`${app.url}/redirected/callback`, `${provider.url}/consent`);
    expect(page).toMatchObject({ status: 401, url: `${app.url}/account` });
    expect(browser.steps.at(-1)).toMatchObject({ site: 'cross-site', cookies: [] });
  });
});
