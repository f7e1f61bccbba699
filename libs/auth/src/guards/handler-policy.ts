import type { ExecutionContext } from '@nestjs/common';
import { PUBLIC } from '../decorators/public.decorator.js';
import { ROLES } from '../decorators/roles.decorator.js';

/** What a handler's decorators, or its class's, ask for. */
export interface HandlerPolicy {
  readonly isPublic: boolean;
  /** Null: any principal will do. */
  readonly roles: readonly string[] | null;
}

// Decorators are fixed when classes are defined: read once for each handler and class.
const policies = new WeakMap<object, WeakMap<object, HandlerPolicy>>();

export function policyOf(context: ExecutionContext): HandlerPolicy {
  const handler = context.getHandler();
  const type = context.getClass();
  let ofHandler = policies.get(handler);
  if (!ofHandler) policies.set(handler, (ofHandler = new WeakMap()));
  let policy = ofHandler.get(type);
  if (!policy) {
    const read = (key: string): unknown =>
      Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, type);
    const roles = read(ROLES) as readonly string[] | undefined;
    policy = { isPublic: read(PUBLIC) === true, roles: roles ?? null };
    ofHandler.set(type, policy);
  }
  return policy;
}
