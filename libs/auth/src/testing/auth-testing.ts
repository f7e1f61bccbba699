import { type DynamicModule, Injectable, Module } from '@nestjs/common';
import { AuthModule } from '../auth.module.js';
import type { AuthStructuralOptions } from '../module/structural-options.js';
import type { AuthOptions } from '../options/auth-options.js';
import type { Subject, UserDirectory } from '../principal/user-directory.js';
import { ActAsModule } from './act-as.module.js';
import { manyAttempts } from './many-attempts.js';
import { MemoryStores } from './memory/memory-stores.js';

/** Knows every id, without a role. It verifies no password. */
@Injectable()
class AnyUser implements UserDirectory {
  async findSubject(identifier: string): Promise<string> {
    return identifier;
  }
  async verifyPassword(): Promise<boolean> {
    return false;
  }
  async loadSubject(id: string): Promise<Subject> {
    return { id };
  }
}

@Module({})
class AuthTestingModule {}

/**
 * Authentication for a unit test: an AuthModule on stores in memory, so that a controller with our guards can be made
 * without your module, its database and its secrets. What AuthModule exports can be injected (`AuthenticationService`,
 * `HttpSignIn`, `PasswordHasher`, ...) and works. Requests of `actAs` are admitted.
 *
 * `options` replace the ones it has: `users` knows every id and verifies no password, `stores` are in memory, `issuer` is
 * `http://localhost`, the secret is one of tests, passwords are hashed as fast as
 * allowed, and no test uses up the budgets of tries.
 *
 * @throws AuthConfigError for an option that is wrong.
 * @example
 * ```ts
 * import { Test } from '@nestjs/testing';
 * import { authTesting } from 'nestjs-aerie/testing';
 *
 * declare const CatsController: new () => object; // has our guards
 *
 * export const testing = Test.createTestingModule({ imports: [authTesting()], controllers: [CatsController] });
 * ```
 */
export function authTesting(options: Partial<AuthOptions & AuthStructuralOptions> = {}): DynamicModule {
  const auth = AuthModule.forRoot({
    users: AnyUser,
    stores: MemoryStores,
    secret: 'the secret of tests, which is no secret at all',
    issuer: 'http://localhost',
    credentials: { memoryKiB: 8192, passes: 1 },
    attempts: manyAttempts,
    ...options,
  });
  return { module: AuthTestingModule, imports: [auth, ActAsModule] };
}
