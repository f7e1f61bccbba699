/** Users whose hashes other programs made: the directory gives the hash, and the module verifies. */
import { afterEach, beforeAll, beforeEach, afterAll, describe, expect, it } from '@jest/globals';
import { Injectable, Logger, Module, type Type } from '@nestjs/common';
import { type CompleteUserDirectory, PasswordHasher, type Subject, UserDirectory } from 'nestjs-aerie';
import { FOREIGN_HASHES, LONG, PLAIN } from '../support/foreign-hashes.js';
import { LogTrap } from '../support/log-trap.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { HashUsers, HashUsersModule } from '../support/test-users.js';

const OURS = /^\$argon2id\$v=19\$m=8192,t=1,p=1\$/;
const madeBy = (library: string, password = PLAIN) =>
  FOREIGN_HASHES.find(([name, of]) => name.startsWith(library) && of === password)![2];

describe.each(BELOW_THE_EDGE)('a directory that gives hashes, on %s', (adapter) => {
  let app: TestApp;
  let users: HashUsers;
  let trap: LogTrap;
  let count = 0;
  beforeAll(async () => {
    app = await startTestApp({ adapter, options: { users: HashUsers, imports: [HashUsersModule] } });
    users = app.app.get(HashUsers);
  });
  afterAll(() => app.close());
  beforeEach(() => Logger.overrideLogger((trap = new LogTrap())));
  afterEach(() => {
    Logger.overrideLogger(false);
    users.failure = undefined;
    for (const name of ['passwordHashOf', 'setPasswordHash', 'loadSubject'])
      Reflect.deleteProperty(users, name);
    app.events.length = 0;
  });

  /** A user whose hash is this; gives the name. */
  async function user(hash: string | null | undefined): Promise<string> {
    const id = `user-${++count}`;
    await users.add(id, 'x', { id, hash: hash as string });
    return id;
  }
  const login = async (identifier: string, password: string) =>
    (await app.client().post('/auth/login', { json: { identifier, password } })).status;
  const hashOf = (id: string) => users.byId.get(id)!.hash;

  it.each(FOREIGN_HASHES)('signs in by what %s made of %j: %s', async (_, password, hash) => {
    const id = await user(hash);
    expect(await login(id, `${password.slice(0, 20)}!`)).toBe(401);
    expect(hashOf(id)).toBe(hash);
    expect(await login(id, password)).toBe(200);
    // And by the hash that took its place.
    if (password !== LONG) expect(hashOf(id)).toMatch(OURS);
    expect(await login(id, password)).toBe(200);
    expect(await login(id, `${password.slice(0, 20)}!`)).toBe(401);
  });

  it.each([null, '', undefined])('signs no user in whose hash is %p', async (nothing) => {
    const id = await user(nothing);
    for (const password of ['x', 'null', 'undefined']) expect(await login(id, password)).toBe(401);
    expect(hashOf(id)).toBe(nothing);
  });

  it('signs no user in by a text that it cannot verify, and does not replace it', async () => {
    const id = await user('5f4dcc3b5aa765d61d8327deb882cf99');
    for (const password of ['password', '5f4dcc3b5aa765d61d8327deb882cf99'])
      expect(await login(id, password)).toBe(401);
    expect(hashOf(id)).toBe('5f4dcc3b5aa765d61d8327deb882cf99');
  });

  it.each([1, {}, true, ['$2b$04$']])('answers 500 when the hash is %p', async (mistake) => {
    const id = await user('x');
    Object.assign(users, { passwordHashOf: async () => mistake });
    expect(await login(id, PLAIN)).toBe(500);
    expect(trap.lines.join('\n')).toMatch(/passwordHashOf must return a string or null/);
  });

  it('answers 503 when the directory fails, and 401 for an unknown user with as many questions', async () => {
    const id = await user(madeBy('bcrypt'));
    users.failure = new Error('the directory is down');
    expect(await login(id, PLAIN)).toBe(503);
    users.failure = undefined;
    users.calls.length = 0;
    expect(await login(id, 'wrong')).toBe(401);
    const asked = users.calls.splice(0).length;
    expect(await login('nobody', 'wrong')).toBe(401);
    expect(users.calls).toHaveLength(asked);
  });

  describe('a weaker hash', () => {
    it('is replaced once, after a right password alone', async () => {
      const id = await user(madeBy('Django'));
      await login(id, 'wrong');
      expect(users.calls).not.toContain('setPasswordHash');
      for (let i = 0; i < 3; i++) expect(await login(id, PLAIN)).toBe(200);
      expect(users.calls.splice(0).filter((name) => name === 'setPasswordHash')).toHaveLength(1);
    });

    it('is replaced by one of the sign-ins that come at once, and all of them open', async () => {
      const id = await user(madeBy('bcrypt'));
      const won: unknown[] = [];
      users.setPasswordHash = async (...given) => {
        const is = await HashUsers.prototype.setPasswordHash.apply(users, given);
        won.push(is);
        return is;
      };
      expect(await Promise.all([1, 2, 3].map(() => login(id, PLAIN)))).toEqual([200, 200, 200]);
      expect(won.filter((one) => one === true)).toHaveLength(1);
      expect(hashOf(id)).toMatch(OURS);
      expect(trap.lines.filter((line) => line.includes('not upgraded'))).toEqual([]);
    });

    it('of argon2id with lower parameters is replaced as well, and ours is not', async () => {
      const id = await user(madeBy('argon2-cffi'));
      expect(await login(id, PLAIN)).toBe(200);
      const ours = hashOf(id);
      expect(ours).toMatch(OURS);
      expect(await login(id, PLAIN)).toBe(200);
      expect(hashOf(id)).toBe(ours);
    });

    it('of bcrypt stays where it has not read the whole password: the rest may have been mistyped', async () => {
      const hash = madeBy('bcrypt', LONG);
      const id = await user(hash);
      for (const password of [`${LONG.slice(0, 72)}mistyped`, LONG, LONG.slice(0, 72)])
        expect(await login(id, password)).toBe(200);
      expect(hashOf(id)).toBe(hash);
    });

    it('of a disabled user stays', async () => {
      const hash = madeBy('bcrypt');
      const id = await user(hash);
      users.byId.get(id)!.disabled = true;
      expect(await login(id, PLAIN)).toBe(401);
      expect(hashOf(id)).toBe(hash);
    });

    it('signs in all the same when it cannot be replaced, and the log shows no hash', async () => {
      const hash = madeBy('bcrypt');
      const id = await user(hash);
      users.setPasswordHash = async (_, next, { replacing }) => {
        throw new Error(`value too long: ${next} in place of ${replacing}`);
      };
      expect(await login(id, PLAIN)).toBe(200);
      const lines = trap.lines.filter((line) => line.includes('not upgraded'));
      expect(lines).toEqual([expect.stringContaining('value too long: (hash) in place of (hash)')]);
      expect(hashOf(id)).toBe(hash);
    });
  });

  describe('a password that changes while its user signs in', () => {
    const changed = async (id: string) => {
      users.byId.get(id)!.hash = await app.app.get(PasswordHasher).hash('a new password');
      await app.authentication.credentialsChanged(id);
    };

    it.each(['passwordHashOf', 'loadSubject', 'setPasswordHash'] as const)(
      'is not signed in by the former one, and stays: before %s returns',
      async (moment) => {
        const id = await user(madeBy('bcrypt'));
        const once = HashUsers.prototype[moment] as (...given: unknown[]) => Promise<never>;
        Object.assign(users, {
          [moment]: async (...given: unknown[]) => {
            Reflect.deleteProperty(users, moment);
            // What was read is what stood there before.
            const read = moment === 'setPasswordHash' ? undefined : await once.apply(users, given);
            await changed(id);
            return read ?? once.apply(users, given);
          },
        });
        expect(await login(id, PLAIN)).toBe(401);
        expect(app.events).toContainEqual(
          expect.objectContaining({ type: 'sign_in_refused', reason: 'changed_meanwhile' }),
        );
        expect(await app.authentication.listSignIns(id)).toEqual([]);
        expect(await login(id, PLAIN)).toBe(401);
        expect(await login(id, 'a new password')).toBe(200);
      },
    );
  });
});

