// A user moves to another address: who is told, who may undo it, and for how long.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PASSWORD, signIn } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { inLink } from '../support/test-mailer.js';
import { clockedStores } from '../support/clocked-stores.js';
import { DAY, MINUTE } from '../support/time-passes.js';
import {
  browserOf,
  done,
  freshAddress,
  loginStatus,
  NEXT_PASSWORD,
  OWN_PAGE,
  type Places,
  startFlows,
} from './places.js';
import { timePassesForLinks } from './time.js';

describe.each(ADAPTERS)('a change of address (%s)', (adapter) => {
  let places: Places;
  let [old, next] = ['', ''];
  let id: string;
  beforeAll(async () => void (places = await startFlows({ adapter })));
  beforeEach(async () => {
    [old, next] = [freshAddress(), freshAddress()];
    ({ id } = await places.users.addVerified(old));
    places.app.events.length = 0;
    places.mailer.mails.length = 0;
  });
  afterAll(() => places.close());

  const ask = async (email = next, current_password = PASSWORD) => {
    const browser = await browserOf(places, old);
    const json = { email, current_password };
    const { status } = await browser.post('/auth/email/change', { json, headers: OWN_PAGE });
    await places.mailer.settled();
    return { browser, status };
  };
  const post = (path: string, json: object) => places.app.client().post(`/auth/email/${path}`, { json });
  const addressNow = () => places.users.byId.get(id)!.identifier;
  const moved = async () => {
    await ask();
    expect((await post('confirm', inLink(await places.mailer.last(next, 'confirm-email')))).status).toBe(200);
    return inLink(await places.mailer.last(old, 'email-changed'));
  };

  it('tells the old address first, then asks the next one', async () => {
    const { status } = await ask();
    expect(status).toBe(202);
    expect(places.mailer.kinds).toEqual([`email-change-asked ${old}`, `confirm-email ${next}`]);
    expect(addressNow()).toBe(old);
    const link = inLink(await places.mailer.last(next, 'confirm-email'));
    expect(link).toEqual({ token: expect.stringMatching(/^a1_/), email: next });
    const { status: confirmed, body } = await post('confirm', link);
    expect([confirmed, body]).toEqual([200, {}]);
    expect([addressNow(), places.users.verified.has(id)]).toEqual([next, true]);
    expect(done(places)).toEqual(['email_changed']);
    expect(inLink(await places.mailer.last(old, 'email-changed'))['email']).toBe(old);
    expect([await loginStatus(places, next, PASSWORD), await loginStatus(places, old, PASSWORD)]).toEqual([
      200, 401,
    ]);
  });

  it('keeps the sign-in of the browser that confirms it, and ends the others', async () => {
    const { browser } = await ask();
    const other = await browserOf(places, old);
    const json = inLink(await places.mailer.last(next, 'confirm-email'));
    const { status, body } = await browser.post('/auth/email/confirm', { json, headers: OWN_PAGE });
    expect([status, body.user.id]).toEqual([200, id]);
    expect((await browser.get('/auth/me', { headers: OWN_PAGE })).status).toBe(200);
    expect((await other.get('/auth/me', { headers: OWN_PAGE })).status).toBe(401);
  });

  it('is refused with a wrong password, however recent the sign-in is', async () => {
    const { body } = await signIn(places.app, 'tokens', old);
    const bearer = body.access_token;
    const json = { email: next, current_password: 'not this one' };
    const answer = await places.app.client().post('/auth/email/change', { json, bearer });
    expect([answer.status, answer.body.code]).toEqual([401, 'AUTH_CREDENTIALS_INVALID']);
    await places.mailer.settled();
    expect(places.mailer.kinds).toEqual([]);
  });

  it('to an address that an account has: the same answer and the same mail to the present one, and a mail to its owner', async () => {
    const bob = freshAddress();
    await places.users.addVerified(bob);
    expect((await ask(bob)).status).toBe(202);
    expect(places.mailer.kinds).toEqual([`email-change-asked ${old}`, `email-taken ${bob}`]);
    expect(places.mailer.mails[1]).toMatchObject({ link: null, code: null, expiresAt: null });
  });

  it('to the address that the account has does nothing', async () => {
    expect((await ask(old)).status).toBe(202);
    expect(places.mailer.kinds).toEqual([]);
  });

  it('that another account overtook is refused, and changes and ends nothing', async () => {
    const { browser } = await ask();
    const link = inLink(await places.mailer.last(next, 'confirm-email'));
    await places.users.addVerified(next);
    expect((await post('confirm', link)).body.code).toBe('AUTH_ACTION_TOKEN_INVALID');
    expect(addressNow()).toBe(old);
    expect((await browser.get('/auth/me', { headers: OWN_PAGE })).status).toBe(200);
    await timePassesForLinks(places, DAY);
    await places.app.authentication.sweep();
    expect((await browser.get('/auth/me', { headers: OWN_PAGE })).status).toBe(200);
  });

  it('is confirmed for the address that the link was sent to, and no other', async () => {
    await ask();
    const link = inLink(await places.mailer.last(next, 'confirm-email'));
    for (const email of [freshAddress(), old, next.toUpperCase()])
      expect((await post('confirm', { ...link, email })).status).toBe(400);
    expect((await post('confirm', link)).status).toBe(200);
  });

  it('is refused before it is confirmed: its link is dead then, and everything has ended', async () => {
    const { browser } = await ask();
    const [refuse, confirm] = [
      inLink(await places.mailer.last(old, 'email-change-asked')),
      inLink(await places.mailer.last(next, 'confirm-email')),
    ];
    expect((await post('undo', refuse)).body).toEqual({ restored: true });
    expect((await post('confirm', confirm)).status).toBe(400);
    expect(addressNow()).toBe(old);
    expect((await browser.get('/auth/me', { headers: OWN_PAGE })).status).toBe(401);
    expect(await loginStatus(places, old, PASSWORD)).toBe(401);
  });

  it('is undone for seven days', async () => {
    const undo = await moved();
    await timePassesForLinks(places, 7 * DAY - 60_000);
    const { status, body } = await post('undo', undo);
    expect([status, body]).toEqual([200, { restored: true }]);
    expect(addressNow()).toBe(old);
    expect(done(places).slice(1)).toEqual(['credentials_voided email-undo', 'email_undone restored']);
    const json = { ...inLink(await places.mailer.last(old, 'reset-password')), password: NEXT_PASSWORD };
    expect((await places.app.client().post('/auth/password/reset', { json })).status).toBe(204);
    expect(await loginStatus(places, old, NEXT_PASSWORD)).toBe(200);
    expect((await post('undo', undo)).status).toBe(400);
  });

  it('is not undone after that', async () => {
    const undo = await moved();
    await timePassesForLinks(places, 7 * DAY + 1);
    expect((await post('undo', undo)).body.code).toBe('AUTH_ACTION_TOKEN_INVALID');
    expect(addressNow()).toBe(next);
  });

  it('is not undone by the link of another address, and the undo restores no other address', async () => {
    const undo = await moved();
    expect((await post('undo', { ...undo, email: freshAddress() })).status).toBe(400);
    expect(addressNow()).toBe(next);
  });

  it('of an address that was never proved gives that address no link: it may be a stranger', async () => {
    places.users.verified.delete(id);
    await ask();
    expect(places.mailer.kinds).toEqual([`confirm-email ${next}`]);
    await post('confirm', inLink(await places.mailer.last(next, 'confirm-email')));
    expect(await places.mailer.last(old, 'email-changed')).toMatchObject({ link: null, expiresAt: null });
  });

  it('locks the account when another one has taken the address meanwhile, and says so', async () => {
    const undo = await moved();
    await places.users.add(old, 'a password of many words');
    const browser = await browserOf(places, next);
    expect((await post('undo', undo)).body).toEqual({ restored: false });
    expect((await browser.get('/auth/me', { headers: OWN_PAGE })).status).toBe(401);
    expect(done(places)).toContain('email_undone address_taken');
    expect(await loginStatus(places, next, PASSWORD)).toBe(401);
  });

  it.each([
    'ada',
    'ada@',
    '@mail.example',
    'ada@mail..example',
    'ada@.example',
    'ada@mail.example.',
    'ada bob@mail.example',
    'ada@mail.example, bob@mail.example',
    'ada@mail.example\nBcc: bob@mail.example',
    'Ada <ada@mail.example>',
    `${'x'.repeat(65)}@mail.example`,
    `ada@${'x'.repeat(250)}.example`,
    'ada@mail@example',
    '\u0000@mail.example',
    '\ud800@mail.example',
  ])('is refused for what is no address: %j', async (email) => {
    expect((await ask(email)).status).toBe(400);
  });

  it('is not for strangers and other origins', async () => {
    const json = { email: next, current_password: PASSWORD };
    expect((await places.app.client().post('/auth/email/change', { json })).status).toBe(401);
    const browser = await browserOf(places, old);
    const headers = { origin: 'https://evil.example' };
    expect((await browser.post('/auth/email/change', { json, headers })).status).toBe(403);
  });
});

describe.each(ADAPTERS)('a change of address without a password (%s)', (adapter) => {
  it('needs a sign-in of the last five minutes, or a step-up', async () => {
    const { stores, clock, override } = clockedStores();
    const places = await startFlows({ adapter, options: { stores }, connection: null, override });
    const [old, next] = [freshAddress(), freshAddress()];
    await places.users.addVerified(old);
    const browser = await browserOf(places, old);
    const change = () => browser.post('/auth/email/change', { json: { email: next }, headers: OWN_PAGE });
    expect((await change()).status).toBe(202);
    await places.mailer.settled();
    expect(places.mailer.kinds).toEqual([`email-change-asked ${old}`, `confirm-email ${next}`]);
    clock.pass(6 * MINUTE);
    const late = await change();
    expect([late.status, late.body.code]).toEqual([401, 'AUTH_RECENT_SIGN_IN_REQUIRED']);
    expect(late.headers.get('www-authenticate')).toMatch(/insufficient_user_authentication.*max_age="300"/);
    const json = { password: PASSWORD };
    expect((await browser.post('/auth/step-up', { json, headers: OWN_PAGE })).status).toBe(200);
    expect((await change()).status).toBe(202);
    await places.close();
  });
});
