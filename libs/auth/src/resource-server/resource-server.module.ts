import { type DynamicModule, Inject, Module, Optional } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { RequestAuthenticator } from '../context/request-authenticator.js';
import { refuseOtherCopy } from '../context/package-copy.js';
import { AuthConfigError } from '../errors/auth-config-error.js';
import {
  checkAsyncOptions,
  ConfigurableResourceServerModule,
  type ResourceServerAsyncOptions,
} from './resource-server.module-definition.js';
import { ResolvedResourceServerOptions, type ResourceServerOptions } from './resource-server.options.js';
import type { ResourceServerStructuralOptions } from './resource-server.structure.js';

/**
 * For a service that verifies access tokens and never issues any: import it once, with `forRoot` or `forRootAsync`. Needs
 * no database and no users. Every option is checked while the application boots; AuthConfigError names the one that is
 * wrong.
 */
@Module({})
export class ResourceServerModule extends ConfigurableResourceServerModule {
  /** @internal */
  constructor(
    modules: ModulesContainer,
    @Optional() @Inject(ResolvedResourceServerOptions) configured?: ResolvedResourceServerOptions,
  ) {
    super();
    if (!configured)
      throw new AuthConfigError(
        'ResourceServerModule must be imported as ResourceServerModule.forRoot(...) or forRootAsync(...) (got the bare class)',
      );
    refuseOtherCopy('ResourceServerModule', modules);
    // Guards would take whichever came first.
    const authenticating = [...modules.values()].filter((module) =>
      module.providers.has(RequestAuthenticator),
    );
    if (authenticating.length > 1)
      throw new AuthConfigError(
        'ResourceServerModule must be registered once in an application, and not beside AuthModule, whose guards are the same (got more)',
      );
  }

  /**
   * Imports the module with its options as literals. docs/resource-server.md lists them with their defaults.
   *
   * @throws AuthConfigError for a structural option that is wrong. All other options are checked at boot, which stops with the
   * same error.
   * @example
   * ```ts
   * import { ResourceServerModule } from 'nestjs-aerie/resource-server';
   *
   * export const auth = ResourceServerModule.forRoot({
   *   issuer: 'https://api.example.com',
   *   audience: 'orders',
   *   revocation: { mode: 'feed', client: { clientId: 'orders', secret: process.env['CLIENT_SECRET'] } },
   * });
   * ```
   */
  static override forRoot(options: ResourceServerOptions & ResourceServerStructuralOptions): DynamicModule {
    return super.forRoot(options);
  }

  /** Runtime options from `useFactory`, `useClass` or `useExisting`; structural ones beside it, as literals. */
  static override forRootAsync(options: ResourceServerAsyncOptions): DynamicModule {
    checkAsyncOptions(options);
    return super.forRootAsync(options);
  }
}
