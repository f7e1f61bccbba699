// A forgotten password: the link in the mail, and what it does to the account.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PASSWORD, signIn } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { inLink } from '../support/test-mailer.js';
import { HOUR } from '../support/time-passes.js';
import { timePassesForLinks } from './time.js';
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

describe.each(ADAPTERS)('a forgotten password (%s)', (adapter) => {
  let places: Places;
  let ada: string;
  let id: string;
  beforeAll(async () => void (places = await startFlows({ adapter })));
  beforeEach(async () => {
    ada = freshAddress();
    ({ id } = await places.users.addVerified(ada));
    places.app.events.length = 0;
  });
  afterAll(() => places.close());

  const forgot = async (identifier: string) =>
    places.app.client().post('/auth/password/forgot', { json: { identifier } });
  const linkFor = async (address: string) => {
    expect((await forgot(address)).status).toBe(202);
    return inLink(await places.mailer.last(address, 'reset-password'))['token']!;
  };
  const reset = (token: unknown, password: unknown = NEXT_PASSWORD) =>
    places.app.client().post('/auth/password/reset', { json: { token, password } });

  it('is answered at once, then a mail comes with a link that sets a new one', async () => {
    const answer = await places.app.client().post('/auth/password/forgot', {
      json: { identifier: ada },
      headers: { 'user-agent': 'A browser' },
    });
    expect([answer.status, answer.body, answer.headers.get('cache-control')]).toEqual([
      202,
      undefined,
      'no-store',
    ]);
    const mail = await places.mailer.last(ada, 'reset-password');
    expect(mail).toMatchObject({ to: ada, code: null, locale: null });
    expect(mail.asked).toMatchObject({ userAgent: 'A browser', at: expect.any(Date) });
    expect(mail.expiresAt!.getTime() - Date.now()).toBeGreaterThan(0.9 * HOUR);
    expect(mail.link).toMatch(/^https:\/\/api\.example\.com\/auth\/password\/reset#token=a1_[\w-]+$/);
    const { status, body, setCookies } = await reset(inLink(mail)['token']);
    expect([status, body, setCookies]).toEqual([
      204,
      undefined,
      [expect.stringMatching(/^__Host-device=d1_/)],
    ]);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(401);
    expect(await loginStatus(places, ada, NEXT_PASSWORD)).toBe(200);
  });

  it('ends every sign-in, and tells the owner with a link for an owner who did not do it', async () => {
    const browser = await browserOf(places, ada);
    const { body } = await signIn(places.app, 'tokens', ada);
    const token = await linkFor(ada);
    expect((await reset(token)).status).toBe(204);
    expect((await browser.get('/auth/me', { headers: OWN_PAGE })).status).toBe(401);
    expect((await places.app.client().get('/auth/me', { bearer: body.access_token })).status).toBe(401);
    const notice = await places.mailer.last(ada, 'password-changed');
    expect(notice.link).toMatch(/\/auth\/not-me#token=a1_/);
    expect(done(places)).toEqual(['password_reset']);
    expect(JSON.stringify(places.app.events)).not.toMatch(/a1_|@mail/);
  });

  it('is good once, and the first one that is used ends the others', async () => {
    const [first, second] = [await linkFor(ada), await linkFor(ada)];
    expect((await reset(first)).status).toBe(204);
    for (const token of [first, second]) {
      const { status, body } = await reset(token);
      expect([status, body.code]).toEqual([400, 'AUTH_ACTION_TOKEN_INVALID']);
    }
    expect(await loginStatus(places, ada, NEXT_PASSWORD)).toBe(200);
  });

  it('ends with the password that it was asked for', async () => {
    const token = await linkFor(ada);
    const browser = await browserOf(places, ada);
    const json = { current_password: PASSWORD, password: NEXT_PASSWORD };
    expect((await browser.post('/auth/password', { json, headers: OWN_PAGE })).status).toBe(200);
    expect((await reset(token, 'another one of eleven words')).status).toBe(400);
    expect(await loginStatus(places, ada, NEXT_PASSWORD)).toBe(200);
  });

  it('expires', async () => {
    const token = await linkFor(ada);
    await timePassesForLinks(places, HOUR + 1);
    expect((await reset(token)).body.code).toBe('AUTH_ACTION_TOKEN_INVALID');
  });

  it('looks the same for an address that no account has, for a disabled one, and for one without an address', async () => {
    const off = freshAddress();
    await places.users.addVerified(off, undefined, { disabled: true });
    const before = places.mailer.mails.length;
    const known = await forgot(ada);
    for (const address of [freshAddress(), off, 'nobody', 'x'.repeat(320)]) {
      const { status, body, headers } = await forgot(address);
      expect([status, body]).toEqual([known.status, known.body]);
      expect([...headers.keys()].sort()).toEqual([...known.headers.keys()].sort());
    }
    await places.mailer.settled();
    expect(places.mailer.mails.slice(before).map(({ to }) => to)).toEqual([ada]);
  });

  it('goes to the stored address, however the identifier was typed', async () => {
    const { users } = places;
    const find = users.findSubject.bind(users);
    users.findSubject = (identifier) => find(identifier.normalize('NFKC').toLowerCase());
    try {
      expect((await forgot(ada.toUpperCase())).status).toBe(202);
      await places.mailer.settled();
      expect(places.mailer.mails.at(-1)!.to).toBe(ada);
    } finally {
      users.findSubject = find;
    }
  });

  it('is the first proof of a mailbox, too: what was linked before is removed', async () => {
    const planted = freshAddress();
    await places.users.add(planted, PASSWORD);
    const thief = await browserOf(places, planted);
    const token = await linkFor(planted);
    expect((await reset(token)).status).toBe(204);
    expect(done(places)).toEqual(['credentials_voided first_proof', 'email_verified', 'password_reset']);
    expect((await thief.get('/auth/me', { headers: OWN_PAGE })).status).toBe(401);
    expect(await loginStatus(places, planted, PASSWORD)).toBe(401);
    expect(await loginStatus(places, planted, NEXT_PASSWORD)).toBe(200);
  });

  it('gives an account without a password its first one', async () => {
    places.users.byId.get(id)!.hash = '';
    expect((await reset(await linkFor(ada))).status).toBe(204);
    expect(await loginStatus(places, ada, NEXT_PASSWORD)).toBe(200);
  });

  it('leaves the browser a known device, on which strangers cannot keep its user out', async () => {
    const limited = await startFlows({ adapter, options: { attempts: { unknownDevices: 2 } } });
    await limited.users.addVerified(ada);
    const [browser, other] = [limited.app.client(), limited.app.client()];
    await browser.post('/auth/password/forgot', { json: { identifier: ada } });
    const { token } = inLink(await limited.mailer.last(ada, 'reset-password'));
    const json = { token, password: NEXT_PASSWORD };
    expect((await browser.post('/auth/password/reset', { json })).status).toBe(204);
    for (const _try of [1, 2, 3]) expect(await loginStatus(limited, ada, 'wrong')).toBe(401);
    const again = { json: { identifier: ada, password: NEXT_PASSWORD }, headers: OWN_PAGE };
    expect((await other.post('/auth/login', again)).status).toBe(429);
    expect((await browser.post('/auth/login', again)).status).toBe(200);
    await limited.close();
  });

  it('wins over a password that is stored at the same time', async () => {
    const token = await linkFor(ada);
    const { users } = places;
    const set = users.setPasswordHash.bind(users);
    const user = users.byId.get(id)!;
    let races = 2;
    users.setPasswordHash = async (...given) => {
      if (races-- > 0) user.hash = await users['hasher'].hash(`a thief's own password ${races}`);
      return set(...given);
    };
    try {
      expect((await reset(token)).status).toBe(204);
    } finally {
      users.setPasswordHash = set;
    }
    expect(await loginStatus(places, ada, NEXT_PASSWORD)).toBe(200);
  });

  it('keeps the link when the directory is away, and when the password was refused', async () => {
    const token = await linkFor(ada);
    places.users.failure = new Error('the users are away');
    expect((await reset(token)).status).toBe(503);
    places.users.failure = undefined;
    for (const password of ['', null, 7, 'x'.repeat(5_000), '\ud800'])
      expect((await reset(token, password)).status).toBe(400);
    expect((await reset(token)).status).toBe(204);
  });

  it('judges the new password before the link is spent', async () => {
    const token = await linkFor(ada);
    for (const [password, reason] of [
      ['too short', 'too_short'],
      ['x'.repeat(500), 'too_long'],
      ['passwordpassword', 'common'],
      [ada, 'expected'],
    ]) {
      const { status, body } = await reset(token, password);
      expect([status, body.code, body.reason]).toEqual([400, 'AUTH_PASSWORD_REJECTED', reason]);
    }
    expect(await loginStatus(places, ada, PASSWORD)).toBe(200);
    expect((await reset(token)).status).toBe(204);
  });

  it('is refused alike for whatever is no link', async () => {
    const verify = freshAddress();
    await places.users.add(verify);
    const browser = await browserOf(places, verify);
    await browser.post('/auth/email/verify/send', { headers: OWN_PAGE });
    const foreign = inLink(await places.mailer.last(verify, 'verify-email'))['token']!;
    const good = await linkFor(ada);
    const other = good.endsWith('A') ? 'B' : 'A';
    for (const token of [
      foreign,
      `${good.slice(0, -1)}${other}`,
      good.slice(3),
      `${good}A`,
      'a1_',
      'x',
      good.toUpperCase(),
    ]) {
      const { status, body } = await reset(token);
      expect([status, body]).toEqual([
        400,
        { statusCode: 400, code: 'AUTH_ACTION_TOKEN_INVALID', message: expect.any(String) },
      ]);
    }
    expect((await reset(good)).status).toBe(204);
  });

  it.each([
    [{}],
    [{ identifier: '' }],
    [{ identifier: 7 }],
    [{ identifier: ['ada'] }],
    [{ identifier: 'x'.repeat(321) }],
    [{ identifier: 'a\0b' }],
    [{ identifier: 'ada', more: 1 }],
  ])('is refused for a malformed question: %j', async (json) => {
    const { status, body } = await places.app.client().post('/auth/password/forgot', { json });
    expect([status, body.code]).toEqual([400, 'AUTH_REQUEST_INVALID']);
  });
});
