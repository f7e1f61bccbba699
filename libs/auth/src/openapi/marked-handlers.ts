import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import type { ModulesContainer } from '@nestjs/core';
import { FeatureRoutes, type RouteDescription } from '../features/route-description.js';
import { AuthController } from '../http/auth.controller.js';
import { handlersOf } from '../guards/handlers-of.js';
import { JwksController } from '../http/jwks.controller.js';
import { CORE_ROUTES, JWKS_ROUTES } from './core-routes.js';

/** A handler in one of its controllers. */
export interface RouteHandler {
  readonly controller: Type;
  readonly handler: object;
  /** Of a route of ours or of a feature. Null: it is left out of the document. Undefined: it is the application's. */
  readonly description: RouteDescription | null | undefined;
}

/** Under which `@ApiExtension` keeps its values; `@nestjs/swagger` copies them into the operations. */
const EXTENSIONS = 'swagger/apiExtension';
const MARK = 'x-nestjs-aerie-handlers';

/** Every route's handler, in every controller that has it. */
export function routeHandlersIn(modules: ModulesContainer): readonly RouteHandler[] {
  return [...modules.values()].flatMap((module) => {
    const features = module.providers.get(FeatureRoutes)?.instance as FeatureRoutes | undefined;
    return [...module.controllers.values()].flatMap(({ metatype }) => {
      const controller = metatype as Type;
      return handlersOf(controller)
        .filter(([, handler]) => Reflect.hasMetadata(METHOD_METADATA, handler))
        .map(([, handler]) => ({
          controller,
          handler,
          description: descriptionOf(controller, handler, features),
        }));
    });
  });
}

function descriptionOf(
  controller: Type,
  handler: object,
  features: FeatureRoutes | undefined,
): RouteDescription | null | undefined {
  // Without it, the module is not ours.
  if (!features) return undefined;
  const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
  const path = String([Reflect.getMetadata(PATH_METADATA, handler)].flat()[0]).replace(/^\/+|\/+$/g, '');
  const route = `${method} /${path}` as keyof typeof CORE_ROUTES;
  if (controller.prototype instanceof AuthController) return CORE_ROUTES[route];
  if (controller === JwksController) return JWKS_ROUTES[route];
  return features.descriptions.get(route);
}

/**
 * Runs `work` while each handler has a mark that its operation will show: a path or an operationId does not tell which handler an
 * operation is of, because the application may set both.
 */
export function withMarks<T>(handlers: readonly RouteHandler[], work: () => T): T {
  const former = new Map<object, object | undefined>();
  try {
    for (const [index, { handler }] of handlers.entries()) {
      if (!former.has(handler))
        former.set(handler, Reflect.getOwnMetadata(EXTENSIONS, handler) as object | undefined);
      const extensions = (Reflect.getMetadata(EXTENSIONS, handler) ?? {}) as Record<string, unknown>;
      const marks = (extensions[MARK] ?? []) as readonly number[];
      Reflect.defineMetadata(EXTENSIONS, { ...extensions, [MARK]: [...marks, index] }, handler);
    }
    return work();
  } finally {
    for (const [handler, extensions] of former) {
      if (extensions) Reflect.defineMetadata(EXTENSIONS, extensions, handler);
      else Reflect.deleteMetadata(EXTENSIONS, handler);
    }
  }
}

/** Takes the mark off an operation; the handler that it is of, if there is one. */
export function takeMark(
  operation: Record<string, unknown>,
  path: string,
  handlers: readonly RouteHandler[],
): RouteHandler | undefined {
  const marks = (operation[MARK] ?? []) as readonly number[];
  delete operation[MARK];
  const candidates = marks.map((index) => handlers[index]!);
  // Controllers may inherit one handler: the operation is of the one whose path it has.
  const score = ({ controller }: RouteHandler): number => {
    const own = String([Reflect.getMetadata(PATH_METADATA, controller) ?? ''].flat()[0]).replace(
      /^\/+|\/+$/g,
      '',
    );
    return `${path}/`.includes(`/${own.replace(/:(\w+)/g, '{$1}')}/`) ? own.length : -1;
  };
  return candidates.reduce<RouteHandler | undefined>(
    (best, one) => (best === undefined || score(one) > score(best) ? one : best),
    undefined,
  );
}
