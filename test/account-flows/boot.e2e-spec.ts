// What a boot refuses, and what a flow that is off leaves out.
import { describe, expect, it } from '@jest/globals';
import { AuthModule, PasswordHasher } from 'nestjs-aerie';
import { accountFlows, type AccountFlowsOptions, type AccountFlowSwitches } from 'nestjs-aerie/account-flows';
import type { AuthFeature } from 'nestjs-aerie/feature';
import { memoryStores } from 'nestjs-aerie/memory';
import { authEntities } from 'nestjs-aerie/typeorm';
import { Test } from '@nestjs/testing';
import { AccountUsers, AccountUsersModule } from '../support/account-users.js';
import { ISSUER, SECRET, startTestApp } from '../support/test-app.js';
import { HashUsers, HashUsersModule, TestUsers, TestUsersModule } from '../support/test-users.js';
import { PASSWORD } from '../support/sign-ins.js';
import { browserOf, freshAddress, NEXT_PASSWORD, OWN_PAGE, startFlows } from './places.js';

const nameOf = (entity: unknown): unknown =>
  (entity as { options?: { name?: string } }).options?.name ?? (entity as { name?: string }).name;

const mailer = { send: async () => undefined };
type Given = AccountFlowSwitches & Partial<AccountFlowsOptions>;
const boot = (given: object, users: object = { imports: [AccountUsersModule], users: AccountUsers }) =>
  startTestApp({ options: { ...users, features: [accountFlows({ mailer, ...given } as never)] } });

describe('the boot', () => {
  it.each<[object, RegExp]>([
    [{ mailer: undefined }, /"account-flows.mailer" must be an object with send\(mail\)/],
    [{ mailer: class {} }, /"account-flows.mailer" must be/],
    [{ reset: 'yes' }, /"account-flows.reset" must be true or false \(got string\)/],
    [{ links: { base: 'ftp://a.example' } }, /"account-flows.links.base" must be an http\(s\) URL/],
    [{ links: { base: 'https://a.example/?x' } }, /"account-flows.links.base" must be/],
    [{ links: { base: 'https://user:pass@a.example' } }, /"account-flows.links.base" must be/],
    [
      { links: { paths: { reset: '//evil.example' } } },
      /paths.reset" must be a path after "links.base", such as "\/account\/reset": it begins with one "\/", and has no "#" /,
    ],
    [{ links: { paths: { reset: '/a#b' } } }, /"account-flows.links.paths.reset" must be a path/],
    [{ links: { paths: { forgot: '/a' } } }, /"account-flows.links.paths.forgot" must be left out/],
    [{ lifetimes: { reset: '2d' } }, /"account-flows.lifetimes.reset" must be a duration between 5m and 24h/],
    [{ waitUntil: true }, /"account-flows.waitUntil" must be a function/],
    [{ resets: true }, /"account-flows.resets" must be left out/],
  ])('refuses %j', async (given, message) => {
    await expect((async () => boot(given))()).rejects.toThrow(message);
  });

  it('takes options by a factory, and the switches beside it', async () => {
    const users = { imports: [AccountUsersModule], users: AccountUsers };
    const useFactory = () => ({ mailer, links: { base: 'https://a.example' } });
    const app = await startTestApp({
      options: { ...users, features: [accountFlows({ useFactory, reset: false })] },
    });
    expect((await app.client().post('/auth/password/forgot', { json: { identifier: 'ada' } })).status).toBe(
      404,
    );
    const late = accountFlows({ useFactory: () => ({ mailer, reset: false }) as never });
    await expect(startTestApp({ options: { ...users, features: [late] } })).rejects.toThrow(
      /"account-flows.reset" must be given beside the factory/,
    );
  });

  it('names each member that the user directory lacks, and the flows that need it', async () => {
    const hashes = { imports: [HashUsersModule], users: HashUsers };
    await expect(boot({}, hashes)).rejects.toThrow(
      /HashUsers lacks emailOf \(verifyEmail, reset, changePassword, changeEmail, notMe, newDevice\); setEmailVerified \(verifyEmail, reset\); voidCredentials \(verifyEmail, reset, changeEmail, notMe\); setEmail \(changeEmail, notMe\)/,
    );
    const verifies = { imports: [TestUsersModule], users: TestUsers };
    await expect(boot({}, verifies)).rejects.toThrow(/passwordHashOf \(reset, changePassword\)/);
    const none: Given = {
      verifyEmail: false,
      reset: false,
      changePassword: false,
      changeEmail: false,
      notMe: false,
      newDevice: false,
    };
    const app = await boot(none, verifies);
    await app.close();
  });

  it('needs no table with stores in memory', async () => {
    class Users extends AccountUsers {
      constructor() {
        super(new PasswordHasher());
      }
    }
    const features = [accountFlows({ mailer })];
    const options = { users: Users, stores: memoryStores(), secret: SECRET, issuer: ISSUER, features };
    const module = await Test.createTestingModule({ imports: [AuthModule.forRoot(options)] }).compile();
    await module.createNestApplication().init();
  });
});

describe('a flow that is off', () => {
  const ROUTES: Readonly<Record<string, readonly string[]>> = {
    verifyEmail: ['email/verify/send', 'email/verify'],
    reset: ['password/forgot', 'password/reset'],
    changePassword: ['password'],
    changeEmail: ['email/change', 'email/confirm', 'email/undo'],
    notMe: ['not-me'],
  };
  it.each(Object.keys(ROUTES))('has no route: %s', async (flow) => {
    const places = await startFlows({}, { [flow]: false });
    for (const [name, paths] of Object.entries(ROUTES))
      for (const path of paths) {
        const { status } = await places.app.client().post(`/auth/${path}`, { json: {} });
        expect([name, path, status === 404]).toEqual([name, path, name === flow]);
      }
    await places.close();
  });

  it('is not linked to, and the others go on without it', async () => {
    const places = await startFlows({}, { notMe: false, reset: false });
    const ada = freshAddress();
    await places.users.addVerified(ada);
    const browser = await browserOf(places, ada);
    const json = { current_password: PASSWORD, password: NEXT_PASSWORD };
    expect((await browser.post('/auth/password', { json, headers: OWN_PAGE })).status).toBe(200);
    expect(await places.mailer.last(ada, 'password-changed')).toMatchObject({ link: null, expiresAt: null });
    await places.close();
  });

  it('without the feature there is no table, and no route', async () => {
    const app = await startTestApp();
    // The connection of the tests knows the tables of every feature.
    const tables = (list: AuthFeature[] = []) =>
      authEntities(list).filter((entity) => nameOf(entity) === 'ActionToken');
    expect([tables().length, tables([accountFlows({ mailer })]).length]).toEqual([0, 1]);
    expect((await app.client().post('/auth/password/forgot', { json: { identifier: 'ada' } })).status).toBe(
      404,
    );
    await app.close();
  });
});
