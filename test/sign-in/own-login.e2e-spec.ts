import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, HttpCode, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import {
  AuthenticationService,
  CurrentUser,
  HttpSignIn,
  LocalAuthGuard,
  type Principal,
  requesterOf,
  SameOriginGuard,
  SessionAuthGuard,
  SignInResponse,
  type SignInMode,
} from 'nestjs-aerie';
import { Browser } from '../support/browser.js';
import { PASSWORD, SESSION_COOKIE } from '../support/sign-ins.js';
import { StatementLog } from '../support/statement-log.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

type Request = { headers: Record<string, string> };
type Form = { identifier?: unknown; password?: unknown };

@Controller('own')
class OwnController {
  constructor(
    private readonly signIns: HttpSignIn,
    private readonly authentication: AuthenticationService,
    private readonly answer: SignInResponse,
  ) {}

  @Post('password')
  @HttpCode(200)
  password(
    @Body() form: Form | undefined,
    @Query('next') redirect: string | undefined,
    @Query('mode') mode: SignInMode | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: unknown,
  ) {
    const options = { ...(redirect !== undefined && { redirect }), ...(mode !== undefined && { mode }) };
    return this.signIns.signInWithPassword(form?.identifier, form?.password, { request, response }, options);
  }

  @UseGuards(LocalAuthGuard)
  @Post('local')
  @HttpCode(200)
  local(
    @CurrentUser() user: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: unknown,
  ) {
    return this.signIns.signIn(user, { request, response }, { mode: 'session', redirect: '/own/home' });
  }

  /** The stock guard with our strategy. */
  @UseGuards(AuthGuard('aerie-local'))
  @Post('stock')
  @HttpCode(200)
  async stock(
    @CurrentUser() user: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: unknown,
  ) {
    return this.signIns.signIn(user, { request, response }, { mode: 'session' });
  }

  @UseGuards(SameOriginGuard)
  @Post('guarded')
  @HttpCode(200)
  guarded(@Req() request: Request, @Res({ passthrough: true }) response: unknown) {
    return this.signIns.signIn('user-1', { request, response });
  }

  @Post('by-service')
  @HttpCode(200)
  async byService(
    @Body() form: { identifier: string; password: string } | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: unknown,
  ) {
    const { identifier, password } = form ?? ({} as { identifier: string; password: string });
    const requester = requesterOf(request);
    const result = await this.authentication.signInWithPassword(identifier, password, { requester });
    return this.answer.of(result, response);
  }

  @UseGuards(SessionAuthGuard)
  @Get('home')
  home(@CurrentUser('id') id: string) {
    return `home of ${id}`;
  }
}

