// Sign-in by a code in a mail: it is good for the client that asked, and tries at it are counted by that client.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { manyAttempts } from 'nestjs-aerie/testing';
import type { HttpClient } from '../support/http-client.js';
import { ADAPTERS } from '../support/test-app.js';
import { MINUTE } from '../support/time-passes.js';
import { freshAddress, OWN_PAGE, type Places, startFlows, told } from './places.js';
import { timePassesForLinks } from './time.js';

const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

describe.each(ADAPTERS)('a code that signs in (%s)', (adapter) => {
  let places: Places;
  let ada: string;
  let id: string;
  beforeAll(async () => {
    const attempts = { ...manyAttempts, codes: 5 };
    places = await startFlows({ adapter, options: { attempts } }, { codes: true });
  });
  beforeEach(async () => {
    ada = freshAddress();
    ({ id } = await places.users.addVerified(ada));
    places.app.events.length = 0;
  });
  afterAll(() => places.close());

  const browser = () => places.app.client();
  const ask = (client: HttpClient, json: object = {}) =>
    client.post('/auth/code/send', { json: { identifier: ada, ...json }, headers: OWN_PAGE });
  const asked = async (client: HttpClient) => {
    expect((await ask(client)).status).toBe(202);
    return (await places.mailer.last(ada, 'code')).code!;
  };
  const type = (client: HttpClient, code: unknown, json: object = {}) =>
    client.post('/auth/code', { json: { code, ...json }, headers: OWN_PAGE });
  /** Another code than this one. */
  const wrong = (code: string, i = 1) =>
    LETTERS[(LETTERS.indexOf(code[0]!) + i) % LETTERS.length] + code.slice(1);

  it('is mailed without a link, and signs in once', async () => {
    const client = browser();
    const answer = await ask(client);
    expect([answer.status, answer.body]).toEqual([202, { expires_in: 600 }]);
    const mail = await places.mailer.last(ada, 'code');
    expect(mail).toMatchObject({ to: ada, link: null });
    expect(mail.code).toMatch(new RegExp(`^[${LETTERS}]{4}-[${LETTERS}]{4}$`));
    const { status, body } = await type(client, mail.code, { mode: 'hybrid' });
    const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString());
    expect([status, claims.sub, claims.amr]).toEqual([200, id, ['otp']]);
    expect((await type(client, mail.code)).body.code).toBe('AUTH_ACTION_TOKEN_INVALID');
    expect(told(places)).toEqual(['asked', 'token_refused code']);
  });

  it('signs in no client but the one that asked for it', async () => {
    const code = await asked(browser());
    const thief = browser();
    await ask(thief);
    for (const client of [thief, browser()]) {
      const { status, body } = await type(client, code);
      expect([status, body.code]).toEqual([400, 'AUTH_ACTION_TOKEN_INVALID']);
    }
  });

  it('differs in each mail, and each is good', async () => {
    const client = browser();
    const codes = [await asked(client), await asked(client), await asked(client)];
    expect(new Set(codes).size).toBe(3);
    expect((await type(client, codes[0])).status).toBe(200);
    expect((await type(client, codes[1])).status).toBe(400);
  });

  it('expires', async () => {
    const client = browser();
    const code = await asked(client);
    await timePassesForLinks(places, 11 * MINUTE);
    expect((await type(client, code)).body.code).toBe('AUTH_ACTION_TOKEN_INVALID');
  });

  it('is not guessed: tries are counted by the client that asked, and others go on', async () => {
    const [client, other] = [browser(), browser()];
    const code = await asked(client);
    const statuses: number[] = [];
    for (let i = 1; i < 20; i++) statuses.push((await type(client, wrong(code, i))).status);
    expect(statuses).toEqual([...Array<number>(5).fill(400), ...Array<number>(14).fill(429)]);
    const late = await type(client, code);
    expect([late.status, late.body.code]).toEqual([429, 'AUTH_RATE_LIMITED']);
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await type(other, await asked(other))).status).toBe(200);
  });

  it('takes what people type, and refuses what is no code without counting it', async () => {
    const client = browser();
    const code = await asked(client);
    for (const text of ['AAAA-AAAA', 'BCDF', `${code}B`, '0000-0000', '-', "' or 1=1"]) {
      const { status, body } = await type(client, text);
      expect([status, body.code]).toEqual([400, 'AUTH_ACTION_TOKEN_INVALID']);
    }
    for (const text of [5, null, [code], { code }, '', 'B'.repeat(300)]) {
      const { status, body } = await type(client, text);
      expect([status, body.code]).toEqual([400, 'AUTH_REQUEST_INVALID']);
    }
    expect((await type(client, ` ${code.toLowerCase().replace('-', '')} `)).status).toBe(200);
  });

  it('has no link: the routes of the other flow are not there', async () => {
    for (const path of ['/auth/magic', '/auth/magic/send', '/auth/magic/open'])
      expect((await browser().post(path, { json: {}, headers: OWN_PAGE })).status).toBe(404);
  });

  it('refuses what another site sends', async () => {
    const client = browser();
    const code = await asked(client);
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await client.post('/auth/code', { json: { code }, headers })).status).toBe(403);
    expect((await type(client, code)).status).toBe(200);
  });
});
