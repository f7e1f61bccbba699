import { type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import { es256Key } from './es256.js';
import { StandIn } from './stand-in.js';

/** An issuer that serves services, with users, and what a service needs to know of it. */
export interface Issuer extends TestApp {
  readonly jwksUri: string;
  readonly revocationsUrl: string;
  readonly credentials: { readonly clientId: string; readonly secret: string; readonly tokenUrl: string };
}

export async function startIssuer(adapter: Adapter = 'express'): Promise<Issuer> {
  const app = await startTestApp({
    adapter,
    options: { services: true, keys: [es256Key('k1').option] },
  });
  await app.users.add('ada', undefined, { roles: ['admin'] });
  const tokens = await StandIn.start(() => ({
    access_token: 'of a service',
    token_type: 'Bearer',
    expires_in: 300,
  }));
  return {
    ...app,
    jwksUri: `${app.url}/.well-known/jwks.json`,
    revocationsUrl: `${app.url}/auth/revocations`,
    credentials: { clientId: 'orders', secret: 'secret-of-orders', tokenUrl: tokens.url },
  };
}