describe.each(ADAPTERS)('a login route of a host, on %s', (adapter) => {
  const log = new StatementLog();
  let app: TestApp;
  let at: string;
  beforeAll(async () => {
    app = await startTestApp({ adapter, controllers: [OwnController], connection: log.connection() });
    at = `${app.url}/own`;
    await app.users.add('ada');
    await app.users.add('bob', undefined, { id: 'bob' });
  });
  afterAll(() => app.close());
  beforeEach(() => app.authentication.endAllSignIns('user-1'));

  const ADA = { identifier: 'ada', password: PASSWORD };
  const form = (fields: Record<string, string>) => ({
    raw: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  const FOREIGN: Record<string, string>[] = [
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'same-site' },
  ];

  describe.each(['password', 'local', 'stock', 'guarded'])('%s', (route) => {
    it('is refused from pages of other origins, whatever the mode and the type of the body', async () => {
      const bodies = [
        { json: ADA },
        { json: { ...ADA, mode: 'tokens' } },
        form(ADA),
        form({ ...ADA, mode: 'tokens' }),
      ];
      for (const foreign of FOREIGN)
        for (const body of bodies) {
          app.users.calls.length = 0;
          const headers = { ...('headers' in body && body.headers), ...foreign };
          const answer = await app.client().post(`/own/${route}`, { ...body, headers });
          const { status, code } = { status: answer.status, code: answer.body.code };
          expect([status, code]).toEqual([403, 'AUTH_CSRF_REJECTED']);
          expect(answer.setCookies).toEqual([]);
          expect(app.users.calls).toEqual([]);
        }
      expect(await app.authentication.listSignIns('user-1')).toEqual([]);
    });

    it('takes JSON, and a form of this very site', async () => {
      for (const body of [{ json: ADA }, form(ADA)]) {
        const headers = {
          ...('headers' in body && body.headers),
          origin: 'null',
          'sec-fetch-site': 'same-origin',
        };
        const { status, setCookies } = await app.client().post(`/own/${route}`, { ...body, headers });
        expect(status).toBe(200);
        expect(setCookies).toEqual([
          expect.stringContaining(SESSION_COOKIE),
          expect.stringMatching(/^__Host-device=/),
        ]);
      }
    });

    it("ends the browser's former sign-in, another person's too", async () => {
      const client = app.client();
      await client.post('/auth/login', { json: { identifier: 'bob', password: PASSWORD } });
      const former = await client.cookie(SESSION_COOKIE);
      expect((await client.post(`/own/${route}`, { json: ADA })).status).toBe(200);
      const cookie = `${SESSION_COOKIE}=${former}`;
      expect((await app.client().get('/auth/me', { headers: { cookie } })).status).toBe(401);
      expect((await client.get('/auth/me')).body.user.id).toBe('user-1');
      expect(await app.authentication.listSignIns('user-1')).toHaveLength(1);
    });
  });

  describe.each(['password', 'local', 'by-service'])('%s, without a field', (route) => {
    it.each<[string, Record<string, string>]>([
      ['identifier', { password: PASSWORD }],
      ['password', { identifier: 'ada' }],
      ['identifier', {}],
      ['identifier', { identifier: '', password: PASSWORD }],
      ['identifier', { identifier: 'a'.repeat(321), password: PASSWORD }],
      ['password', { identifier: 'ada', password: 'x'.repeat(1_025) }],
    ])('is malformed: %s', async (field, fields) => {
      for (const body of [{ json: fields }, form(fields)]) {
        app.users.calls.length = 0;
        let answer;
        const sent = await log.count(async () => {
          answer = await app.client().post(`/own/${route}`, body);
        });
        expect(answer).toMatchObject({
          status: 400,
          body: { code: 'AUTH_REQUEST_INVALID', message: expect.stringContaining(`"${field}"`) },
          setCookies: [],
        });
        expect([app.users.calls, sent]).toEqual([[], 0]);
      }
    });

    it('or with one twice, is malformed', async () => {
      for (const raw of [
        `identifier=ada&identifier=bob&password=${PASSWORD}`,
        `identifier=ada&password=x&password=${PASSWORD}`,
        `identifier[x]=ada&password=${PASSWORD}`,
      ]) {
        const answer = await app.client().post(`/own/${route}`, { ...form({}), raw });
        expect([answer.status, answer.body.code]).toEqual([400, 'AUTH_REQUEST_INVALID']);
      }
    });
  });

  describe('in a browser', () => {
    const HOME = { status: 200, text: 'home of user-1' };

    it('by a form of its own page lands signed in', async () => {
      for (const route of ['local', 'password?next=/own/home']) {
        const browser = new Browser();
        const page = await browser.submit(`${at}/${route}`, ADA, `${at}/form`);
        expect(page).toMatchObject({ ...HOME, url: `${at}/home` });
        expect(browser.steps.map(({ method, site }) => `${method} ${site}`)).toEqual([
          'POST same-origin',
          'GET same-origin',
        ]);
      }
    });

    it("by a form of another site's page does not", async () => {
      const browser = new Browser();
      const page = await browser.submit(`${at}/local`, ADA, 'https://evil.example/');
      expect([page.status, browser.steps.length]).toEqual([403, 1]);
      expect(await browser.jar.getCookies(`${at}/home`)).toEqual([]);
    });
  });

  describe('that redirects', () => {
    const post = (next: string, more = '') =>
      app.client().post(`/own/password?next=${encodeURIComponent(next)}${more}`, { json: ADA });

    it('answers with a page that runs nothing, is not kept and sends no referrer', async () => {
      const { body, headers, setCookies } = await post(`/own/home?a=1&b="><script>alert(1)</script>'`);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'",
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      expect(headers.get('location')).toBeNull();
      expect(setCookies).toHaveLength(2);
      expect(body).not.toMatch(/<script|javascript:/i);
      expect(body).toContain('content="0;url=/own/home?a=1&amp;b=&quot;&gt;&lt;script&gt;');
    });

    it.each([
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/%2fevil.example',
      '/%252f%252fevil.example',
      '/%5cevil.example',
      '/\t/evil.example',
      '/\r\nSet-Cookie: x=1',
      '/%0d%0aSet-Cookie:x=1',
      'javascript:alert(1)',
      '',
    ])('to %j is malformed, and opens nothing', async (next) => {
      app.users.calls.length = 0;
      const { status, body, setCookies } = await post(next);
      expect([status, body.code, setCookies]).toEqual([400, 'AUTH_REQUEST_INVALID', []]);
      expect(app.users.calls).toEqual([]);
      expect(await app.authentication.listSignIns('user-1')).toEqual([]);
    });

    it('does not put tokens into a page', async () => {
      const { status, setCookies } = await post('/own/home', '&mode=tokens');
      expect([status, setCookies]).toEqual([500, []]);
      expect(await app.authentication.listSignIns('user-1')).toEqual([]);
      const hybrid = await post('/own/home', '&mode=hybrid');
      expect([hybrid.status, hybrid.body]).toEqual([200, expect.not.stringContaining('access_token')]);
    });
  });
});
