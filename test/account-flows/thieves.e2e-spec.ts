// What a thief or a stranger tries, and what the owner of the mailbox can still do afterwards.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { HttpClient } from '../support/http-client.js';
import { PASSWORD } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { inLink } from '../support/test-mailer.js';
import {
  browserOf,
  freshAddress,
  loginStatus,
  NEXT_PASSWORD,
  OWN_PAGE,
  type Places,
  startFlows,
} from './places.js';

const THIEFS = 'the password of a thief here';

describe.each(ADAPTERS)('a thief who holds a session and the password (%s)', (adapter) => {
  let places: Places;
  let [owner, thiefs, last] = ['', '', ''];
  let id: string;
  let thief: HttpClient;
  // Room for the thief to move twice, and little enough to be used up.
  beforeAll(async () => {
    places = await startFlows({ adapter, options: { attempts: { mails: { subject: 10 } } } });
  });
  beforeEach(async () => {
    [owner, thiefs, last] = [freshAddress(), freshAddress(), freshAddress()];
    ({ id } = await places.users.addVerified(owner));
    thief = await browserOf(places, owner);
  });
  afterAll(() => places.close());

  const post = (path: string, json: object) => places.app.client().post(`/auth/${path}`, { json });
  const asThief = async (path: string, json: object) => {
    const { status } = await thief.post(`/auth/${path}`, { json, headers: OWN_PAGE });
    await places.mailer.settled();
    return status;
  };
  const moves = async (to: string, current_password: string) => {
    expect(await asThief('email/change', { email: to, current_password })).toBe(202);
    const json = inLink(await places.mailer.last(to, 'confirm-email'));
    expect(await asThief('email/confirm', json)).toBe(200);
  };
  const asksInALoop = async (identifier: string, times = 15) => {
    for (let i = 0; i < times; i++) expect((await post('password/forgot', { identifier })).status).toBe(202);
    await places.mailer.settled();
  };
  /** The owner has the account, and the thief has nothing. */
  const isTheOwners = async () => {
    expect(places.users.byId.get(id)!.identifier).toBe(owner);
    expect((await thief.get('/auth/me', { headers: OWN_PAGE })).status).toBe(401);
    const json = { ...inLink(await places.mailer.last(owner, 'reset-password')), password: NEXT_PASSWORD };
    expect((await post('password/reset', json)).status).toBe(204);
    expect(await loginStatus(places, owner, NEXT_PASSWORD)).toBe(200);
    for (const password of [PASSWORD, THIEFS])
      for (const address of [owner, thiefs, last])
        expect(await loginStatus(places, address, password)).toBe(401);
  };

  it('moves the address twice, changes the password, ends all, asks for resets in a loop: the owner undoes it', async () => {
    const browser = await browserOf(places, owner);
    await moves(thiefs, PASSWORD);
    expect((await browser.get('/auth/me', { headers: OWN_PAGE })).status).toBe(401);
    expect(await asThief('password', { current_password: PASSWORD, password: THIEFS })).toBe(200);
    expect(await asThief('logout-all', { except_current: true })).toBe(204);
    await asksInALoop(thiefs, 4);
    await moves(last, THIEFS);
    await asksInALoop(last);
    const undo = inLink(await places.mailer.last(owner, 'email-changed'));
    expect((await post('email/undo', undo)).body).toEqual({ restored: true });
    // What went to the mailboxes of the thief is worth nothing now.
    const held = places.mailer.mails.filter(({ to, link }) => link && [thiefs, last].includes(to));
    expect(held.length).toBeGreaterThan(6);
    const paths = {
      resetPassword: 'password/reset',
      undo: 'email/undo',
      notMe: 'not-me',
      confirm: 'email/confirm',
    };
    for (const { kind, link } of held) {
      const path = {
        'reset-password': paths.resetPassword,
        'email-changed': paths.undo,
        'email-change-asked': paths.undo,
        'password-changed': paths.notMe,
        'confirm-email': paths.confirm,
      }[kind as 'confirm-email'];
      const json = { ...inLink({ link }), ...(path === 'password/reset' && { password: THIEFS }) };
      expect([kind, (await post(path, json)).status]).toEqual([kind, 400]);
    }
    await isTheOwners();
  });

  it('is refused by the first link as well, before and after all of that', async () => {
    expect(await asThief('email/change', { email: thiefs, current_password: PASSWORD })).toBe(202);
    const refuse = inLink(await places.mailer.last(owner, 'email-change-asked'));
    await asThief('email/confirm', inLink(await places.mailer.last(thiefs, 'confirm-email')));
    await asThief('password', { current_password: PASSWORD, password: THIEFS });
    expect((await post('email/undo', refuse)).status).toBe(200);
    await isTheOwners();
  });

  it('cannot undo the undo: it ends every link that was mailed later', async () => {
    await moves(thiefs, PASSWORD);
    await moves(last, PASSWORD);
    const theirs = inLink(await places.mailer.last(thiefs, 'email-changed'));
    const undo = inLink(await places.mailer.last(owner, 'email-changed'));
    // The thief goes back to an address of the thief's: the owner's link is older, and stays.
    expect((await post('email/undo', theirs)).status).toBe(200);
    expect((await post('email/undo', undo)).body).toEqual({ restored: true });
    expect((await post('email/undo', theirs)).status).toBe(400);
    await isTheOwners();
  });

  it('changes the password alone: the owner says that it was not the owner', async () => {
    expect(await asThief('password', { current_password: PASSWORD, password: THIEFS })).toBe(200);
    const notMe = inLink(await places.mailer.last(owner, 'password-changed'));
    await asThief('password', { current_password: THIEFS, password: `${THIEFS} again` });
    await asksInALoop(owner);
    expect((await post('not-me', notMe)).body).toEqual({ restored: true });
    expect((await post('not-me', notMe)).body.code).toBe('AUTH_ACTION_TOKEN_INVALID');
    await isTheOwners();
  });

  it('asks for a change that the owner refuses by "this was not me"', async () => {
    expect(await asThief('password', { current_password: PASSWORD, password: THIEFS })).toBe(200);
    const notMe = inLink(await places.mailer.last(owner, 'password-changed'));
    await asThief('email/change', { email: thiefs, current_password: THIEFS });
    const confirm = inLink(await places.mailer.last(thiefs, 'confirm-email'));
    expect((await post('not-me', notMe)).body).toEqual({ restored: true });
    expect((await post('email/confirm', confirm)).status).toBe(400);
    await isTheOwners();
  });
});

