import { randomBytes } from 'node:crypto';

const port = Number(process.env['PORT'] ?? 4000);
const at = (offset: number): string => `http://127.0.0.1:${port + offset}`;

/** The URL of each application. It is also its name: `iss` of the tokens, or `aud`. */
export const ISSUER = at(0);
export const ORDERS = at(1);
export const BILLING = at(2);

/** Made anew at each start; yours come from where you keep secrets. */
const fresh = (): string => randomBytes(32).toString('base64url');

/** The credentials of the services. */
export const SECRETS = { orders: fresh(), billing: fresh() };
