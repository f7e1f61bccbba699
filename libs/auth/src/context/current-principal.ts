import type { Principal } from '../principal/principal.js';
import type { ServicePrincipal } from '../service-tokens/service-token.js';

interface Current {
  readonly principal: Principal | undefined;
  /** What the guard's `handleRequest` made of it: the principal, unless a subclass says otherwise. */
  readonly user: unknown;
  /** The application that found it: a request may be handed on to another one in the process. */
  readonly application: unknown;
}

// Not `request.user`: a host may move or overwrite that (PassportModule's `property`), and decisions depend on this.
// A property under a key of our own is cheaper than an entry in a WeakMap, on every request.
// Of the registry: `@CurrentUser()` of another copy of the package finds it too.
const CURRENT = Symbol.for('nestjs-aerie.current');
// Not where users are kept: a caller that asks for the user of a request never gets a service.
const SERVICE = Symbol.for('nestjs-aerie.current-service');

interface Carrier {
  /** Express. */
  readonly app?: unknown;
  /** Fastify. */
  readonly server?: unknown;
  [CURRENT]?: Current;
  [SERVICE]?: { readonly service: ServicePrincipal; readonly application: unknown };
}

/** `principal` is undefined when a subclass let no principal pass. */
export function setCurrent(carrier: object, principal: Principal | undefined, user: unknown): void {
  (carrier as Carrier)[CURRENT] = { principal, user, application: applicationOf(carrier) };
}

/** The principal that one of our guards found. */
export function currentPrincipal(carrier: object): Principal | undefined {
  return current(carrier)?.principal;
}

/** Whether a guard or strategy of ours has decided about this call, in this application or in another one. */
export function isDecided(carrier: object): boolean {
  return (carrier as Carrier)[CURRENT] !== undefined;
}

export function currentUser(carrier: object): unknown {
  return current(carrier)?.user;
}

function current(carrier: object): Current | undefined {
  const found = (carrier as Carrier)[CURRENT];
  return found?.application === applicationOf(carrier) ? found : undefined;
}

export function setCurrentService(carrier: object, service: ServicePrincipal): void {
  (carrier as Carrier)[SERVICE] = { service, application: applicationOf(carrier) };
}

/** The service that `ServiceAuthGuard` found. */
export function currentService(carrier: object): ServicePrincipal | undefined {
  const found = (carrier as Carrier)[SERVICE];
  return found?.application === applicationOf(carrier) ? found?.service : undefined;
}

/** The application that a request belongs to. */
function applicationOf(carrier: { readonly app?: unknown; readonly server?: unknown }): unknown {
  return carrier.app ?? carrier.server;
}
