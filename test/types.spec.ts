/** What must not compile, and what must: the types of the options are a promise too. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { ROOT, typeErrors } from './support/type-errors.js';

const PREAMBLE = `
import { Injectable } from '@nestjs/common';
import { AuthModule, CurrentUser, UserDirectory } from 'nestjs-aerie';
import { ResourceServerModule } from 'nestjs-aerie/resource-server';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { typeOrmStores } from 'nestjs-aerie/typeorm';
import { MemoryStores } from 'nestjs-aerie/testing';
import type { AuthOptions, AuthModuleOptionsFactory, Principal, SignInResult, Subject } from 'nestjs-aerie';
@Injectable()
class Users extends UserDirectory {
  async findSubject(identifier: string): Promise<string | null> { return identifier; }
  async verifyPassword(): Promise<boolean> { return false; }
  async loadSubject(id: string): Promise<Subject | null> { return { id, email: 'a@example.com' }; }
}
const secret = process.env['AUTH_SECRET'];
const issuer = 'https://api.example.com';
const base = { users: Users, stores: typeOrmStores(), secret, issuer };
const service = { issuer, audience: 'orders' };
const client = { clientId: 'orders', secret };
`;

const RIGHT: Record<string, string> = {
  'the least there is': `AuthModule.forRoot({ users: Users, stores: typeOrmStores(), secret: process.env['AUTH_SECRET'], issuer });`,
  'a list of secrets': `AuthModule.forRoot({ ...base, secret: ['one', 'two'] as const });`,
  durations: `AuthModule.forRoot({ ...base, accessTokens: { lifetime: '15m' }, sessions: { idle: '30m', absolute: '12h', touchInterval: '0s' }, sweepInterval: '24h' });`,
  'no sweep': `AuthModule.forRoot({ ...base, sweepInterval: false });`,
  'structural options': `AuthModule.forRoot({ ...base, imports: [], isGlobal: false, stores: typeOrmStores({ dataSource: 'main' }), features: [serviceIssuer()], routes: false, globalGuard: true });`,
  'stores of its own': `AuthModule.forRoot({ ...base, stores: MemoryStores }); AuthModule.forRootAsync({ users: Users, stores: MemoryStores, useFactory: () => ({ secret, issuer }) });`,
  'moved routes': `AuthModule.forRoot({ ...base, routes: { path: 'accounts/auth' } });`,
  'a factory': `AuthModule.forRootAsync({ users: Users, stores: typeOrmStores(), inject: [Users], useFactory: async (users: Users) => ({ secret, issuer, defaultMode: 'tokens', onSecurityEvent: () => void users }) });`,
  'a class of options': `class Options implements AuthModuleOptionsFactory { createAuthOptions(): AuthOptions { return { secret, issuer }; } }
    AuthModule.forRootAsync({ users: Users, stores: typeOrmStores(), useClass: Options }); AuthModule.forRootAsync({ users: Users, stores: typeOrmStores(), useExisting: Options });`,
  'options by satisfies': `const options = { secret, issuer, accessTokens: { lifetime: '5m' } } satisfies AuthOptions; AuthModule.forRoot({ ...options, users: Users, stores: typeOrmStores() });`,
  'the own claims of a principal': `
    declare module 'nestjs-aerie' { interface PrincipalProfile { readonly nickname: string } }
    export const nickname = (principal: Principal): string => principal.nickname;
    export class Pages { page(@CurrentUser() user: Principal, @CurrentUser('nickname') name: string) { return [user.nickname, name]; } }`,
  'a result by its mode': `export const sent = (result: SignInResult) => result.mode === 'session' ? result.sessionToken : result.refreshToken;`,
  'a resource server': `ResourceServerModule.forRoot({ ...service, revocation: { mode: 'none' } });
    ResourceServerModule.forRoot({ ...service, revocation: { mode: 'feed', client, pollInterval: '2s' }, keys: { maxAge: '1h' } });
    ResourceServerModule.forRootAsync({ globalGuard: true, useFactory: () => ({ ...service, revocation: { mode: 'introspection', client } }) });`,
};

const WRONG: Record<string, string> = {
  'a number for a duration': `AuthModule.forRoot({ ...base, accessTokens: { lifetime: 15 } });`,
  'a fraction': `AuthModule.forRoot({ ...base, accessTokens: { lifetime: '1.5h' } });`,
  'an exponent': `AuthModule.forRoot({ ...base, accessTokens: { lifetime: '1e3m' } });`,
  'a blank in a duration': `AuthModule.forRoot({ ...base, accessTokens: { lifetime: '5 m' } });`,
  'a blank before a duration': `AuthModule.forRoot({ ...base, accessTokens: { lifetime: ' 5m' } });`,
  'a leading zero': `AuthModule.forRoot({ ...base, accessTokens: { lifetime: '05m' } });`,
  'no unit': `AuthModule.forRoot({ ...base, accessTokens: { lifetime: '15' } });`,
  weeks: `AuthModule.forRoot({ ...base, sessions: { absolute: '2w' } });`,
  'any string for a duration': `const lifetime: string = '15m'; AuthModule.forRoot({ ...base, accessTokens: { lifetime } });`,
  'sweepInterval: true': `AuthModule.forRoot({ ...base, sweepInterval: true });`,
  'an unknown key': `AuthModule.forRoot({ ...base, expiresIn: '15m' });`,
  'an unknown nested key': `AuthModule.forRoot({ ...base, sessions: { idel: '15m' } });`,
  'a misspelt structural key': `AuthModule.forRoot({ ...base, isGlobl: true });`,
  'no users': `AuthModule.forRoot({ stores: typeOrmStores(), secret, issuer });`,
  'no stores': `AuthModule.forRoot({ users: Users, secret, issuer });`,
  'no secret': `AuthModule.forRoot({ users: Users, stores: typeOrmStores(), issuer });`,
  'no issuer': `AuthModule.forRoot({ users: Users, stores: typeOrmStores(), secret });`,
  'users that are no directory': `class Strangers { find(): null { return null; } } AuthModule.forRoot({ ...base, users: Strangers });`,
  'stores that are not all of them': `class Few { readonly subjects = new MemoryStores().subjects; } AuthModule.forRoot({ ...base, stores: Few });`,
  'an instance in place of a class': `AuthModule.forRoot({ ...base, users: new Users() });`,
  'an unknown mode': `AuthModule.forRoot({ ...base, defaultMode: 'cookie' });`,
  'an unknown revocation mode': `AuthModule.forRoot({ ...base, revocation: { mode: 'off' } });`,
  'an unknown sameSite': `AuthModule.forRoot({ ...base, cookies: { session: { sameSite: 'Lax' } } });`,
  'cookies that scripts can read': `AuthModule.forRoot({ ...base, cookies: { session: { httpOnly: false } } });`,
  'routes: true': `AuthModule.forRoot({ ...base, routes: true });`,
  'no source of options': `AuthModule.forRootAsync({ users: Users, stores: typeOrmStores() });`,
  'no users beside a factory': `AuthModule.forRootAsync({ stores: typeOrmStores(), useFactory: () => ({ secret, issuer }) });`,
  'a typo beside a factory': `AuthModule.forRootAsync({ users: Users, stores: typeOrmStores(), useFactory: () => ({ secret, issuer }), isGlobl: true });`,
  'a runtime option beside a factory': `AuthModule.forRootAsync({ users: Users, stores: typeOrmStores(), secret, useFactory: () => ({ secret, issuer }) });`,
  'a factory that leaves out the issuer': `AuthModule.forRootAsync({ users: Users, stores: typeOrmStores(), useFactory: () => ({ secret }) });`,
  'a class that makes no options': `AuthModule.forRootAsync({ users: Users, stores: typeOrmStores(), useClass: Users });`,
  'a member that no principal has': `export const nope = (principal: Principal) => principal.password;`,
  'a principal that is written to': `export const grow = (principal: Principal) => { principal.id = 'root'; };`,
  'a role that is pushed': `export const grow = (principal: Principal) => principal.roles.push('admin');`,
  'a member of @CurrentUser() that is none': `export const key: Parameters<typeof CurrentUser>[0] = 'password';`,
  'a token of a session': `export const token = (result: SignInResult) => result.refreshToken;`,
  'a resource server that says nothing of revocation': `ResourceServerModule.forRoot({ ...service });`,
  'a resource server with a look-up': `ResourceServerModule.forRoot({ ...service, revocation: { mode: 'lookup', client } });`,
  'a feed without a client': `ResourceServerModule.forRoot({ ...service, revocation: { mode: 'feed' } });`,
  'a poll of introspection': `ResourceServerModule.forRoot({ ...service, revocation: { mode: 'introspection', client, pollInterval: '2s' } });`,
  'a client with a key and no algorithm': `ResourceServerModule.forRoot({ ...service, revocation: { mode: 'feed', client: { clientId: 'a', privateKey: 'PEM' } } });`,
  'a directory without loadSubject': `export class Half extends UserDirectory { async findSubject() { return null; } async verifyPassword() { return false; } }`,
};

/** Snippets live in memory beside this file, so that the project's own resolution holds. */
const fileOf = (group: string, index: number) => join(ROOT, 'test', `${group}-${index}.types-snippet.ts`);

function snippets(group: string, cases: Record<string, string>): Map<string, string> {
  return new Map(Object.values(cases).map((text, index) => [fileOf(group, index), PREAMBLE + text]));
}

describe('types', () => {
  let errors: Map<string, string[]>;

  beforeAll(() => {
    errors = typeErrors(new Map([...snippets('right', RIGHT), ...snippets('wrong', WRONG)]));
  }, 60_000);

  it.each(Object.keys(RIGHT).map((name, index) => [name, index] as const))('take %s', (_name, index) => {
    expect(errors.get(fileOf('right', index))).toEqual([]);
  });

  it.each(Object.keys(WRONG).map((name, index) => [name, index] as const))('refuse %s', (_name, index) => {
    const found = errors.get(fileOf('wrong', index))!;
    expect(found).toHaveLength(1);
    // A mistake of the snippet itself is no refusal.
    expect(found[0]).not.toMatch(/Cannot find|declared but|has no exported member/);
  });
});
