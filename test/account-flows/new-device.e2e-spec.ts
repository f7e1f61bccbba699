// A mail about a sign-in on a device that its user never signed in with.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD, signIn } from '../support/sign-ins.js';
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

describe.each(ADAPTERS)('a new device (%s)', (adapter) => {
  let places: Places;
  beforeAll(async () => void (places = await startFlows({ adapter }, { newDevice: true })));
  afterAll(() => places.close());

  const mailsTo = async (address: string) => {
    await places.mailer.settled();
    return places.mailer.mails.filter(({ to, kind }) => to === address && kind === 'new-device');
  };

  it('is told to the user, once, with a link for a user who was not there', async () => {
    const ada = freshAddress();
    await places.users.addVerified(ada);
    const browser = await browserOf(places, ada);
    const [mail, ...more] = await mailsTo(ada);
    expect(more).toEqual([]);
    expect(places.app.events).toContainEqual(expect.objectContaining({ type: 'account-flows.new_device' }));
    const json = { identifier: ada, password: PASSWORD };
    expect((await browser.post('/auth/login', { json, headers: OWN_PAGE })).status).toBe(200);
    expect(await mailsTo(ada)).toHaveLength(1);
    await browserOf(places, ada);
    expect(await mailsTo(ada)).toHaveLength(2);
    expect((await places.app.client().post('/auth/not-me', { json: inLink(mail!) })).status).toBe(200);
    expect((await browser.get('/auth/me', { headers: OWN_PAGE })).status).toBe(401);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(401);
  });

  it('is not the browser that changed the password', async () => {
    const ada = freshAddress();
    await places.users.addVerified(ada);
    const browser = await browserOf(places, ada);
    const json = { current_password: PASSWORD, password: NEXT_PASSWORD };
    expect((await browser.post('/auth/password', { json, headers: OWN_PAGE })).status).toBe(200);
    const login = { identifier: ada, password: NEXT_PASSWORD };
    expect((await browser.post('/auth/login', { json: login, headers: OWN_PAGE })).status).toBe(200);
    expect(await mailsTo(ada)).toHaveLength(1);
  });

  it('is told of neither an application that keeps tokens, nor before the address was proved', async () => {
    const [ada, bob] = [freshAddress(), freshAddress()];
    await places.users.addVerified(ada);
    await signIn(places.app, 'tokens', ada);
    expect(await mailsTo(ada)).toEqual([]);
    await places.users.add(bob);
    await browserOf(places, bob);
    expect(await mailsTo(bob)).toEqual([]);
  });
});
