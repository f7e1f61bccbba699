// Sign-in by a link in a mail: the browser that asked gets the session, and no other one.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { HttpClient } from '../support/http-client.js';
import { signIn } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { inLink } from '../support/test-mailer.js';
import { MINUTE } from '../support/time-passes.js';
import { freshAddress, loginStatus, OWN_PAGE, type Places, startFlows, told } from './places.js';
import { timePassesForLinks } from './time.js';

const INVALID = {
  statusCode: 400,
  code: 'AUTH_ACTION_TOKEN_INVALID',
  message: 'This link or code is not valid: ask for a new one.',
};

describe.each(ADAPTERS)('a link that signs in (%s)', (adapter) => {
  let places: Places;
  let ada: string;
  let id: string;
  beforeAll(async () => void (places = await startFlows({ adapter }, { magicLink: true })));
  beforeEach(async () => {
    ada = freshAddress();
    ({ id } = await places.users.addVerified(ada));
    places.app.events.length = 0;
  });
  afterAll(() => places.close());

  const browser = () => places.app.client();
  const ask = (client: HttpClient, identifier = ada, json: object = {}) =>
    client.post('/auth/magic/send', { json: { identifier, ...json }, headers: OWN_PAGE });
  const mailed = async () => inLink(await places.mailer.last(ada, 'magic-link'))['token']!;
  const asked = async (client: HttpClient) => {
    expect((await ask(client)).status).toBe(202);
    return mailed();
  };
  const open = (client: HttpClient, token: string, json: object = {}) =>
    client.post('/auth/magic/open', { json: { token, ...json }, headers: OWN_PAGE });
  const redeem = (client: HttpClient, token: string, json: object = {}) =>
    client.post('/auth/magic', { json: { token, ...json }, headers: OWN_PAGE });
  const type = (client: HttpClient, code: string, json: object = {}) =>
    client.post('/auth/code', { json: { code, ...json }, headers: OWN_PAGE });
  const who = async (client: HttpClient) => (await client.get('/auth/me')).body.user?.id as string;

  it('is mailed, and signs in where it was asked for, once', async () => {
    const client = browser();
    const answer = await ask(client);
    expect([answer.status, answer.body, answer.headers.get('cache-control')]).toEqual([
      202,
      { expires_in: 600 },
      'no-store',
    ]);
    const [cookie] = answer.setCookies;
    expect(cookie).toMatch(
      /^__Host-asker=ak1_[\w-]{43}; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Strict; Secure$/,
    );
    const mail = await places.mailer.last(ada, 'magic-link');
    expect(mail).toMatchObject({ to: ada, code: null });
    expect(mail.link).toMatch(/^https:\/\/api\.example\.com\/auth\/magic#token=a1_[\w-]{64}$/);
    const token = inLink(mail)['token']!;
    expect((await open(client, token)).body).toEqual({
      asked_here: true,
      code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      expires_at: expect.any(String),
    });
    const { status, body } = await redeem(client, token);
    expect([status, body.user.id]).toEqual([200, id]);
    expect(await who(client)).toBe(id);
    const again = await redeem(client, token);
    expect([again.status, again.body]).toEqual([400, INVALID]);
    expect((await open(client, token)).body).toEqual(INVALID);
    expect(told(places)).toEqual(['asked', 'token_refused token', 'token_refused token']);
  });

  it('says how the person was authenticated', async () => {
    const client = browser();
    const { access_token: token } = (await redeem(client, await asked(client), { mode: 'tokens' })).body;
    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
    expect([claims.sub, claims.amr]).toEqual([id, ['email']]);
  });

  it('shows a code elsewhere, which signs in where the link was asked for', async () => {
    const [here, elsewhere] = [browser(), browser()];
    const token = await asked(here);
    const { status, body } = await open(elsewhere, token);
    expect([status, body.asked_here]).toEqual([200, false]);
    for (const client of [elsewhere, browser()]) {
      expect((await redeem(client, token)).body).toEqual(INVALID);
      expect((await type(client, body.code)).body).toEqual(INVALID);
    }
    expect(await who(elsewhere)).toBeUndefined();
    const typed = await type(here, ` ${body.code.toLowerCase().replace('-', ' ')}`);
    expect([typed.status, await who(here)]).toEqual([200, id]);
    expect((await type(here, body.code)).body).toEqual(INVALID);
    expect((await redeem(here, token)).body).toEqual(INVALID);
  });

  it('signs in nobody with a browser that asked for another link of the same account', async () => {
    const [owner, other] = [browser(), browser()];
    const token = await asked(owner);
    await asked(other);
    expect((await redeem(other, token)).body).toEqual(INVALID);
    expect((await open(other, token)).body.asked_here).toBe(false);
    expect((await redeem(owner, token)).status).toBe(200);
  });

  it('answers an application without cookies with a handle, which goes back in the body', async () => {
    const application = browser();
    const { body, setCookies } = await ask(application, ada, { handle: true });
    expect([body.expires_in, setCookies]).toEqual([600, []]);
    const handle = body.handle as string;
    expect(handle).toMatch(/^ah1_[\w-]{43}$/);
    const token = await mailed();
    const elsewhere = (await open(browser(), token)).body;
    expect(elsewhere.asked_here).toBe(false);
    expect((await open(application, token, { handle })).body.asked_here).toBe(true);
    const cookie = await ask(browser());
    const asCookie = /__Host-asker=([^;]+)/.exec(cookie.setCookies[0]!)![1]!;
    for (const wrong of [{}, { handle: `ah1_${'A'.repeat(43)}` }, { handle: asCookie }, { handle: 'x' }])
      expect((await type(application, elsewhere.code, { ...wrong, mode: 'tokens' })).body).toEqual(INVALID);
    const signedIn = await type(application, elsewhere.code, { handle, mode: 'tokens' });
    expect(signedIn.body.refresh_token).toMatch(/^rt1_/);
  });

  it('keeps the asker of a browser', async () => {
    const client = browser();
    const [first, second] = [await ask(client), await ask(client)];
    expect(second.setCookies).toEqual(first.setCookies);
  });

  it('answers alike for users and unknown names, and mails the user alone', async () => {
    const known = await ask(browser());
    await places.mailer.settled();
    const before = places.mailer.mails.length;
    const disabled = freshAddress();
    await places.users.addVerified(disabled, undefined, { disabled: true });
    for (const identifier of [freshAddress(), disabled, "' or 1=1 --"]) {
      const { status, body, headers } = await ask(browser(), identifier);
      expect([status, body]).toEqual([known.status, known.body]);
      expect([...headers.keys()].sort()).toEqual([...known.headers.keys()].sort());
    }
    await places.mailer.settled();
    expect(places.mailer.mails.length).toBe(before);
  });

  it('is refused alike, whatever is wrong with it', async () => {
    const client = browser();
    const token = await asked(client);
    const forged = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    await places.app.client().post('/auth/password/forgot', { json: { identifier: ada } });
    const reset = inLink(await places.mailer.last(ada, 'reset-password'))['token']!;
    for (const wrong of [forged, reset, 'a1_', `rt1_${'A'.repeat(63)}`, token.toUpperCase()]) {
      expect((await redeem(client, wrong)).body).toEqual(INVALID);
      expect((await open(client, wrong)).body).toEqual(INVALID);
    }
    const asReset = { token, password: 'a lighthouse keeps eleven bees' };
    expect((await client.post('/auth/password/reset', { json: asReset })).body).toEqual(INVALID);
    await timePassesForLinks(places, 16 * MINUTE);
    expect((await open(client, token)).body).toEqual(INVALID);
    expect((await redeem(client, token)).body).toEqual(INVALID);
    expect(await loginStatus(places, ada, 'correct horse battery')).toBe(200);
  });

  it('refuses a malformed body, and a page of another site', async () => {
    const client = browser();
    const token = await asked(client);
    for (const json of [{}, { token: 5 }, { token: [token] }, { token: null }, { token, more: 1 }, [token]]) {
      const { status, body } = await client.post('/auth/magic', { json, headers: OWN_PAGE });
      expect([status, body.code]).toEqual([400, 'AUTH_REQUEST_INVALID']);
    }
    const json = { token };
    const crossed = await client.post('/auth/magic', { json, headers: { 'sec-fetch-site': 'cross-site' } });
    expect([crossed.status, crossed.body.code]).toEqual([403, 'AUTH_CSRF_REJECTED']);
    const sent = await client.post('/auth/magic/send', {
      json: { identifier: ada },
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(sent.status).toBe(403);
    expect((await redeem(client, token)).status).toBe(200);
  });

  it('ends with the other links when one is used, never when another is asked for', async () => {
    const [client, stranger] = [browser(), browser()];
    const links = [await asked(client), await asked(client)];
    const strange = await asked(stranger);
    for (const token of [...links, strange]) expect((await open(client, token)).status).toBe(200);
    expect((await redeem(client, links[0]!)).status).toBe(200);
    expect((await redeem(client, links[1]!)).body).toEqual(INVALID);
    expect((await redeem(stranger, strange)).body).toEqual(INVALID);
  });

  it('is mailed three times to one browser, and then no more until one was used', async () => {
    const client = browser();
    for (let i = 0; i < 5; i++) expect((await ask(client)).status).toBe(202);
    await places.mailer.settled();
    expect(places.mailer.mails.filter(({ to }) => to === ada).length).toBe(3);
    expect(told(places).filter((one) => one === 'mail_limited').length).toBe(2);
    expect((await redeem(client, await mailed())).status).toBe(200);
  });

  it('ends with a change of the credentials, and not with a logout everywhere', async () => {
    const client = browser();
    const token = await asked(client);
    await places.app.authentication.endAllSignIns(id);
    await places.app.authentication.rolesChanged(id);
    expect((await open(client, token)).status).toBe(200);
    await places.app.authentication.credentialsChanged(id);
    expect((await open(client, token)).body).toEqual(INVALID);
    expect((await redeem(client, token)).body).toEqual(INVALID);
  });

  it('is for the address that it was sent to', async () => {
    const client = browser();
    const token = await asked(client);
    // As an application does that changes addresses itself, and tells us nothing.
    places.users.byId.get(id)!.identifier = freshAddress();
    expect((await redeem(client, token)).body).toEqual(INVALID);
  });

  it('passes every gate of a sign-in, and stays good where the subject may not sign in', async () => {
    const client = browser();
    const token = await asked(client);
    const user = places.users.byId.get(id)!;
    user.disabled = true;
    expect((await redeem(client, token)).body).toEqual(INVALID);
    user.disabled = false;
    expect((await redeem(client, token)).status).toBe(200);
  });

  it('opens nothing that a logout everywhere would have ended, had it come a moment later', async () => {
    const client = browser();
    const token = await asked(client);
    const ask = places.users.emailOf.bind(places.users);
    // Between the reading of the subject's epochs and the sign-in.
    places.users.emailOf = async (subject) => {
      await places.app.authentication.endAllSignIns(subject);
      return ask(subject);
    };
    try {
      expect((await redeem(client, token)).body).toEqual(INVALID);
    } finally {
      places.users.emailOf = ask;
    }
    expect(await places.app.authentication.listSignIns(id)).toEqual([]);
  });

  it('is refused with a word of its own where a limit of sign-ins is reached', async () => {
    const options = { maxSignInsPerSubject: 1, onSignInLimit: 'refuse' } as const;
    const limited = await startFlows({ adapter, options }, { magicLink: true });
    const user = await limited.users.addVerified(freshAddress());
    await limited.app.authentication.signIn(user.id);
    const client = limited.app.client();
    const json = { identifier: user.identifier };
    await client.post('/auth/magic/send', { json, headers: OWN_PAGE });
    const { token } = inLink(await limited.mailer.last(user.identifier, 'magic-link'));
    const { status, body } = await redeem(client, token!);
    expect([status, body.code]).toEqual([409, 'AUTH_SIGN_IN_LIMIT']);
    await limited.close();
  });

  it('replaces the sign-in whose cookie the browser had', async () => {
    const { client, id: former } = await signIn(places.app, 'session', ada);
    await redeem(client, await asked(client));
    const live = (await places.app.authentication.listSignIns(id)).map((one) => one.id);
    expect(live.length).toBe(1);
    expect(live).not.toContain(former);
  });
});
