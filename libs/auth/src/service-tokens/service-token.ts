/** The `typ` header of a service's token: one of its own, so that no purpose passes for another. */
export const SERVICE_TOKEN_TYPE = 'service+jwt';

const NAMESPACE = 'client:';

/** A service that makes a request: what `@CurrentService()` gives. Never a user. */
export abstract class ServicePrincipal {
  abstract readonly clientId: string;
  abstract readonly scopes: readonly string[];
  /** `jti` of the token it came with. */
  abstract readonly tokenId: string;
}

/** What a genuine service token says. */
export interface ServiceToken {
  readonly principal: ServicePrincipal;
  /** Unique (`jti`). */
  readonly id: string;
  /** The client's epoch when it was issued (`sep`). */
  readonly clientEpoch: number;
  /** The global epoch (`gep`). */
  readonly globalEpoch: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly notBefore: number;
}

/** Whether a foreign reader of `sub` could take it for a client's. */
export function looksLikeClient(subject: string): boolean {
  return subject.toLowerCase().startsWith(NAMESPACE);
}

/** The `sub` of a client: in a namespace of its own. */
export function subjectOfClient(clientId: string): string {
  return `${NAMESPACE}${clientId}`;
}
