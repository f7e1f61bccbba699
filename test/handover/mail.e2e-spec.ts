// The mail about a handover, where an application has the account flows beside it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountFlows } from 'nestjs-aerie/account-flows';
import { handover } from 'nestjs-aerie/handover';
import { AccountUsers, AccountUsersModule } from '../support/account-users.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { inLink, TestMailer } from '../support/test-mailer.js';
import { arrived, clicked, linked, who } from './places.js';

describe.each(ADAPTERS)('a handover beside account flows (%s)', (adapter) => {
  const mailer = new TestMailer();
  let app: TestApp;
  beforeAll(async () => {
    const features = [
      accountFlows({ mailer, waitUntil: mailer.waitUntil }),
      handover({ base: 'https://app.example.com' }),
    ];
    app = await startTestApp({
      adapter,
      options: { imports: [AccountUsersModule], users: AccountUsers, features },
    });
  });
  afterAll(() => app?.close());
  const users = () => app.users as unknown as AccountUsers;
  const mailsTo = async (address: string) => {
    await mailer.settled();
    return mailer.mails.filter(({ to }) => to === address);
  };

  it('is told to its user, who can end it all', async () => {
    await users().addVerified('ada@mail.example');
    const browser = app.client();
    const { path } = await linked(app, {}, 'ada@mail.example');
    const page = await arrived(browser, path);
    expect(await mailsTo('ada@mail.example')).toEqual([]);
    await clicked(browser, page);
    const [mail, ...more] = await mailsTo('ada@mail.example');
    expect([mail?.kind, more]).toEqual(['handover-used', []]);
    expect((await app.client().post('/auth/not-me', { json: inLink(mail!) })).status).toBe(200);
    expect(await who(browser)).toMatch(/^AUTH_/);
  });

  it('is not told to an address that nobody has proved', async () => {
    await users().add('bob@mail.example');
    const browser = app.client();
    const { path } = await linked(app, {}, 'bob@mail.example');
    await clicked(browser, await arrived(browser, path));
    expect(await who(browser)).not.toMatch(/^AUTH_/);
    expect(await mailsTo('bob@mail.example')).toEqual([]);
  });
});
