import type { ServiceClientStore } from '../features/service-issuer/clients/service-client-store.js';
import type { AuthStores, STORE_PORTS } from './auth-stores.js';

type Port = (typeof STORE_PORTS)[number];
type Announced = (outcome: unknown) => boolean;

const always: Announced = () => true;
const whenTrue: Announced = (outcome) => outcome === true;
/** Sign-ins that ended to make room for the one that was opened. */
const whenEnded: Announced = (outcome) => {
  const { ended } = (outcome ?? {}) as { ended?: unknown };
  return Array.isArray(ended) && ended.length > 0;
};
const whenReused: Announced = (outcome) => (outcome as { kind?: unknown } | null)?.kind === 'reused';

/** The calls that may announce a change, and whether one did, by its outcome. */
const ANNOUNCING: {
  readonly [P in Port]?: { readonly [M in keyof AuthStores[P]]?: Announced };
} = {
  sessions: { open: whenEnded, renew: whenTrue, revoke: whenTrue },
  families: { open: whenEnded, rotate: whenReused, rekey: whenReused, revoke: whenTrue },
  registry: {
    endAll: always,
    credentialsChanged: always,
    subjectChanged: always,
    forget: always,
    revokeEverything: always,
  },
};

/** The same of the service clients' store: whoever was told of a change that took nothing away reads once for nothing. */
const CLIENT_CHANGES: ReadonlySet<PropertyKey> = new Set([
  'update',
  'rotateSecret',
  'setDisabled',
  'remove',
  'revokeToken',
] satisfies (keyof ServiceClientStore)[]);

/** Whether a call of a port's method, which has come to this outcome, announced a change. */
export function revokesSomething(port: Port | 'clients', method: PropertyKey, outcome: unknown): boolean {
  if (port === 'clients') return CLIENT_CHANGES.has(method) && outcome !== null && outcome !== false;
  const ofPort = ANNOUNCING[port] as Readonly<Record<PropertyKey, Announced>> | undefined;
  return ofPort?.[method]?.(outcome) ?? false;
}
