import { Module, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { type CredentialAuthenticator, RequestAuthenticator } from '../context/request-authenticator.js';
import { AuthConfigError } from '../errors/auth-config-error.js';
import type { Principal } from '../principal/principal.js';
import { Clock } from '../time/clock.js';
import { personOf, readsSessionFrom } from './act-as.js';
import { principalOfTest } from './stand-in-principal.js';

/**
 * Lets the requests of `actAs` into an application under test. Real credentials are checked as before. It does not start
 * where `NODE_ENV` is `production`.
 *
 * @example
 * ```ts
 * import { Test } from '@nestjs/testing';
 * import { ActAsModule } from 'nestjs-aerie/testing';
 *
 * declare const AppModule: new () => object; // yours
 *
 * export const testing = Test.createTestingModule({ imports: [AppModule, ActAsModule] });
 * ```
 */
@Module({})
export class ActAsModule implements OnModuleInit {
  /** @internal */
  constructor(private readonly modules: ModuleRef) {}

  onModuleInit(): void {
    if (process.env['NODE_ENV'] === 'production')
      throw new AuthConfigError(
        'ActAsModule must not be in production (got NODE_ENV=production): it is for tests',
      );
    const requests = this.find(RequestAuthenticator);
    const real = requests['authenticator'];
    // A resource server reads no session.
    const { session } = requests['cookies'];
    if (session !== null) readsSessionFrom(session);
    Object.assign(requests, { authenticator: authenticatorBeside(real, this.find(Clock)) });
  }

  private find<T>(token: abstract new (...args: never) => T): T {
    try {
      return this.modules.get(token as never, { strict: false });
    } catch {
      throw new AuthConfigError(
        'ActAsModule must be beside AuthModule or ResourceServerModule (got neither): import the module of your application as well',
      );
    }
  }
}

/** Knows the people of `actAs`, and asks the real one about everybody else. */
function authenticatorBeside(real: CredentialAuthenticator, clock: Clock): CredentialAuthenticator {
  const acting = (credential: unknown): Principal | undefined => {
    const person = personOf(credential);
    return person && principalOfTest(person, clock.now());
  };
  return {
    cachedAccessToken: (token, age) => acting(token) ?? real.cachedAccessToken(token, age),
    cachedSession: (value, age) => acting(value) ?? real.cachedSession(value, age),
    accessToken: async (token, age) => acting(token) ?? real.accessToken(token, age),
    session: async (value, age) => acting(value) ?? real.session(value, age),
  };
}
