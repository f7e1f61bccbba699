import { ServiceAuthGuard } from '../../guards/service-auth.guard.js';
import { ServiceAuthenticator } from '../../service-tokens/service-authenticator.js';
import type { AuthFeature, FeatureOptionsSource } from '../auth-feature.js';
import { SERVICE_CLIENT_STORE } from './clients/service-client-feature-store.js';
import { ServiceClientStore } from './clients/service-client-store.js';
import { SERVICE_CLIENTS, SPENT_TOKEN_IDS } from './clients/service-client.tables.js';
import { ServiceClients } from './clients/service-clients.js';
import { RevocationsController } from './http/revocations.controller.js';
import { SERVICE_DESCRIPTIONS } from './http/service-descriptions.js';
import { ServiceTokensController } from './http/service-tokens.controller.js';
import {
  resolveServiceIssuerOptions,
  ResolvedServiceIssuerOptions,
  type ServiceIssuerOptions,
} from './service-issuer-options.js';
import { SERVICE_ISSUER_PROVIDERS } from './service-issuer.providers.js';
import { TokenExchange } from './tokens/token-exchange.js';

/**
 * Tokens for services: clients that prove who they are (RFC 6749, RFC 7523), tokens of their own, tokens that a sign-in is
 * exchanged for (RFC 8693), introspection (RFC 7662), revocation (RFC 7009), and the revocations that they follow. Adds the
 * routes `token`, `introspect`, `revoke` and `revocations`, and the tables `auth_service_client` and
 * `auth_spent_token_id`.
 *
 * @example
 * ```ts
 * import { serviceIssuer } from 'nestjs-aerie/service-tokens';
 *
 * // For the `features` of AuthModule, and for authMigrations(features).
 * export const features = [serviceIssuer({ lifetime: '10m' })];
 * ```
 */
export function serviceIssuer(options: FeatureOptionsSource<ServiceIssuerOptions> = {}): AuthFeature {
  return {
    name: 'service-issuer',
    tables: [{ name: 'CreateServiceIssuerTables1796515200000', creates: [SERVICE_CLIENTS, SPENT_TOKEN_IDS] }],
    stores: [SERVICE_CLIENT_STORE],
    options: { token: ResolvedServiceIssuerOptions, from: options, read: resolveServiceIssuerOptions },
    providers: SERVICE_ISSUER_PROVIDERS,
    controllers: [ServiceTokensController, RevocationsController],
    bodies: { 'POST /token': 'form', 'POST /introspect': 'form', 'POST /revoke': 'form' },
    describes: SERVICE_DESCRIPTIONS,
    exports: [ServiceClients, TokenExchange, ServiceAuthenticator, ServiceAuthGuard],
    sweep: ServiceClientStore,
  };
}
