import type { ExecutionContext } from '@nestjs/common';
import { messageRequestOf } from './credentials/message-request.js';
import { graphqlRequestOf } from './graphql-request.js';
import type { HttpRequest } from './http-request.js';
import { ofProcess } from './package-copy.js';

interface Connection {
  /** Socket.IO. */
  readonly handshake?: HttpRequest;
  /** A gateway behind some adapters. */
  readonly upgradeReq?: HttpRequest;
}

const handshakes = ofProcess('handshakes', () => new WeakMap<object, HttpRequest>());

/** Keeps the request whose credentials count for the messages of a connection: adapters may not show it, and it may be renewed. */
export function rememberHandshake(client: object, request: HttpRequest): void {
  handshakes.set(client, request);
}

/** Whether a connection has one. */
export function hasHandshake(client: object): boolean {
  return handshakes.has(client);
}

/** The request whose credentials count in this context; one without headers where the context has none. */
export function requestOf(context: ExecutionContext): HttpRequest {
  return findRequest(context) ?? { headers: {} };
}

function findRequest(context: ExecutionContext): HttpRequest | undefined {
  switch (context.getType<string>()) {
    case 'http':
      return httpRequestOf(context);
    case 'ws': {
      const client = context.switchToWs().getClient<Connection>();
      return handshakes.get(client) ?? client.handshake ?? client.upgradeReq;
    }
    case 'graphql':
      return graphqlRequestOf(context.getArgByIndex(2), context.getArgByIndex(3));
    case 'rpc':
      return messageRequestOf(context.switchToRpc().getContext());
    default:
      return undefined;
  }
}

/** The same as `switchToHttp().getRequest()`, which makes three functions anew each time that it is asked. */
function httpRequestOf(context: ExecutionContext): HttpRequest {
  // A context of a host's own making, in a test, may know that way alone.
  return typeof context.getArgByIndex === 'function'
    ? context.getArgByIndex<HttpRequest>(0)
    : context.switchToHttp().getRequest<HttpRequest>();
}

/** The response of a call, for a cookie that is to be set on it; `undefined` for a message of a connection. */
export function responseOf(context: ExecutionContext): unknown {
  const type = context.getType<string>();
  if (type === 'http') return context.switchToHttp().getResponse();
  if (type !== 'graphql') return undefined;
  const given = (context.getArgByIndex<unknown>(2) ?? {}) as Record<string, unknown>;
  return given['res'] ?? given['reply'];
}

const MESSAGE = Symbol.for('nestjs-aerie.message');

/** Stands for one message of a connection: a client is the same for all of them. */
class MessageCarrier {
  readonly [MESSAGE] = true;
}

/**
 * The object that stands for this call, to keep its principal with: the request; for a message of a microservice its
 * context; for a WebSocket message an object that travels with its arguments, before the pattern that ends them; for
 * GraphQL over a connection, the operation's own view of the handshake.
 */
export function carrierOf(context: ExecutionContext): object {
  const type = context.getType<string>();
  if (type === 'ws') {
    const args = context.getArgs<unknown[]>();
    let carrier = args.find((argument) => Object(argument)[MESSAGE] === true) as object | undefined;
    if (!carrier) args.splice(args.length - 1, 0, (carrier = new MessageCarrier()));
    return carrier;
  }
  if (type === 'rpc') {
    const rpc: unknown = context.switchToRpc().getContext();
    return typeof rpc === 'object' && rpc !== null ? rpc : context.getArgs();
  }
  return findRequest(context) ?? context.getArgs();
}
