import type { Type } from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import type { ApplicationConfig } from '@nestjs/core';
import type { AuthErrorCode } from '../errors/auth-error.js';
import { AnyAuthGuard } from '../guards/any-auth.guard.js';
import { type HandlerPolicy, policyOfHandler } from '../guards/handler-policy.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { LocalAuthGuard } from '../guards/local-auth.guard.js';
import { RolesGuard } from '../guards/roles.guard.js';
import { SameOriginGuard } from '../guards/same-origin.guard.js';
import { ServiceAuthGuard } from '../guards/service-auth.guard.js';
import { SessionAuthGuard } from '../guards/session-auth.guard.js';
import { SignedUrlGuard } from '../guards/signed-url.guard.js';

/** A kind of credential that a guard admits. */
export type AdmittedCredential = 'access-token' | 'session' | 'service' | 'signed-url';

/** What the guards on a route ask for. */
export interface RouteAccess {
  /** One of these must be given, each with all of its credentials. Null: no guard of ours decides. Empty: the route is public. */
  readonly admits: readonly (readonly AdmittedCredential[])[] | null;
  readonly errors: ReadonlySet<AuthErrorCode>;
  readonly roles: readonly string[] | null;
  readonly scopes: readonly string[] | null;
  /** How long ago the user may have authenticated, in seconds. Null: at any time. */
  readonly recentSeconds: number | null;
}

const OF_TOKENS: readonly AuthErrorCode[] = [
  'AUTH_ACCESS_TOKEN_INVALID',
  'AUTH_ACCESS_TOKEN_EXPIRED',
  'AUTH_ACCESS_TOKEN_REVOKED',
];
const OF_SESSIONS: readonly AuthErrorCode[] = ['AUTH_SESSION_INVALID', 'AUTH_SESSION_EXPIRED'];
const OF_USERS: readonly (readonly [Type, readonly AdmittedCredential[]])[] = [
  [JwtAuthGuard, ['access-token']],
  [SessionAuthGuard, ['session']],
  [AnyAuthGuard, ['access-token', 'session']],
];

/** The classes of the guards that run before every handler. */
export function globalGuardsOf(configuration: ApplicationConfig): readonly Type[] {
  return [
    ...configuration.getGlobalGuards().map((guard) => guard.constructor as Type),
    ...configuration.getGlobalRequestGuards().map(({ metatype }) => metatype as Type),
  ];
}

/** What the guards on a handler, on its class and before every handler ask for. */
export function accessOf(handler: object, controller: Type, globalGuards: readonly Type[]): RouteAccess {
  const policy = policyOfHandler(handler, controller);
  const guards = [...globalGuards, ...guardsOn(controller), ...guardsOn(handler)];
  const has = (type: Type): boolean => guards.some((guard) => isOrExtends(guard, type));
  const users = policy.isPublic && !policy.isOptional ? [] : userGuards(guards, policy);
  const byUrl = has(SignedUrlGuard);
  const byService = !policy.isPublic && has(ServiceAuthGuard);
  const asksMore = policy.roles !== null || policy.scopes !== null || policy.recentMs !== null;
  const admits = together([
    ...users,
    ...(byService ? [[['service'] as const]] : []),
    ...(byUrl ? [[['signed-url'] as const]] : []),
    // A signed URL needs a user where the handler asks for more.
    ...(byUrl && asksMore ? [[['access-token'] as const, ['session'] as const]] : []),
  ]);
  const checks = users.length > 0 || byService || byUrl || (has(RolesGuard) && !policy.isPublic);
  const isOpen = admits.length === 0 && !policy.isPublic;
  return {
    admits: isOpen ? null : policy.isOptional && admits.length > 0 ? [[], ...admits] : admits,
    errors: new Set([
      ...errorsOf(admits, policy),
      ...(checks && (policy.roles || policy.scopes) ? (['AUTH_FORBIDDEN'] as const) : []),
      ...(checks && policy.recentMs !== null ? (['AUTH_RECENT_SIGN_IN_REQUIRED'] as const) : []),
      ...(has(SameOriginGuard) || has(LocalAuthGuard) ? (['AUTH_CSRF_REJECTED'] as const) : []),
      ...(has(LocalAuthGuard) ? OF_PASSWORDS : []),
    ]),
    roles: checks && !policy.isPublic ? policy.roles : null,
    scopes: checks && !policy.isPublic ? policy.scopes : null,
    recentSeconds: checks && policy.recentMs !== null ? Math.floor(policy.recentMs / 1_000) : null,
  };
}

const OF_PASSWORDS: readonly AuthErrorCode[] = [
  'AUTH_REQUEST_INVALID',
  'AUTH_CREDENTIALS_INVALID',
  'AUTH_RATE_LIMITED',
  'AUTH_PASSWORDS_BUSY',
  'AUTH_STORE_UNAVAILABLE',
];

/** What each guard that asks for a user admits: one of the alternatives. */
function userGuards(
  guards: readonly Type[],
  { isForServices, isForUrls }: HandlerPolicy,
): readonly (readonly (readonly AdmittedCredential[])[])[] {
  const admitted = guards.flatMap((guard) => {
    const found = OF_USERS.find(([type]) => isOrExtends(guard, type));
    // It leaves such a handler to the other guard.
    if (!found || (found[0] === AnyAuthGuard && (isForServices || isForUrls))) return [];
    return [found[1]];
  });
  const [first] = admitted;
  if (!first) return [];
  // The same user passes all of them: what each of them admits.
  const common = first.filter((kind) => admitted.every((kinds) => kinds.includes(kind)));
  if (common.length > 0) return [common.map((kind) => [kind])];
  return admitted.map((kinds) => kinds.map((kind) => [kind]));
}

/** One alternative of each guard, in all ways. */
function together(
  guards: readonly (readonly (readonly AdmittedCredential[])[])[],
): readonly (readonly AdmittedCredential[])[] {
  const [first, ...others] = guards;
  if (!first) return [];
  return others.reduce<readonly (readonly AdmittedCredential[])[]>(
    (all, alternatives) =>
      all.flatMap((one) => alternatives.map((other) => [...new Set([...one, ...other])])),
    first,
  );
}

function errorsOf(
  admits: readonly (readonly AdmittedCredential[])[],
  { isOptional }: HandlerPolicy,
): readonly AuthErrorCode[] {
  const kinds = new Set(admits.flat());
  const needs = [...kinds].some((kind) => kind !== 'signed-url');
  return [
    ...(needs ? (['AUTH_REQUEST_INVALID', 'AUTH_STORE_UNAVAILABLE'] as const) : []),
    ...(needs && !isOptional ? (['AUTH_CREDENTIALS_MISSING'] as const) : []),
    ...(kinds.has('access-token') || kinds.has('service') ? OF_TOKENS : []),
    ...(kinds.has('access-token') ? (['AUTH_ACCESS_TOKEN_STALE'] as const) : []),
    // A cookie that is no good gives no user where a user is optional.
    ...(kinds.has('session') && !isOptional ? OF_SESSIONS : []),
    ...(kinds.has('signed-url') ? (['AUTH_SIGNED_URL_INVALID', 'AUTH_SIGNED_URL_EXPIRED'] as const) : []),
  ];
}

function guardsOn(target: object): readonly Type[] {
  const guards = (Reflect.getMetadata(GUARDS_METADATA, target) ?? []) as readonly (Type | object)[];
  // Guards are given as classes, or as instances.
  return guards.map((guard) => (typeof guard === 'function' ? guard : guard.constructor) as Type);
}

const isOrExtends = (type: Type | null | undefined, base: Type): boolean =>
  type === base || type?.prototype instanceof base;
