import type { ExecutionContext } from '@nestjs/common';
import type { HttpRequest } from './http-request.js';

const NO_REQUEST: HttpRequest = { headers: {} };

interface Connection {
  /** Socket.IO. */
  readonly handshake?: HttpRequest;
  /** A gateway behind some adapters. */
  readonly upgradeReq?: HttpRequest;
}
interface GraphqlContext {
  readonly req?: HttpRequest;
  readonly request?: HttpRequest;
  readonly reply?: { readonly request?: HttpRequest };
}

const handshakes = new WeakMap<object, HttpRequest>();

/** Keeps the request that a WebSocket was opened with, for adapters whose messages do not show it. */
export function rememberHandshake(client: object, request: HttpRequest): void {
  handshakes.set(client, request);
}

/** The request whose credentials count in this context; one without headers where the context has none. */
export function requestOf(context: ExecutionContext): HttpRequest {
  switch (context.getType<string>()) {
    case 'http':
      return context.switchToHttp().getRequest<HttpRequest>();
    case 'ws': {
      const client = context.switchToWs().getClient<Connection>();
      return client.handshake ?? client.upgradeReq ?? handshakes.get(client) ?? NO_REQUEST;
    }
    case 'graphql': {
      const inner = context.getArgByIndex<GraphqlContext | undefined>(2);
      return inner?.req ?? inner?.request ?? inner?.reply?.request ?? NO_REQUEST;
    }
    default:
      return NO_REQUEST;
  }
}

/**
 * The object that stands for this call, to keep its principal with: the request; for a WebSocket message its client;
 * for a message of a microservice its context.
 */
export function carrierOf(context: ExecutionContext): object {
  const type = context.getType<string>();
  if (type === 'ws') return context.switchToWs().getClient<object>();
  if (type === 'rpc') {
    const rpc: unknown = context.switchToRpc().getContext();
    return typeof rpc === 'object' && rpc !== null ? rpc : context.getArgs();
  }
  const request = requestOf(context);
  return request === NO_REQUEST ? context.getArgs() : request;
}
