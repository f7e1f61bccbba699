import type { ServicePrincipal } from '../service-tokens/service-token.js';
import { applicationOf } from './current-principal.js';

// Not where users are kept: nobody who asks for the user of a request is ever given a service.
const SERVICE = Symbol.for('nestjs-aerie.current-service');

interface Carrier {
  [SERVICE]?: { readonly service: ServicePrincipal; readonly application: unknown };
}

export function setCurrentService(carrier: object, service: ServicePrincipal): void {
  (carrier as Carrier)[SERVICE] = { service, application: applicationOf(carrier) };
}

/** The service that `ServiceAuthGuard` found. */
export function currentService(carrier: object): ServicePrincipal | undefined {
  const found = (carrier as Carrier)[SERVICE];
  return found?.application === applicationOf(carrier) ? found?.service : undefined;
}
