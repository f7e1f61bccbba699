import type { Principal } from '../principal/principal.js';

interface Current {
  readonly principal: Principal;
  /** What the guard's `handleRequest` made of it: the principal, unless a subclass says otherwise. */
  readonly user: unknown;
}

// Not `request.user`: a host may move or overwrite that (PassportModule's `property`), and decisions depend on this.
const current = new WeakMap<object, Current>();

export function setCurrent(carrier: object, principal: Principal, user: unknown): void {
  current.set(carrier, { principal, user });
}

/** Forgets who a connection was, before its next message is checked. */
export function clearCurrent(carrier: object): void {
  current.delete(carrier);
}

/** The principal that one of our guards found. */
export function currentPrincipal(carrier: object): Principal | undefined {
  return current.get(carrier)?.principal;
}

export function currentUser(carrier: object): unknown {
  return current.get(carrier)?.user;
}
