// A sign-in by mail is the first proof of an address: what the account had before may be of a person who registered another's
// address.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { HttpClient } from '../support/http-client.js';
import { PASSWORD, signIn } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { inLink } from '../support/test-mailer.js';
import { freshAddress, loginStatus, OWN_PAGE, type Places, startFlows, told } from './places.js';
import { timePassesForLinks } from './time.js';

describe.each(ADAPTERS)('the first proof of an address, by a sign-in (%s)', (adapter) => {
  let places: Places;
  let ada: string;
  let id: string;
  beforeAll(async () => void (places = await startFlows({ adapter }, { magicLink: true, codes: true })));
  beforeEach(async () => {
    ada = freshAddress();
    ({ id } = await places.users.add(ada));
    places.app.events.length = 0;
  });
  afterAll(() => places.close());

  const asked = async (client: HttpClient, what: 'magic' | 'code') => {
    await client.post(`/auth/${what}/send`, { json: { identifier: ada }, headers: OWN_PAGE });
    return places.mailer.last(ada, what === 'magic' ? 'magic-link' : 'code');
  };
  const byLink = async (client: HttpClient) => {
    const { token } = inLink(await asked(client, 'magic'));
    return client.post('/auth/magic', { json: { token }, headers: OWN_PAGE });
  };
  const byCode = async (client: HttpClient) => {
    const { code } = await asked(client, 'code');
    return client.post('/auth/code', { json: { code }, headers: OWN_PAGE });
  };

  it.each([
    ['a link', byLink],
    ['a code', byCode],
  ])('by %s ends the sign-ins, and the password, that came before', async (_name, prove) => {
    const attacker = await signIn(places.app, 'session', ada);
    const owner = places.app.client();
    const { status, body } = await prove(owner);
    expect([status, body.user.id]).toEqual([200, id]);
    expect((await attacker.client.get('/auth/me')).status).toBe(401);
    expect((await owner.get('/auth/me')).status).toBe(200);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(401);
    expect((await places.users.emailOf(id))!.verified).toBe(true);
    expect(told(places)).toEqual(
      expect.arrayContaining(['asked', 'credentials_voided first_proof', 'email_verified']),
    );
    // The owner is told how to have a password again.
    expect((await places.mailer.last(ada, 'reset-password')).to).toBe(ada);
  });

  it('ends nothing when the address was proved before', async () => {
    places.users.verified.add(id);
    const elsewhere = await signIn(places.app, 'session', ada);
    expect((await byLink(places.app.client())).status).toBe(200);
    expect((await elsewhere.client.get('/auth/me')).status).toBe(200);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(200);
  });

  it('is finished by the sweeper when the request was cut off', async () => {
    const attacker = await signIn(places.app, 'session', ada);
    const owner = places.app.client();
    const { token } = inLink(await asked(owner, 'magic'));
    places.users.voidCredentials = async () => {
      throw new Error('away');
    };
    try {
      const { status } = await owner.post('/auth/magic', { json: { token }, headers: OWN_PAGE });
      expect(status).toBe(503);
    } finally {
      delete (places.users as { voidCredentials?: unknown }).voidCredentials;
    }
    expect((await attacker.client.get('/auth/me')).status).toBe(200);
    await places.app.authentication.sweep();
    expect((await attacker.client.get('/auth/me')).status).toBe(200);
    await timePassesForLinks(places, 61_000);
    await places.app.authentication.sweep();
    expect((await attacker.client.get('/auth/me')).status).toBe(401);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(401);
  });
});
