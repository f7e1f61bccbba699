import type { ExecutionContext } from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { MAX_STALENESS } from '../decorators/max-staleness.decorator.js';
import { PUBLIC, type PublicMetadata } from '../decorators/public.decorator.js';
import { RECENT_SIGN_IN } from '../decorators/require-recent-sign-in.decorator.js';
import { ROLES } from '../decorators/roles.decorator.js';
import { SCOPES } from '../decorators/scopes.decorator.js';

/** Marks the class of a guard that admits services: the guard of `globalGuard` leaves its handlers to it. */
export const ADMITS_SERVICES = Symbol.for('nestjs-aerie.admits-services');

/** Marks the class of a guard that asks for a credential. If it is nearer than `@Public`, it decides. */
export const ASKS_WHO = Symbol.for('nestjs-aerie.asks-who');

/** Marks the class of a guard that admits by the URL: the guard of `globalGuard` leaves its handlers to it. */
export const ADMITS_URLS = Symbol.for('nestjs-aerie.admits-urls');

/** The requirements of a handler's decorators, or of its class's. */
export interface HandlerPolicy {
  readonly isPublic: boolean;
  /** Public, and a good credential gives the user. */
  readonly isOptional: boolean;
  /** Null: any principal is admitted. */
  readonly roles: readonly string[] | null;
  /** All of these; null: none is asked for. */
  readonly scopes: readonly string[] | null;
  /** The highest age of the data by which a sign-in is live. Null: as the options say. */
  readonly maxStalenessMs: number | null;
  /** How long ago the user may have authenticated. Null: at any time. */
  readonly recentMs: number | null;
  /** A guard that admits services is on the handler or its class, so it is sure to run. */
  readonly isForServices: boolean;
  /** The same for a guard that admits by the URL, if no other guard on them asks for a user. */
  readonly isForUrls: boolean;
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
  return policyOfHandler(context.getHandler(), context.getClass());
}

/** The same without a request. */
export function policyOfHandler(handler: object, type: object): HandlerPolicy {
  let ofHandler = policies.get(handler);
  if (!ofHandler) policies.set(handler, (ofHandler = new WeakMap()));
  let policy = ofHandler.get(type);
  if (!policy) {
    policy = policyFrom(levelsOf(handler, type));
    ofHandler.set(type, policy);
  }
  return policy;
}

/** Whether a handler asks who makes a request, or is public on purpose; `undefined` where no decorator says either. */
export function asksWhoIn(handler: object, type: object): boolean | undefined {
  const deciding = levelsOf(handler, type).find((level) => level.isPublic ?? guardsAsk(level));
  return deciding && deciding.isPublic === undefined;
}

/** Whether decorators ask something of the caller, and no guard of any kind is on the handler or its class. */
export function isUnguarded(handler: object, type: object): boolean {
  const levels = levelsOf(handler, type);
  const deciding = levels.find((level) => level.isPublic ?? asksWho(level));
  return (
    deciding?.isPublic === undefined &&
    deciding !== undefined &&
    levels.every(({ guards }) => guards.length === 0)
  );
}

/** Whether no guard of any kind is on the handler or its class, and no `@Public` says that this is meant. */
export function isUncovered(handler: object, type: object): boolean {
  return levelsOf(handler, type).every(
    ({ guards, isPublic }) => guards.length === 0 && isPublic === undefined,
  );
}

/** What one level says by itself: a handler, its class, or one that the class extends. Undefined: nothing. */
interface Level {
  readonly isPublic: PublicMetadata | undefined;
  readonly roles: readonly string[] | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly maxStalenessMs: number | undefined;
  readonly recentMs: number | undefined;
  readonly guards: readonly unknown[];
}

function policyFrom(levels: readonly Level[]): HandlerPolicy {
  // The nearest level that says anything decides; on one level `@Public` is meant as an exception to the rest.
  const deciding = levels.find((level) => level.isPublic ?? asksWho(level));
  const first = <K extends keyof Level>(key: K) => levels.find((level) => level[key] !== undefined)?.[key];
  const guards = levels.flatMap((level) => level.guards);
  return {
    isPublic: deciding?.isPublic !== undefined,
    isOptional: deciding?.isPublic?.optional === true,
    roles: first('roles') ?? null,
    scopes: first('scopes') ?? null,
    maxStalenessMs: first('maxStalenessMs') ?? null,
    recentMs: first('recentMs') ?? null,
    isForServices: guards.some((guard) => isMarked(guard, ADMITS_SERVICES)),
    isForUrls:
      guards.some((guard) => isMarked(guard, ADMITS_URLS)) &&
      guards.every((guard) => isMarked(guard, ADMITS_URLS) || !isMarked(guard, ASKS_WHO)),
  };
}

function asksWho(level: Level): boolean {
  const { roles, scopes, maxStalenessMs, recentMs } = level;
  const asked = [roles, scopes, maxStalenessMs, recentMs];
  return asked.some((one) => one !== undefined) || guardsAsk(level);
}

function guardsAsk({ guards }: Level): boolean {
  return guards.some((guard) => isMarked(guard, ASKS_WHO));
}

/** From the nearest to the farthest. */
function levelsOf(handler: object, type: object): readonly Level[] {
  return [...chainOf(handler), ...chainOf(type)].map(levelAt);
}

/** A class and those that it extends; a handler, and what it wraps by its prototype. */
function chainOf(target: object): readonly object[] {
  const chain: object[] = [];
  for (let at: object | null = target; at !== null && at !== Function.prototype;)
    at = Object.getPrototypeOf(chain[chain.push(at) - 1]!) as object | null;
  return chain;
}

function levelAt(target: object): Level {
  const own = (key: symbol): unknown => Reflect.getOwnMetadata(key, target);
  return {
    isPublic: own(PUBLIC) as PublicMetadata | undefined,
    roles: own(ROLES) as readonly string[] | undefined,
    scopes: own(SCOPES) as readonly string[] | undefined,
    maxStalenessMs: own(MAX_STALENESS) as number | undefined,
    recentMs: own(RECENT_SIGN_IN) as number | undefined,
    guards: ownGuards(target),
  };
}

/** `@UseGuards` on a class that extends another one keeps the guards of that one too, in front of its own. */
function ownGuards(target: object): readonly unknown[] {
  const all = (Reflect.getOwnMetadata(GUARDS_METADATA, target) ?? []) as readonly unknown[];
  const parent = Object.getPrototypeOf(target) as object | null;
  const inherited = (parent && Reflect.getMetadata(GUARDS_METADATA, parent)) as
    readonly unknown[] | undefined;
  return all.slice(inherited?.length ?? 0);
}

/** Guards are given as classes, or as instances. */
function isMarked(guard: unknown, mark: symbol): boolean {
  const type = typeof guard === 'function' ? guard : (guard as object | null)?.constructor;
  return (type as { [mark: symbol]: unknown } | undefined)?.[mark] === true;
}
