import { Injectable, Logger, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { AnyAuthGuard } from './any-auth.guard.js';
import { asksWhoIn } from './handler-policy.js';
import { handlersOf } from './handlers-of.js';

/** The metadata of `@MessagePattern`, `@EventPattern` and similar decorators. */
const PATTERN = 'microservices:pattern';

/**
 * `globalGuard: true`. The guard is added to the configuration while the module is built. Nest adds every `APP_GUARD` after
 * that, in the order of modules; a guard of the host that came first would find no user.
 */
@Injectable()
export class GlobalGuard implements OnApplicationBootstrap {
  private readonly logger = new Logger('AuthModule');

  constructor(
    configuration: ApplicationConfig,
    guard: AnyAuthGuard,
    private readonly host: HttpAdapterHost,
    private readonly modules: ModulesContainer,
  ) {
    configuration.addGlobalGuard(guard);
  }

  /** Nest's rule: a microservice of `connectMicroservice` has no global guards, unless it inherits the configuration. */
  onApplicationBootstrap(): void {
    // An application that is a microservice itself has them.
    if (!this.host.httpAdapter) return;
    const open = [...this.modules.values()].flatMap(({ controllers }) =>
      [...controllers.values()].flatMap(({ metatype }) => openHandlersOf(metatype as Type | null)),
    );
    if (open.length === 0) return;
    this.logger.warn(
      `"globalGuard" does not reach the message handlers ${open.join(', ')} unless connectMicroservice is given ` +
        '{ inheritAppConfig: true }: put @UseGuards() with a guard of ours, or @Public(), on each of them or its class',
    );
  }
}

/** The message handlers of a controller that no decorator closes or opens. */
function openHandlersOf(controller: Type | null): readonly string[] {
  return handlersOf(controller)
    .filter(
      ([, handler]) => Reflect.hasMetadata(PATTERN, handler) && asksWhoIn(handler, controller!) === undefined,
    )
    .map(([name]) => `${controller!.name}.${name}`);
}
