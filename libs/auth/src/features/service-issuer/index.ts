// `nestjs-aerie/service-tokens`: tokens for services
export { serviceIssuer } from './service-issuer.js';
export type { ServiceIssuerOptions } from './service-issuer-options.js';
export { type ServiceClientInfo, ServiceClients } from './clients/service-clients.js';
export type { ClientRegistration, ClientUpdate, SecretRotation } from './clients/client-registration.js';
export { type ExchangedToken, type ExchangeOptions, TokenExchange } from './tokens/token-exchange.js';

// For stores of your own
export {
  type NewServiceClient,
  type ServiceClientReading,
  ServiceClientStore,
  type SpentId,
} from './clients/service-client-store.js';
export {
  type ClientChange,
  type ClientJwk,
  type ClientRights,
  type ServiceClientRow,
  type ServiceGrant,
  takesAway,
} from './clients/service-client-row.js';
export type { ServiceTokenRecord } from '../../service-tokens/service-token-check.js';
