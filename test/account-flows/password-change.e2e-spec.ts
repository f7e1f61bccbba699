// A signed-in user changes the password.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailableError } from 'nestjs-aerie';
import { PASSWORD, REFRESH_COOKIE, refresh, SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { inLink } from '../support/test-mailer.js';
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

const PATH = '/auth/password';
const json = { current_password: PASSWORD, password: NEXT_PASSWORD };

describe.each(ADAPTERS)('a change of password (%s)', (adapter) => {
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

  it('keeps this session under a new secret, and ends every other sign-in', async () => {
    const [browser, other] = [await browserOf(places, ada), await browserOf(places, ada)];
    const before = await browser.cookie(SESSION_COOKIE);
    const { status, body } = await browser.post(PATH, { json, headers: OWN_PAGE });
    expect([status, body.user.id]).toEqual([200, id]);
    expect(await browser.cookie(SESSION_COOKIE)).not.toBe(before);
    expect((await browser.get('/auth/me', { headers: OWN_PAGE })).status).toBe(200);
    expect((await other.get('/auth/me', { headers: OWN_PAGE })).status).toBe(401);
    expect([await loginStatus(places, ada, PASSWORD), await loginStatus(places, ada, NEXT_PASSWORD)]).toEqual(
      [401, 200],
    );
    expect(done(places)).toEqual(['password_changed']);
    const notice = await places.mailer.last(ada, 'password-changed');
    expect(inLink(notice)['token']).toMatch(/^a1_/);
  });

  it('replaces the tokens of an application', async () => {
    const { body: held } = await signIn(places.app, 'tokens', ada);
    const { status, body } = await places.app.client().post(PATH, { json, bearer: held.access_token });
    expect([status, body.token_type]).toEqual([200, 'Bearer']);
    expect((await refresh(places.app, held.refresh_token)).status).toBe(401);
    expect((await refresh(places.app, body.refresh_token)).status).toBe(200);
  });

  it('replaces them in the cookie of a browser that holds its refresh token there', async () => {
    const { client, body: held } = await signIn(places.app, 'hybrid', ada);
    const { status, body } = await client.post(PATH, { json, bearer: held.access_token, headers: OWN_PAGE });
    expect([status, body.refresh_token]).toEqual([200, undefined]);
    expect(await client.cookie(REFRESH_COOKIE)).toMatch(/^rt1_/);
    expect((await client.post('/auth/refresh', { headers: OWN_PAGE })).status).toBe(200);
  });

  it('is refused with a wrong password, and changes nothing', async () => {
    const [browser, other] = [await browserOf(places, ada), await browserOf(places, ada)];
    const wrong = { ...json, current_password: 'not this one' };
    const { status, body } = await browser.post(PATH, { json: wrong, headers: OWN_PAGE });
    expect([status, body.code]).toEqual([401, 'AUTH_CREDENTIALS_INVALID']);
    for (const one of [browser, other])
      expect((await one.get('/auth/me', { headers: OWN_PAGE })).status).toBe(200);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(200);
    await places.mailer.settled();
    expect(places.mailer.kinds.filter((one) => one.endsWith(ada))).toEqual([]);
  });

  it('is refused for a password that the policy refuses, and ends nothing', async () => {
    const [browser, other] = [await browserOf(places, ada), await browserOf(places, ada)];
    for (const password of ['too short', ada, `${PASSWORD}`.slice(0, 10)]) {
      const { status, body } = await browser.post(PATH, { json: { ...json, password }, headers: OWN_PAGE });
      expect([status, body.code]).toEqual([400, 'AUTH_PASSWORD_REJECTED']);
    }
    for (const one of [browser, other])
      expect((await one.get('/auth/me', { headers: OWN_PAGE })).status).toBe(200);
  });

  it('can be repeated when its answer was lost', async () => {
    const browser = await browserOf(places, ada);
    const { authentication } = places.app;
    const changed = authentication.credentialsChanged.bind(authentication);
    authentication.credentialsChanged = () => Promise.reject(new StoreUnavailableError());
    expect((await browser.post(PATH, { json, headers: OWN_PAGE })).status).toBe(503);
    authentication.credentialsChanged = changed;
    const other = await browserOf(places, ada, NEXT_PASSWORD);
    expect((await browser.post(PATH, { json, headers: OWN_PAGE })).status).toBe(200);
    expect((await other.get('/auth/me', { headers: OWN_PAGE })).status).toBe(401);
    expect(await loginStatus(places, ada, NEXT_PASSWORD)).toBe(200);
  });

  it('loses against another change at the same time, or wins: never both', async () => {
    const [one, two] = [await browserOf(places, ada), await browserOf(places, ada)];
    const other = { ...json, password: 'another one of eleven words' };
    const answers = await Promise.all([
      one.post(PATH, { json, headers: OWN_PAGE }),
      two.post(PATH, { json: other, headers: OWN_PAGE }),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const winner = answers[0]!.status === 200 ? NEXT_PASSWORD : other.password;
    expect(await loginStatus(places, ada, winner)).toBe(200);
  });

  it('guesses no more passwords than the limit admits, in either field', async () => {
    const limited = await startFlows({ adapter, options: { attempts: { signedIn: 4 } } });
    await limited.users.addVerified(ada);
    const thief = await browserOf(limited, ada);
    const guess = (current_password: string, password: string) =>
      thief.post(PATH, { json: { current_password, password }, headers: OWN_PAGE });
    for (const i of [1, 2]) expect((await guess(`guess ${i}`, `${NEXT_PASSWORD} ${i}`)).status).toBe(401);
    expect((await guess('guess 3', PASSWORD)).status).toBe(429);
    await limited.close();
  });

  it('leaves the browser a known device, on which strangers cannot keep its user out', async () => {
    const limited = await startFlows({ adapter, options: { attempts: { accountAndAddress: 3 } } });
    await limited.users.addVerified(ada);
    const [browser, other] = [await browserOf(limited, ada), await browserOf(limited, ada)];
    expect((await browser.post(PATH, { json, headers: OWN_PAGE })).status).toBe(200);
    for (const client of [browser, other]) await client.post('/auth/logout', { headers: OWN_PAGE });
    for (const _try of [1, 2, 3]) expect(await loginStatus(limited, ada, 'wrong')).toBe(401);
    const again = { json: { identifier: ada, password: NEXT_PASSWORD }, headers: OWN_PAGE };
    expect((await other.post('/auth/login', again)).status).toBe(429);
    expect((await browser.post('/auth/login', again)).status).toBe(200);
    await limited.close();
  });

  it('is not for an account without a password, nor for strangers and other origins', async () => {
    const browser = await browserOf(places, ada);
    expect((await places.app.client().post(PATH, { json })).status).toBe(401);
    const headers = { origin: 'https://evil.example' };
    expect((await browser.post(PATH, { json, headers })).status).toBe(403);
    places.users.byId.get(id)!.hash = '';
    expect((await browser.post(PATH, { json, headers: OWN_PAGE })).status).toBe(401);
  });

  it.each([
    [{}],
    [{ password: NEXT_PASSWORD }],
    [{ current_password: PASSWORD }],
    [{ ...json, password: '' }],
    [{ ...json, password: 7 }],
    [{ ...json, password: '\ud800 and eleven bees' }],
    [{ ...json, current_password: 'x'.repeat(1_025) }],
    [{ ...json, keep: true }],
  ])('is refused for a malformed body: %j', async (malformed) => {
    const browser = await browserOf(places, ada);
    const { status, body } = await browser.post(PATH, { json: malformed, headers: OWN_PAGE });
    expect([status, body.code]).toEqual([400, 'AUTH_REQUEST_INVALID']);
  });
});
