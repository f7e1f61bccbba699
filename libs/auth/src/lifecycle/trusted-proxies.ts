import type { HttpAdapterHost } from '@nestjs/core';
import { AuthConfigError } from '../errors/auth-config-error.js';

/** The symbol under which Fastify keeps the options that it was made with. */
const FASTIFY_OPTIONS = 'Symbol(fastify.options)';

/** Of no network that is in use (RFC 5737, RFC 3849), and so far behind that no number of proxies reaches it. */
const STRANGERS = ['203.0.113.1', '2001:db8::1'];
const FAR = 1_000;
type Trusts = (address: string, hop: number) => unknown;

/**
 * Whether the framework takes the address of a client from the `X-Forwarded-For` of any sender. Each client then chooses its own
 * address. A number of proxies and their addresses are no such setting.
 */
function trustsEveryProxy(adapter: NonNullable<HttpAdapterHost['httpAdapter']>): boolean {
  const instance = adapter.getInstance<object>();
  if (adapter.getType() === 'express')
    return trustsStrangers((instance as { get?(name: string): unknown }).get?.('trust proxy fn'));
  const symbol = Object.getOwnPropertySymbols(instance).find((one) => String(one) === FASTIFY_OPTIONS);
  const options =
    symbol && (instance as Record<symbol, { readonly trustProxy?: unknown } | undefined>)[symbol];
  const trusted = options?.trustProxy;
  return trusted === true || trustsStrangers(trusted);
}

function trustsStrangers(trusts: unknown): boolean {
  if (typeof trusts !== 'function') return false;
  try {
    return STRANGERS.some((address) => Boolean((trusts as Trusts)(address, FAR)));
  } catch {
    // A function of the application that expects more than a framework gives it.
    return false;
  }
}

/** Throws AuthConfigError for an application that trusts every proxy without saying that it means to. */
export function refuseAnyProxy(
  adapter: HttpAdapterHost['httpAdapter'] | undefined,
  isAccepted: boolean,
): void {
  if (!adapter || isAccepted || !trustsEveryProxy(adapter)) return;
  throw new AuthConfigError(
    '"trust proxy" (Express) or trustProxy (Fastify) must be the number of proxies or their addresses (got what trusts every address): each client could choose the address that its tries are counted by. ' +
      'Set attempts.acceptAnyForwardedAddress to true if clients cannot reach the application but through a proxy that replaces X-Forwarded-For',
  );
}
