import type { AuthOptions } from 'nestjs-aerie';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import type { ClientRegistration } from 'nestjs-aerie/service-tokens';
import { registered } from '../support/service-requests.js';
import { type Adapter, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { es256Key } from './es256.js';

/** Who the services are. */
export const ORDERS = 'https://orders.example.com';
export const BILLING = 'https://billing.example.com';

/** How a service client presents itself to an issuer. */
export interface ClientOf {
  readonly clientId: string;
  readonly secret: string;
  readonly tokenUrl: string;
}

/** An issuer that serves services, with a user `ada`, and what a service needs to know of it. */
export interface Issuer extends TestApp {
  readonly jwksUri: string;
  readonly revocationsUrl: string;
  /** That of the service `orders`, which may read revocations, ask about tokens, and call `billing`. */
  readonly orders: ClientOf;
  register(registration: ClientRegistration): Promise<ClientOf>;
}

export async function startIssuer(
  adapter: Adapter = 'express',
  options: Partial<AuthOptions> = {},
): Promise<Issuer> {
  const app = await startTestApp({
    adapter,
    options: {
      features: [serviceIssuer()],
      keys: [es256Key('k1').option],
      accessTokens: { audience: [ISSUER, ORDERS] },
      ...options,
    },
  });
  await app.users.add('ada', undefined, { roles: ['admin'], scopes: ['bills:read'] });
  const register = async (registration: ClientRegistration): Promise<ClientOf> => {
    const { id, secret } = await registered(app, registration);
    return { clientId: id, secret, tokenUrl: `${app.url}/auth/token` };
  };
  const orders = await register({
    id: 'orders',
    resource: ORDERS,
    scopes: ['revocations', 'bills:read', 'bills:write'],
    audiences: [ISSUER, BILLING],
    grants: ['client_credentials', 'token-exchange'],
  });
  return {
    ...app,
    jwksUri: `${app.url}/.well-known/jwks.json`,
    revocationsUrl: `${app.url}/auth/revocations`,
    orders,
    register,
  };
}
