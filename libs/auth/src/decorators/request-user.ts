import { type ExecutionContext, Logger } from '@nestjs/common';
import { isRequestUserTaken } from '../principal/request-user.js';

/** What a guard that is not ours leaves behind: `request.user`, by Passport's convention. */
interface UserRequest {
  readonly user?: unknown;
  readonly method?: string;
  /** Express. */
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
  /** Fastify. */
  readonly routeOptions?: { readonly url?: string };
}

interface GraphqlContext {
  readonly req?: UserRequest;
  readonly request?: UserRequest;
}

const MAX_WARNED = 100;
const logger = new Logger('AuthModule');
const warned = new Set<string>();

/**
 * `request.user` in tests, where no guard of ours ran. Elsewhere `undefined`, and one warning for each route: anything may
 * have put it there.
 */
export function requestUser(context: ExecutionContext): unknown {
  const request = requestIn(context);
  const user = request?.user;
  if (user === undefined || user === null || isRequestUserTaken()) return user ?? undefined;
  const route = routeOf(context, request!);
  if (!warned.has(route) && warned.size < MAX_WARNED) {
    warned.add(route);
    logger.warn(
      `@CurrentUser() is undefined at ${route}: request.user is set, but by no guard of nestjs-aerie. Put one of its ` +
        "guards there; where a test overrides that guard, import 'nestjs-aerie/testing'.",
    );
  }
  return undefined;
}

function requestIn(context: ExecutionContext): UserRequest | undefined {
  const type = context.getType<string>();
  if (type === 'http') return context.switchToHttp().getRequest<UserRequest | undefined>();
  if (type !== 'graphql') return undefined;
  const inner = context.getArgByIndex<GraphqlContext | undefined>(2);
  return inner?.req ?? inner?.request;
}

/** The pattern of a route, never the path of a request: a path may hold a secret. */
function routeOf(context: ExecutionContext, request: UserRequest): string {
  if (context.getType<string>() === 'graphql') {
    const info = context.getArgByIndex<{ parentType?: unknown; fieldName?: string } | undefined>(3);
    return `${String(info?.parentType)}.${info?.fieldName}`;
  }
  const { routeOptions, route, baseUrl = '', method } = request;
  const path = routeOptions?.url ?? (typeof route?.path === 'string' ? `${baseUrl}${route.path}` : 'a route');
  return `${method} ${path}`;
}
