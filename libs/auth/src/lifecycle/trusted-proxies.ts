import type { HttpAdapterHost } from '@nestjs/core';
import { AuthConfigError } from '../errors/auth-config-error.js';

/** The symbol under which Fastify keeps the options that it was made with. */
const FASTIFY_OPTIONS = 'Symbol(fastify.options)';

/**
 * Whether the framework takes the address of a client from `X-Forwarded-For` whoever sent it: then each client chooses its own
 * address. A number of proxies, their addresses and a function are no such setting.
 */
function trustsEveryProxy(adapter: NonNullable<HttpAdapterHost['httpAdapter']>): boolean {
  const instance = adapter.getInstance<object>();
  if (adapter.getType() === 'express')
    return (instance as { get?(name: string): unknown }).get?.('trust proxy') === true;
  const symbol = Object.getOwnPropertySymbols(instance).find((one) => String(one) === FASTIFY_OPTIONS);
  const options =
    symbol && (instance as Record<symbol, { readonly trustProxy?: unknown } | undefined>)[symbol];
  return options?.trustProxy === true;
}

/** Throws AuthConfigError for an application that trusts every proxy without saying that it means to. */
export function refuseAnyProxy(
  adapter: HttpAdapterHost['httpAdapter'] | undefined,
  isAccepted: boolean,
): void {
  if (!adapter || isAccepted || !trustsEveryProxy(adapter)) return;
  throw new AuthConfigError(
    '"trust proxy" (Express) or trustProxy (Fastify) must be the number of proxies or their addresses (got true): each client could choose the address that its tries are counted by. ' +
      'Set attempts.acceptAnyForwardedAddress to true if clients cannot reach the application but through a proxy that replaces X-Forwarded-For',
  );
}
