// Links that rescue an account, when the thief was faster, or the directory is away: the thief gets nothing by them.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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
import { timePassesForLinks } from './time.js';

describe.each(ADAPTERS)('a link that rescues an account (%s)', (adapter) => {
  let places: Places;
  let [owner, thiefs] = ['', ''];
  let id: string;
  beforeAll(async () => void (places = await startFlows({ adapter }, { magicLink: true })));
  beforeEach(async () => {
    [owner, thiefs] = [freshAddress(), freshAddress()];
    ({ id } = await places.users.addVerified(owner));
    places.mailer.mails.length = 0;
  });
  afterAll(() => places.close());

  const post = (path: string, json: object) => places.app.client().post(`/auth/${path}`, { json });
  const moves = async (password = PASSWORD) => {
    const thief = await browserOf(places, owner, password);
    const json = { email: thiefs, current_password: password };
    expect((await thief.post('/auth/email/change', { json, headers: OWN_PAGE })).status).toBe(202);
    const confirm = inLink(await places.mailer.last(thiefs, 'confirm-email'));
    expect((await post('email/confirm', confirm)).status).toBe(200);
    return inLink(await places.mailer.last(owner, 'email-changed'));
  };
  const sentTo = async (to: string) => {
    await places.mailer.settled();
    return places.mailer.mails.filter((mail) => mail.to === to).map(({ kind }) => kind);
  };
  const asksForLinks = async (identifier: string) => {
    for (const path of ['password/forgot', 'magic/send'])
      expect((await post(path, { identifier })).status).toBe(202);
  };
  /** The owner has the account, and chooses a new password. */
  const isTheOwners = async () => {
    expect(places.users.byId.get(id)!.identifier).toBe(owner);
    const json = { ...inLink(await places.mailer.last(owner, 'reset-password')), password: NEXT_PASSWORD };
    expect((await post('password/reset', json)).status).toBe(204);
    expect(await loginStatus(places, owner, NEXT_PASSWORD)).toBe(200);
    expect(await sentTo(thiefs)).toEqual(['confirm-email']);
  };

  it('brings the address back that "this was not me" was mailed to, wherever the account has moved since', async () => {
    const thief = await browserOf(places, owner);
    const json = { current_password: PASSWORD, password: 'the password of a thief' };
    await thief.post('/auth/password', { json, headers: OWN_PAGE });
    const notMe = inLink(await places.mailer.last(owner, 'password-changed'));
    await moves('the password of a thief');
    expect((await post('not-me', notMe)).body).toEqual({ restored: true });
    await isTheOwners();
  });

  it('locks an account whose former address was registered meanwhile, until it can be brought back', async () => {
    const undo = await moves();
    const squatter = await places.users.add(owner, 'a password of many words');
    expect((await post('email/undo', undo)).body).toEqual({ restored: false });
    await asksForLinks(thiefs);
    expect(await sentTo(thiefs)).toEqual(['confirm-email']);
    await timePassesForLinks(places, 61_000);
    await places.app.authentication.sweep();
    await asksForLinks(thiefs);
    expect(await sentTo(thiefs)).toEqual(['confirm-email']);
    // The support frees the address.
    places.users.byId.delete(squatter.id);
    expect((await post('email/undo', undo)).body).toEqual({ restored: true });
    await isTheOwners();
  });

  it.each(['voidCredentials', 'setEmail'] as const)(
    'stays good when the directory fails at %s',
    async (member) => {
      const undo = await moves();
      const away = () => Promise.reject(new Error('the directory is away'));
      const works = { [member]: places.users[member] };
      Object.assign(places.users, { [member]: away });
      expect((await post('email/undo', undo)).status).toBe(503);
      Object.assign(places.users, works);
      expect((await post('email/undo', undo)).body).toEqual({ restored: true });
      await isTheOwners();
    },
  );

  it('mails the thief nothing when the process ended in between, and stays good', async () => {
    const undo = await moves();
    const works = places.users.setEmail;
    places.users.setEmail = () => Promise.reject(new Error('the process ends here'));
    expect((await post('email/undo', undo)).status).toBe(503);
    places.users.setEmail = works;
    await timePassesForLinks(places, 61_000);
    await places.app.authentication.sweep();
    await asksForLinks(thiefs);
    expect(await sentTo(thiefs)).toEqual(['confirm-email']);
    expect((await post('email/undo', undo)).body).toEqual({ restored: true });
    expect((await post('email/undo', undo)).status).toBe(400);
    await isTheOwners();
  });
});
