import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  AuthenticationService,
  HttpSignIn,
  PasswordHasher,
  type Principal,
  SecurityEvents,
  SessionData,
  type UserDirectory,
} from 'nestjs-aerie';
import { ActAsModule, actAs, authTesting } from 'nestjs-aerie/testing';
import { HttpClient } from '../support/http-client.js';
import { CatsController } from './cats.js';

const ada = { id: 'ada' } as Principal;

@Injectable()
class Users implements UserDirectory {
  constructor(private readonly hasher: PasswordHasher) {}
  findSubject = async (name: string) => (name === 'ada' ? 'ada' : null);
  verifyPassword = async (_id: string, password: string) =>
    this.hasher.verify(await this.hasher.hash('correct horse battery'), password);
  loadSubject = async (id: string) => ({ id });
}

describe('the unit test of a guarded controller', () => {
  const compile = (options?: Parameters<typeof authTesting>[0]): Promise<TestingModule> =>
    Test.createTestingModule({ imports: [authTesting(options)], controllers: [CatsController] })
      .setLogger(false as never)
      .compile();

  it('cannot even make it without AuthModule', async () => {
    await expect(Test.createTestingModule({ controllers: [CatsController] }).compile()).rejects.toThrow(
      "Nest can't resolve dependencies of the CatsController",
    );
  });

  it('makes it with one line, and its service works', async () => {
    const module = await compile();
    const authentication = module.get(AuthenticationService);
    await authentication.signIn('ada');
    await authentication.signIn('ada', { mode: 'tokens' });
    expect(await authentication.listSignIns('ada')).toHaveLength(2);
    await module.get(CatsController).leave(ada);
    expect(await authentication.listSignIns('ada')).toEqual([]);
  });

  it('may watch what it calls', async () => {
    const module = await compile();
    const leaving = jest.spyOn(module.get(AuthenticationService), 'endAllSignIns');
    await module.get(CatsController).leave(ada);
    expect(leaving).toHaveBeenCalledWith('ada');
  });

  it('finds whatever AuthModule exports', async () => {
    const module = await compile();
    for (const token of [HttpSignIn, PasswordHasher, SessionData, SecurityEvents])
      expect(module.get(token)).toBeInstanceOf(token);
  });

  it('verifies no password without users of its own', async () => {
    const module = await compile();
    await expect(
      module.get(AuthenticationService).signInWithPassword('ada', 'anything at all'),
    ).rejects.toMatchObject({ code: 'AUTH_CREDENTIALS_INVALID' });
  });

  it('says so where it has ActAsModule alone', async () => {
    const module = await Test.createTestingModule({ imports: [ActAsModule] }).compile();
    await expect(module.init()).rejects.toThrow('ActAsModule must be beside AuthModule');
  });
});

describe('the same module as an application', () => {
  let close: () => Promise<void> = async () => {};
  afterEach(() => close());

  const start = async (options?: Parameters<typeof authTesting>[0]): Promise<HttpClient> => {
    const module = await Test.createTestingModule({
      imports: [authTesting(options)],
      controllers: [CatsController],
    })
      .setLogger(false as never)
      .compile();
    const app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    close = () => app.close();
    return new HttpClient((await app.getUrl()).replace(/\/$/, ''));
  };

  it('guards its routes', async () => {
    const client = await start();
    expect((await client.get('/cats')).status).toBe(401);
    expect((await client.get('/cats/token', { headers: { ...actAs(ada) } })).body).toEqual({ id: 'ada' });
  });

  it('signs in users of yours', async () => {
    const client = await start({ users: Users });
    const login = (password: string) => client.post('/auth/login', { json: { identifier: 'ada', password } });
    expect((await login('wrong horse battery')).status).toBe(401);
    expect((await login('correct horse battery')).status).toBe(200);
    expect((await client.get('/cats')).body.user.id).toBe('ada');
  });
});
