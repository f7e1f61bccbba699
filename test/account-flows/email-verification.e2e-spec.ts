// The proof of an address, and what it does to an account that another person may have made with it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EmailVerification } from 'nestjs-aerie/account-flows';
import { PASSWORD, signIn } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { inLink } from '../support/test-mailer.js';
import { DAY } from '../support/time-passes.js';
import { browserOf, done, freshAddress, loginStatus, OWN_PAGE, type Places, startFlows } from './places.js';
import { timePassesForLinks } from './time.js';

const VERIFY = '/auth/email/verify';

describe.each(ADAPTERS)('the proof of an address (%s)', (adapter) => {
  let places: Places;
  let ada: string;
  let id: string;
  beforeAll(async () => void (places = await startFlows({ adapter })));
  beforeEach(async () => {
    ada = freshAddress();
    ({ id } = await places.users.add(ada));
    places.app.events.length = 0;
  });
  afterAll(() => places.close());

  const registered = async (address = ada) => {
    places.app.app.get(EmailVerification).ask((await places.users.findSubject(address))!);
    return inLink(await places.mailer.last(address, 'verify-email'))['token']!;
  };
  const stranger = () => places.app.client();

  it('is asked for by a signed-in user, and needs nothing but the link in the same browser', async () => {
    const [browser, other] = [await browserOf(places, ada), await browserOf(places, ada)];
    const { status, body } = await browser.post(`${VERIFY}/send`, { headers: OWN_PAGE });
    expect([status, body]).toEqual([202, undefined]);
    const mail = await places.mailer.last(ada, 'verify-email');
    expect(mail.link).toMatch(/^https:\/\/api\.example\.com\/auth\/email\/verify#token=a1_[\w-]+$/);
    const answer = await browser.post(VERIFY, { json: inLink(mail), headers: OWN_PAGE });
    expect([answer.status, answer.body, answer.setCookies]).toEqual([200, { credentials_voided: false }, []]);
    expect(places.users.verified.has(id)).toBe(true);
    for (const one of [browser, other])
      expect((await one.get('/auth/me', { headers: OWN_PAGE })).status).toBe(200);
    expect(done(places)).toEqual(['email_verified']);
  });

  it('is asked for with an access token as well', async () => {
    const { body } = await signIn(places.app, 'tokens', ada);
    expect((await stranger().post(`${VERIFY}/send`, { bearer: body.access_token })).status).toBe(202);
    const json = inLink(await places.mailer.last(ada, 'verify-email'));
    expect((await stranger().post(VERIFY, { json, bearer: body.access_token })).body).toEqual({
      credentials_voided: false,
    });
  });

  it('elsewhere takes the account from a person who gave the address first', async () => {
    const thief = await browserOf(places, ada);
    const token = await registered();
    const { status, body } = await stranger().post(VERIFY, { json: { token } });
    expect([status, body]).toEqual([200, { credentials_voided: true }]);
    expect((await thief.get('/auth/me', { headers: OWN_PAGE })).status).toBe(401);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(401);
    expect(places.users.verified.has(id)).toBe(true);
    expect(done(places)).toEqual(['credentials_voided first_proof', 'email_verified']);
    // And the owner of the mailbox chooses a password.
    const json = { ...inLink(await places.mailer.last(ada, 'reset-password')), password: PASSWORD };
    expect((await stranger().post('/auth/password/reset', { json })).status).toBe(204);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(200);
  });

  it('elsewhere leaves all as it is for a reader who knows the password', async () => {
    const browser = await browserOf(places, ada);
    const token = await registered();
    const wrong = await stranger().post(VERIFY, { json: { token, current_password: 'not this one' } });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'AUTH_CREDENTIALS_INVALID']);
    const json = { token, current_password: PASSWORD };
    expect((await stranger().post(VERIFY, { json })).body).toEqual({ credentials_voided: false });
    expect((await browser.get('/auth/me', { headers: OWN_PAGE })).status).toBe(200);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(200);
  });

  it('is not the proof of a sign-in without a password: what came before is removed, and this sign-in goes on', async () => {
    const { mode, ...tokens } = await places.app.authentication.signIn(id, {
      mode: 'tokens',
      methods: ['sso'],
    });
    const bearer = (tokens as { accessToken: string }).accessToken;
    const thief = await browserOf(places, ada);
    const { status, body } = await stranger().post(VERIFY, { json: { token: await registered() }, bearer });
    expect([mode, status, body.credentials_voided]).toEqual(['tokens', 200, true]);
    expect((await stranger().get('/auth/me', { bearer: body.access_token })).status).toBe(200);
    expect((await thief.get('/auth/me', { headers: OWN_PAGE })).status).toBe(401);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(401);
  });

  it('takes nothing from a browser that is signed in as another user', async () => {
    const bob = freshAddress();
    await places.users.add(bob);
    const browser = await browserOf(places, bob);
    const json = { token: await registered() };
    const { body, setCookies } = await browser.post(VERIFY, { json, headers: OWN_PAGE });
    expect([body, setCookies]).toEqual([{ credentials_voided: true }, []]);
    expect((await browser.get('/auth/me', { headers: OWN_PAGE })).status).toBe(200);
  });

  it('ends nothing the second time', async () => {
    const token = await registered();
    const second = await registered();
    await stranger().post(VERIFY, { json: { token, current_password: PASSWORD } });
    expect((await stranger().post(VERIFY, { json: { token: second } })).status).toBe(400);
    places.mailer.mails.length = 0;
    // Verified already: no mail.
    const browser = await browserOf(places, ada);
    expect((await browser.post(`${VERIFY}/send`, { headers: OWN_PAGE })).status).toBe(202);
    await places.mailer.settled();
    expect(places.mailer.kinds).toEqual([]);
  });

  it('is of the address that the link was sent to alone', async () => {
    const token = await registered();
    places.users.byId.get(id)!.identifier = freshAddress();
    expect((await stranger().post(VERIFY, { json: { token } })).body.code).toBe('AUTH_ACTION_TOKEN_INVALID');
    expect(places.users.verified.has(id)).toBe(false);
  });

  it('expires, and is no link for anything else', async () => {
    const token = await registered();
    for (const path of ['/auth/password/reset', '/auth/email/confirm', '/auth/email/undo', '/auth/not-me']) {
      const json = { token, ...(path.includes('reset') && { password: 'a password of many words' }) };
      const { status, body } = await stranger().post(path, {
        json: { ...json, ...(!path.includes('/password/') && { email: ada }) },
      });
      expect([path, status, body.code]).toEqual([path, 400, 'AUTH_ACTION_TOKEN_INVALID']);
    }
    await timePassesForLinks(places, DAY + 1);
    expect((await stranger().post(VERIFY, { json: { token } })).status).toBe(400);
  });

  it('is not for strangers to ask for, nor for pages of other origins', async () => {
    expect((await stranger().post(`${VERIFY}/send`)).status).toBe(401);
    const browser = await browserOf(places, ada);
    const headers = { origin: 'https://evil.example' };
    expect((await browser.post(`${VERIFY}/send`, { headers })).status).toBe(403);
    const more = await browser.post(`${VERIFY}/send`, { json: { to: ada }, headers: OWN_PAGE });
    expect(more.body.code).toBe('AUTH_REQUEST_INVALID');
  });

  it('of a disabled user is refused', async () => {
    const token = await registered();
    places.users.byId.get(id)!.disabled = true;
    expect((await stranger().post(VERIFY, { json: { token } })).status).toBe(400);
    expect(places.users.verified.has(id)).toBe(false);
  });
});