describe('the members of a directory for passwords', () => {
  const members = {
    passwordHashOf: async () => null,
    setPasswordHash: async () => false,
    verifyPassword: async () => false,
    refusePassword: async () => undefined,
  };

  /** Starts an application whose directory has these members. */
  async function boot(...names: (keyof typeof members)[]): Promise<void> {
    @Injectable()
    class Users extends UserDirectory {
      constructor() {
        super();
        for (const name of names) Object.assign(this, { [name]: members[name] });
      }
      async findSubject(): Promise<null> {
        return null;
      }
      async loadSubject(): Promise<Subject | null> {
        return null;
      }
    }
    @Module({ providers: [Users], exports: [Users] })
    class UsersModule {}
    const app = await startTestApp({
      options: { users: Users as unknown as Type<CompleteUserDirectory>, imports: [UsersModule] },
      imports: [HashUsersModule],
    });
    await app.close();
  }

  it.each([
    [[], /exactly one of passwordHashOf and verifyPassword \(Users has neither\)/],
    [
      ['passwordHashOf', 'verifyPassword'],
      /exactly one of passwordHashOf and verifyPassword \(Users has both\)/,
    ],
    [['passwordHashOf', 'refusePassword'], /refusePassword beside verifyPassword only/],
    [['verifyPassword', 'setPasswordHash'], /setPasswordHash beside passwordHashOf only/],
  ] as const)('stop the boot where they contradict each other: %j', async (names, message) => {
    await expect(boot(...names)).rejects.toThrow(message);
  });

  it.each([
    [['passwordHashOf']],
    [['passwordHashOf', 'setPasswordHash']],
    [['verifyPassword']],
    [['verifyPassword', 'refusePassword']],
  ] as const)('may be %j', async (names) => boot(...names));
});
