import type { Principal } from '../principal/principal.js';

interface Current {
  readonly principal: Principal | undefined;
  /** What the guard's `handleRequest` made of it: the principal, unless a subclass says otherwise. */
  readonly user: unknown;
}

// Not `request.user`: a host may move or overwrite that (PassportModule's `property`), and decisions depend on this.
const current = new WeakMap<object, Current>();

/** `principal` is undefined when a subclass let nobody pass. */
export function setCurrent(carrier: object, principal: Principal | undefined, user: unknown): void {
  current.set(carrier, { principal, user });
}

/** The principal that one of our guards found. */
export function currentPrincipal(carrier: object): Principal | undefined {
  return current.get(carrier)?.principal;
}

export function currentUser(carrier: object): unknown {
  return current.get(carrier)?.user;
}
