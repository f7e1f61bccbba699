import * as nest from '@nestjs/common';
import { Injectable, Logger, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { AnyAuthGuard } from './any-auth.guard.js';
import { asksWhoIn } from './handler-policy.js';
import { handlersOf } from './handlers-of.js';

/** The metadata of `@MessagePattern`, `@EventPattern` and similar decorators. */
const PATTERN = 'microservices:pattern';
/** The metadata of `@SubscribeMessage`. */
const MESSAGE = 'websockets:message_mapping';
/** Nest 12 gives the global guards to gateways, Nest 11 does not; which lacks this class as well. */
const REACHES_GATEWAYS = 'StandardSchemaValidationPipe' in nest;

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

  onApplicationBootstrap(): void {
    // An application that is a microservice itself has them.
    if (!this.host.httpAdapter) return;
    if (!REACHES_GATEWAYS) this.refuseOpenGateways();
    this.warnOfMessageHandlers();
  }

  private refuseOpenGateways(): void {
    const open = this.openHandlers('providers', MESSAGE);
    if (open.length === 0) return;
    throw new AuthConfigError(
      `"globalGuard" does not reach the WebSocket gateways of Nest 11 (got ${open.join(', ')}, open to everybody): ` +
        'put @UseGuards() with a guard of ours, or @Public(), on each of them or its class, or use Nest 12',
    );
  }

  /** Nest's rule: a microservice of `connectMicroservice` has no global guards, unless it inherits the configuration. */
  private warnOfMessageHandlers(): void {
    const open = this.openHandlers('controllers', PATTERN);
    if (open.length === 0) return;
    this.logger.warn(
      `"globalGuard" does not reach the message handlers ${open.join(', ')} unless connectMicroservice is given ` +
        '{ inheritAppConfig: true }: put @UseGuards() with a guard of ours, or @Public(), on each of them or its class',
    );
  }

  private openHandlers(kind: 'controllers' | 'providers', mark: string): readonly string[] {
    return [...this.modules.values()].flatMap((module) =>
      [...module[kind].values()].flatMap(({ metatype }) => openHandlersOf(metatype as Type | null, mark)),
    );
  }
}

/** The handlers of a class with this metadata that no decorator closes or opens. */
function openHandlersOf(type: Type | null, mark: string): readonly string[] {
  return handlersOf(type)
    .filter(([, handler]) => Reflect.hasMetadata(mark, handler) && asksWhoIn(handler, type!) === undefined)
    .map(([name]) => `${type!.name}.${name}`);
}
