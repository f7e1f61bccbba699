// A refused password is answered with the other ways to sign in, and these are open.
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AccountFlowSwitches } from 'nestjs-aerie/account-flows';
import { freshAddress, OWN_PAGE, type Places, startFlows } from '../account-flows/places.js';
import { PASSWORD } from '../support/sign-ins.js';
import { ADAPTERS, type Adapter } from '../support/test-app.js';
import { inLink } from '../support/test-mailer.js';

const IP = '203.0.113.7';

describe.each(ADAPTERS)('a password that is refused with 429, on %s', (adapter: Adapter) => {
  let places: Places;
  let ada: string;
  afterEach(() => places.close());

  async function start(flows: AccountFlowSwitches): Promise<void> {
    // The budgets of the defaults.
    const options = { attempts: { acceptAnyForwardedAddress: true } };
    places = await startFlows({ adapter, trustProxy: true, options }, flows);
    ada = freshAddress();
    await places.users.addVerified(ada);
  }
  const headers = { 'x-forwarded-for': IP, ...OWN_PAGE };
  const login = (identifier: string, password: string, client = places.app.client()) =>
    client.post('/auth/login', { json: { identifier, password }, headers });
  /** The answer once the budget is used up. */
  async function refusal(identifier: string) {
    for (let i = 0; i < 10; i++) expect((await login(identifier, 'wrong')).status).toBe(401);
    const { status, body } = await login(identifier, PASSWORD);
    expect(status).toBe(429);
    return body;
  }

  it.each([
    { flows: { magicLink: true, codes: true }, ways: ['link', 'code'] },
    { flows: { magicLink: true }, ways: ['link'] },
    { flows: { codes: true }, ways: ['code'] },
  ])('names the ways of $flows', async ({ flows, ways }) => {
    await start(flows);
    const answer = await refusal(ada);
    expect(answer).toEqual({
      statusCode: 429,
      code: 'AUTH_RATE_LIMITED',
      message: 'Too many tries: wait, then try again.',
      waysOpen: ways,
    });
    // A name that no user has is refused alike.
    expect(await refusal('nobody@mail.example')).toEqual(answer);
  });

  it('names none when no other way is on: a new password signs nobody in', async () => {
    await start({ reset: true });
    expect(Object.keys(await refusal(ada)).sort()).toEqual(['code', 'message', 'statusCode']);
  });

  it('leaves a link and a code open on the same browser', async () => {
    await start({ magicLink: true, codes: true });
    await refusal(ada);
    const client = places.app.client();
    expect((await login(ada, PASSWORD, client)).status).toBe(429);
    const send = (path: string, json: object) => client.post(path, { json, headers });
    await send('/auth/magic/send', { identifier: ada });
    const { token } = inLink(await places.mailer.last(ada, 'magic-link'));
    expect((await send('/auth/magic', { token })).status).toBe(200);
    await send('/auth/code/send', { identifier: ada });
    const { code } = await places.mailer.last(ada, 'code');
    expect((await send('/auth/code', { code })).status).toBe(200);
    expect((await login(ada, PASSWORD)).status).toBe(429);
  });
});
