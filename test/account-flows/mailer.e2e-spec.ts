// A mailer that fails or hangs holds no request, and loses nothing in silence.
import { describe, expect, it } from '@jest/globals';
import { ADAPTERS } from '../support/test-app.js';
import { browserOf, freshAddress, NEXT_PASSWORD, OWN_PAGE, startFlows, told } from './places.js';
import { PASSWORD } from '../support/sign-ins.js';
import { inLink } from '../support/test-mailer.js';

describe.each(ADAPTERS)('a mailer (%s)', (adapter) => {
  it.each(['hangs', 'throws'])('that %s holds no request, and what it lost is told', async (how) => {
    const places = await startFlows({ adapter });
    const ada = freshAddress();
    await places.users.addVerified(ada);
    const fail = () => Promise.reject(new Error('the mail server is away'));
    const hanging: (() => void)[] = [];
    places.mailer.before = () =>
      how === 'throws' ? fail() : new Promise((_, reject) => hanging.push(() => reject(new Error())));
    const client = places.app.client();
    const began = performance.now();
    for (let i = 0; i < 5; i++)
      expect((await client.post('/auth/password/forgot', { json: { identifier: ada } })).status).toBe(202);
    const browser = await browserOf(places, ada);
    const json = { current_password: PASSWORD, password: NEXT_PASSWORD };
    expect((await browser.post('/auth/password', { json, headers: OWN_PAGE })).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(5_000);
    // A shutdown does not wait between the tries.
    places.mailer.before = fail;
    for (const reject of hanging) reject();
    await places.close();
    expect(told(places).filter((one) => one === 'mail_lost failed').length).toBeGreaterThan(1);
    expect(JSON.stringify(places.app.events)).not.toMatch(/a1_|mail server/);
  });

  it('gets the link by the options alone, whatever host a request names', async () => {
    const places = await startFlows(
      { adapter },
      { links: { base: 'https://app.example.org/shop/', paths: { reset: '/new-password?from=mail' } } },
    );
    const ada = freshAddress();
    await places.users.addVerified(ada);
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'ftp' };
    await places.app.client().post('/auth/password/forgot', { json: { identifier: ada }, headers });
    const { link } = await places.mailer.last(ada, 'reset-password');
    expect(link).toMatch(/^https:\/\/app\.example\.org\/shop\/new-password\?from=mail#token=a1_[\w-]+$/);
    const browser = await browserOf(places, ada);
    const json = { email: 'ada+new@mail.example', current_password: PASSWORD };
    await browser.post('/auth/email/change', { json, headers: OWN_PAGE });
    const confirm = await places.mailer.last('ada+new@mail.example', 'confirm-email');
    expect(confirm.link).toMatch(
      /^https:\/\/app\.example\.org\/shop\/auth\/email\/confirm#token=a1_[\w-]+&email=/,
    );
    expect(inLink(confirm)['email']).toBe('ada+new@mail.example');
    await places.close();
  });

  it('gets the language of the user, and where it was asked for', async () => {
    const places = await startFlows({ adapter, trustProxy: true });
    const ada = freshAddress();
    const { id } = await places.users.addVerified(ada);
    places.users.locales.set(id, 'pt-BR');
    const headers = { 'x-forwarded-for': '203.0.113.9', 'user-agent': 'A browser\u00e9' };
    await places.app.client().post('/auth/password/forgot', { json: { identifier: ada }, headers });
    expect(await places.mailer.last(ada, 'reset-password')).toMatchObject({
      locale: 'pt-BR',
      asked: { ip: '203.0.113.9', userAgent: 'A browser?' },
    });
    await places.close();
  });

  it('gets no address that would add a header to a mail', async () => {
    const places = await startFlows({ adapter });
    const ada = freshAddress();
    const { id } = await places.users.addVerified(ada);
    places.users.emailOf = async () => ({ address: `${ada}\r\nBcc: all@mail.example`, verified: true });
    await places.app.client().post('/auth/password/forgot', { json: { identifier: ada } });
    await places.close();
    expect(places.mailer.mails).toEqual([]);
    expect(told(places)).toEqual(['mail_lost failed']);
    expect(id).toBeDefined();
  });
});
