import { type DynamicModule, Inject, Module, Optional, Scope, type Type } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import {
  type AuthAsyncOptions,
  checkAsyncOptions,
  ConfigurableAuthModule,
} from './module/auth.module-definition.js';
import type { AuthStructuralOptions } from './module/structural-options.js';
import { refuseOtherCopy } from './context/package-copy.js';
import { AuthConfigError } from './errors/auth-config-error.js';
import { ResolvedAuthOptions } from './options/resolve-auth-options.js';
import type { AuthOptions } from './options/auth-options.js';
import { UserDirectory } from './principal/user-directory.js';
import { AuthStores } from './stores/auth-stores.js';

/**
 * Authentication for a Nest application: import it once, with `forRoot` or `forRootAsync`. Every option is checked
 * while the application boots; AuthConfigError names the one that is wrong.
 */
@Module({})
export class AuthModule extends ConfigurableAuthModule {
  /** @internal */
  constructor(
    modules: ModulesContainer,
    own: ModuleRef,
    @Optional() @Inject(ResolvedAuthOptions) configured?: ResolvedAuthOptions,
  ) {
    super();
    const registrations = [...modules.values()].filter((module) => module.metatype === AuthModule).length;
    if (!configured)
      throw new AuthConfigError(
        'AuthModule must be imported as AuthModule.forRoot(...) or forRootAsync(...) (got the bare class)',
      );
    refuseOtherCopy('AuthModule', modules);
    if (registrations > 1) {
      throw new AuthConfigError(
        `AuthModule must be registered once in an application (got ${registrations} registrations, bare imports included); it is global, so other modules need not import it`,
      );
    }
    // Its scope would spread to strategies and sweeps, which have no request: their hooks would silently not run.
    for (const [key, port] of Object.entries({ users: UserDirectory, stores: AuthStores })) {
      if (own.introspect(port as Type).scope !== Scope.REQUEST) continue;
      throw new AuthConfigError(
        `"${key}" must not be of request scope, nor depend on what is (got a class that does)`,
      );
    }
    // One state: each place that asks would be given a set of its own.
    if (own.introspect(AuthStores as unknown as Type).scope === Scope.TRANSIENT)
      throw new AuthConfigError('"stores" must not be of transient scope (got a class that is)');
  }

  /**
   * Imports the module with its options as literals. `users`, `secret` and `issuer` are required; docs/options.md lists all
   * options with their defaults.
   *
   * @throws AuthConfigError for a structural option that is wrong (`users`, `stores`, `features`, `routes`, ...). It names the
   * option. All other options are checked at boot, which stops with the same error.
   * @example
   * ```ts
   * import { AuthModule, type CompleteUserDirectory } from 'nestjs-aerie';
   * import { typeOrmStores } from 'nestjs-aerie/typeorm';
   *
   * declare const Users: new () => CompleteUserDirectory; // a provider of UsersModule
   * declare const UsersModule: new () => object;
   *
   * export const auth = AuthModule.forRoot({
   *   imports: [UsersModule],
   *   users: Users,
   *   stores: typeOrmStores(),
   *   secret: process.env['AUTH_SECRET'], // 32 bytes of randomness or more
   *   issuer: 'https://api.example.com',
   * });
   * ```
   */
  static override forRoot(options: AuthOptions & AuthStructuralOptions): DynamicModule {
    return super.forRoot(options);
  }

  /**
   * Imports the module with options from `useFactory`, `useClass` or `useExisting`. Structural options (`users`, `stores`,
   * `routes`, ...) stand beside the factory, as literals: Nest needs them before any factory runs.
   *
   * @throws AuthConfigError for a structural option that is wrong, an unknown key, or more than one source of options.
   * @example
   * ```ts
   * import { AuthModule, type CompleteUserDirectory } from 'nestjs-aerie';
   * import { typeOrmStores } from 'nestjs-aerie/typeorm';
   *
   * declare const Users: new () => CompleteUserDirectory;
   * declare const Settings: new () => { readonly secret: string; readonly issuer: string };
   *
   * export const auth = AuthModule.forRootAsync({
   *   users: Users,
   *   stores: typeOrmStores(),
   *   inject: [Settings],
   *   useFactory: ({ secret, issuer }: InstanceType<typeof Settings>) => ({ secret, issuer }),
   * });
   * ```
   */
  static override forRootAsync(options: AuthAsyncOptions): DynamicModule {
    checkAsyncOptions(options);
    return super.forRootAsync(options);
  }
}
