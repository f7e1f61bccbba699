import type { ExecutionContext } from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { MAX_STALENESS } from '../decorators/max-staleness.decorator.js';
import { PUBLIC } from '../decorators/public.decorator.js';
import { ROLES } from '../decorators/roles.decorator.js';
import { SCOPES } from '../decorators/scopes.decorator.js';

/** Marks the class of a guard that admits services: who asks for people leaves its handlers to it. */
export const ADMITS_SERVICES = Symbol('aerie:admits-services');

/** What a handler's decorators, or its class's, ask for. */
export interface HandlerPolicy {
  readonly isPublic: boolean;
  /** Null: any principal will do. */
  readonly roles: readonly string[] | null;
  /** All of these; null: none is asked for. */
  readonly scopes: readonly string[] | null;
  /** How old the knowledge may be that a sign-in lives. Null: as the options say. */
  readonly maxStalenessMs: number | null;
  /** A guard that admits services is on the handler or its class: it runs for certain. */
  readonly isForServices: boolean;
}

/** Whether a principal has any of the roles, and all of the scopes, that are asked for. */
export function isAllowed(
  { roles, scopes }: HandlerPolicy,
  principal: { readonly roles: readonly string[]; readonly scopes: readonly string[] },
): boolean {
  if (roles && !roles.some((role) => principal.roles.includes(role))) return false;
  return !scopes || scopes.every((scope) => principal.scopes.includes(scope));
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
    const own = decoratedOn(handler);
    const inherited = decoratedOn(type);
    // The nearer decorator decides: roles on a handler are not undone by @Public on its class.
    const asksForMore = own.roles !== null || own.scopes !== null;
    const isPublic = own.isPublic || (!asksForMore && inherited.isPublic);
    const maxStalenessMs = own.maxStalenessMs ?? inherited.maxStalenessMs;
    policy = {
      isPublic,
      roles: own.roles ?? inherited.roles,
      scopes: own.scopes ?? inherited.scopes,
      maxStalenessMs,
      isForServices: own.isForServices || inherited.isForServices,
    };
    ofHandler.set(type, policy);
  }
  return policy;
}

function decoratedOn(target: object): HandlerPolicy {
  const roles = Reflect.getMetadata(ROLES, target) as readonly string[] | undefined;
  const maxStalenessMs = Reflect.getMetadata(MAX_STALENESS, target) as number | undefined;
  return {
    isPublic: Reflect.getMetadata(PUBLIC, target) === true,
    roles: roles ?? null,
    scopes: (Reflect.getMetadata(SCOPES, target) as readonly string[] | undefined) ?? null,
    maxStalenessMs: maxStalenessMs ?? null,
    isForServices: guardsOn(target).some(admitsServices),
  };
}

function guardsOn(target: object): readonly unknown[] {
  return (Reflect.getMetadata(GUARDS_METADATA, target) as readonly unknown[] | undefined) ?? [];
}

/** Guards are given as classes, or as instances. */
function admitsServices(guard: unknown): boolean {
  const type = typeof guard === 'function' ? guard : (guard as object | null)?.constructor;
  return (type as { [ADMITS_SERVICES]?: unknown } | undefined)?.[ADMITS_SERVICES] === true;
}
