import { Injectable, Logger, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { isUnguarded } from './handler-policy.js';
import { handlersOf } from './handlers-of.js';

/**
 * Guards check `@Roles`, `@Scopes`, `@MaxStaleness` and `@RequireRecentSignIn`. Without any guard they have no effect, and the route is open. A
 * warning at boot names each such route.
 */
@Injectable()
export class UnguardedHandlers implements OnApplicationBootstrap {
  private readonly logger = new Logger('AuthModule');

  constructor(
    private readonly configuration: ApplicationConfig,
    private readonly host: HttpAdapterHost,
    private readonly modules: ModulesContainer,
  ) {}

  onApplicationBootstrap(): void {
    // A standalone context serves no routes, and does not know the global guards of the serving application.
    if (!this.host.httpAdapter) return;
    const warning = unguardedHandlers(this.configuration, this.modules);
    if (warning !== null) this.logger.warn(warning);
  }
}

/** What is to be said of routes whose decorators no guard checks; null: there are none. */
export function unguardedHandlers(
  configuration: ApplicationConfig,
  modules: ModulesContainer,
): string | null {
  if (hasGlobalGuard(configuration)) return null;
  const open = [...modules.values()].flatMap(({ controllers }) =>
    [...controllers.values()].flatMap(({ metatype }) => unguardedOf(metatype as Type | null)),
  );
  if (open.length === 0) return null;
  return (
    `no guard checks @Roles, @Scopes, @MaxStaleness or @RequireRecentSignIn of ${open.join(', ')}, so these routes are open: ` +
    'put @UseGuards(AnyAuthGuard), or another guard, on each of them or its class, or set "globalGuard: true"'
  );
}

export function hasGlobalGuard(configuration: ApplicationConfig): boolean {
  return configuration.getGlobalGuards().length + configuration.getGlobalRequestGuards().length > 0;
}

/** The routes of a controller whose decorators no guard checks. */
function unguardedOf(controller: Type | null): readonly string[] {
  return handlersOf(controller)
    .filter(([, handler]) => Reflect.hasMetadata(PATH_METADATA, handler) && isUnguarded(handler, controller!))
    .map(([name]) => `${controller!.name}.${name}`);
}