describe.each(ADAPTERS)('a stranger who asks for mails without end (%s)', (adapter) => {
  let places: Places;
  beforeAll(async () => void (places = await startFlows({ adapter, options: { attempts: {} } })));
  afterAll(() => places.close());

  it('kills no link of the owner, and fills no mailbox', async () => {
    const ada = freshAddress();
    await places.users.addVerified(ada);
    const forgot = (n: number) =>
      places.app
        .client()
        .post('/auth/password/forgot', { json: { identifier: ada }, headers: { 'user-agent': `${n}` } });
    await forgot(0);
    const token = inLink(await places.mailer.last(ada, 'reset-password'))['token'];
    for (let i = 1; i <= 20; i++) expect((await forgot(i)).status).toBe(202);
    await places.mailer.settled();
    expect(places.mailer.mails.length).toBeLessThanOrEqual(5);
    const json = { token, password: NEXT_PASSWORD };
    expect((await places.app.client().post('/auth/password/reset', { json })).status).toBe(204);
    expect(await loginStatus(places, ada, NEXT_PASSWORD)).toBe(200);
  });

  it('cannot guess the password with a stolen session', async () => {
    const ada = freshAddress();
    await places.users.addVerified(ada);
    const browser = await browserOf(places, ada);
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) {
      const json = { current_password: `guess ${i}`, password: NEXT_PASSWORD };
      const { status, headers } = await browser.post('/auth/password', { json, headers: OWN_PAGE });
      statuses.push(status);
      if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    // Each call tries two passwords: the present one, and the next one, which an earlier call may have set.
    expect(statuses).toEqual([...Array<number>(5).fill(401), ...Array<number>(7).fill(429)]);
    const json = { email: freshAddress(), current_password: PASSWORD };
    expect((await browser.post('/auth/email/change', { json, headers: OWN_PAGE })).status).toBe(429);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(200);
  });
});
