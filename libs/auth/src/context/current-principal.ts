import type { Principal } from '../principal/principal.js';

interface Current {
  readonly principal: Principal | undefined;
  /** What the guard's `handleRequest` made of it: the principal, unless a subclass says otherwise. */
  readonly user: unknown;
}

// Not `request.user`: a host may move or overwrite that (PassportModule's `property`), and decisions depend on this.
// A property under a key of our own costs a sixth of what an entry in a WeakMap does, on every request.
const CURRENT = Symbol('nestjs-aerie');

interface Carrier {
  [CURRENT]?: Current;
}

/** `principal` is undefined when a subclass let nobody pass. */
export function setCurrent(carrier: object, principal: Principal | undefined, user: unknown): void {
  (carrier as Carrier)[CURRENT] = { principal, user };
}

/** The principal that one of our guards found. */
export function currentPrincipal(carrier: object): Principal | undefined {
  return (carrier as Carrier)[CURRENT]?.principal;
}

export function currentUser(carrier: object): unknown {
  return (carrier as Carrier)[CURRENT]?.user;
}
