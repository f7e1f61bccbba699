import { isUnauthorised } from '../context/error-responses.js';
import { messageOf } from '../context/context-exceptions.js';
import type { AuthError } from '../errors/auth-error.js';

/** A client of the `ws` package, as `WsAdapter` gives it to a gateway. */
export interface WsClient {
  readonly readyState: number;
  close(code?: number, reason?: string): void;
  once(event: 'close', listener: () => void): unknown;
  removeAllListeners(event: 'message'): unknown;
}

/** A client of Socket.IO, as `IoAdapter` gives it to a gateway. */
export interface SocketIoClient {
  readonly disconnected: boolean;
  emit(event: 'exception', body: object): unknown;
  disconnect(close?: boolean): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

const OPEN = 1;
/** The range of applications (RFC 6455, section 7.4.2); graphql-ws has the same number for the same reason. */
const UNAUTHORIZED = 4401;
/** "Try again later": the service cannot tell. */
const TRY_AGAIN_LATER = 1013;

/** Whether the client has gone, or is about to. */
export function isClosed(client: WsClient | SocketIoClient): boolean {
  return 'disconnect' in client ? client.disconnected : client.readyState !== OPEN;
}

/** Calls `closed` when the client goes. */
export function whenClosed(client: WsClient | SocketIoClient, closed: () => void): void {
  if ('disconnect' in client) client.once('disconnect', closed);
  else client.once('close', closed);
}

/**
 * Closes a connection, and says why; no message of the client is passed on after that. `ws`: the code in the close frame's reason. Socket.IO has no such frame: the event
 * `exception` comes first, in the form in which Nest refuses a message.
 */
export function closeClient(client: WsClient | SocketIoClient, reason: AuthError): void {
  if ('disconnect' in client) {
    client.emit('exception', messageOf(reason));
    client.disconnect(true);
    return;
  }
  // `ws` waits 30 seconds for the client's own close frame, and passes on each message that comes before it.
  client.removeAllListeners('message');
  client.close(isUnauthorised(reason) ? UNAUTHORIZED : TRY_AGAIN_LATER, reason.code);
}
