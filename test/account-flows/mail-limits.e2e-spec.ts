// Who can fill the mailbox of another person, and who is kept from a mail by that.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PASSWORD } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { inLink } from '../support/test-mailer.js';
import { browserOf, freshAddress, NEXT_PASSWORD, OWN_PAGE, type Places, startFlows, told } from './places.js';

describe.each(ADAPTERS)('limits of mails (%s)', (adapter) => {
  let places: Places;
  let victim = '';
  beforeAll(
    async () => void (places = await startFlows({ adapter, options: { attempts: {} } }, { magicLink: true })),
  );
  beforeEach(() => {
    victim = freshAddress();
    places.mailer.mails.length = 0;
    places.app.events.length = 0;
  });
  afterAll(() => places.close());
  const sent = async () => {
    await places.mailer.settled();
    return places.mailer.mails.filter(({ to, kind }) => to === victim && kind !== 'new-device');
  };

  it('hold for notices: who registers with the address of another person cannot fill that mailbox', async () => {
    await places.users.add(victim);
    const browser = await browserOf(places, victim);
    const all = [PASSWORD, ...Array.from({ length: 13 }, (_, i) => `${NEXT_PASSWORD} ${i}`)];
    for (const [i, password] of all.slice(1).entries()) {
      const json = { current_password: all[i], password };
      expect((await browser.post('/auth/password', { json, headers: OWN_PAGE })).status).toBe(200);
    }
    const mails = await sent();
    expect(mails.map(({ kind }) => kind)).toEqual(Array<string>(10).fill('password-changed'));
    expect(told(places).filter((what) => what === 'mail_limited')).toHaveLength(3);
    // The address was never proved: its reader may be another person, and gets no link that ends the account.
    expect(new Set(mails.map(({ link }) => link))).toEqual(new Set([null]));
  });

  it('hold for the next address, however many accounts ask for it', async () => {
    for (let i = 0; i < 7; i++) {
      const own = freshAddress();
      await places.users.addVerified(own);
      const json = { email: victim, current_password: PASSWORD };
      const browser = await browserOf(places, own);
      expect((await browser.post('/auth/email/change', { json, headers: OWN_PAGE })).status).toBe(202);
      await places.mailer.settled();
    }
    expect(await sent()).toHaveLength(5);
  });

  it('that a stranger uses up leave those of the devices that the user signed in on', async () => {
    await places.users.addVerified(victim);
    const browser = await browserOf(places, victim);
    const json = { identifier: victim };
    for (let i = 0; i < 10; i++)
      expect((await places.app.client().post('/auth/magic/send', { json })).status).toBe(202);
    expect(await sent()).toHaveLength(5);
    expect((await browser.post('/auth/magic/send', { json, headers: OWN_PAGE })).status).toBe(202);
    expect(await sent()).toHaveLength(6);
    const { token } = inLink(await places.mailer.last(victim, 'magic-link'));
    const answer = await browser.post('/auth/magic', { json: { token }, headers: OWN_PAGE });
    expect(answer.status).toBe(200);
  });
});
