import { isUnauthorised } from '../../context/error-responses.js';
import type { AuthError } from '../../errors/auth-error.js';

/** The connection of a subscription: a client of the `ws` package. */
export interface SubscriptionSocket {
  close(code?: number, reason?: string): void;
}

interface Place {
  /** What graphql-ws gives to the context of an operation. */
  readonly extra?: { readonly socket?: unknown };
  /** What an application of Mercurius gives to it: `subscription: { context: (socket) => ({ socket }) }`. */
  readonly socket?: unknown;
}

/** The connection of a subscription, by its context; `undefined` where that does not have it. */
export function socketOf(context: unknown): SubscriptionSocket | undefined {
  const given = (context ?? {}) as Place & { readonly req?: Place };
  const sockets = [given.extra?.socket, given.req?.extra?.socket, given.socket];
  return sockets.find(isSocket);
}

function isSocket(value: unknown): value is SubscriptionSocket {
  // A net.Socket has no `close`.
  return typeof (value as Partial<SubscriptionSocket> | undefined)?.close === 'function';
}

/** Clients of graphql-ws give up: the operations' errors say why. */
const UNAUTHORIZED = 4401;
/** They connect again, and ask the application for new `connectionParams`. */
const FORBIDDEN = 4403;
/** "Try again later" (RFC 6455's registry): they connect again as well. */
const TRY_AGAIN_LATER = 1013;

/** Ends for which a client of graphql-ws need not trouble its user: with a new token, or the same cookie, it is admitted. */
const RENEWABLE = new Set(['AUTH_ACCESS_TOKEN_EXPIRED', 'AUTH_ACCESS_TOKEN_STALE', 'AUTH_SESSION_STALE']);

/** Whether a client that connects again can be admitted without its user. */
export function isRenewable(reason: AuthError): boolean {
  return RENEWABLE.has(reason.code) || !isUnauthorised(reason);
}

/** Closes a connection whose sign-in has ended. The reason of the close frame is the error's code. */
export function closeSocket(socket: SubscriptionSocket, reason: AuthError): void {
  const renewed = isUnauthorised(reason) ? FORBIDDEN : TRY_AGAIN_LATER;
  socket.close(isRenewable(reason) ? renewed : UNAUTHORIZED, reason.code);
}
