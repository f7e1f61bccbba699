import type { HttpRequest } from './http-request.js';
import { isHandshake, wasSent } from './handshake.js';
import { ofProcess } from './package-copy.js';
import { authorizationIn } from './credentials/sent-authorization.js';

/** What graphql-ws knows of a connection. `@nestjs/graphql` gives it to resolvers as `req`, unless the host says otherwise. */
interface Connection {
  /** Set by the server: the handshake. */
  readonly extra?: { readonly request?: HttpRequest };
  /** Sent by the client. */
  readonly connectionParams?: unknown;
}

interface GraphqlContext extends Connection {
  readonly req?: HttpRequest & Connection;
  readonly request?: HttpRequest & Connection;
  readonly reply?: { readonly request?: HttpRequest };
  /**
   * Mercurius: what the client sent first, headers or an object that has them as `headers`. It copies them to the handshake
   * when the first subscription starts.
   */
  readonly _connectionInit?: unknown;
}

/** The headers of a handshake that are credentials. */
const CREDENTIALS = ['authorization', 'cookie'] as const;

/**
 * The handshake of a connection, as one of its operations sees it. `connectionParams.authorization` decides alone, as the
 * header does; of everything else that clients send there, nothing counts.
 */
export class OperationRequest implements HttpRequest {
  readonly headers: HttpRequest['headers'];
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly ip: string | undefined;
  readonly socket: HttpRequest['socket'];
  readonly raw: object;

  constructor(handshake: HttpRequest, connectionParams: unknown, isCopied: boolean) {
    const headers = isCopied ? withoutCopied(handshake) : handshake.headers;
    const authorization = authorizationIn(connectionParams);
    this.headers = authorization === undefined ? headers : { ...headers, authorization };
    this.method = handshake.method;
    this.url = handshake.url;
    this.ip = handshake.ip;
    this.socket = handshake.socket;
    this.raw = handshake.raw ?? handshake;
  }
}

// An operation's variables are an object of its own, made anew each time that it, or an event of it, is executed.
const operations = ofProcess('operations', () => new WeakMap<object, OperationRequest>());

/** The request whose credentials count for a resolver, by its arguments. */
export function graphqlRequestOf(context: unknown, info: unknown): HttpRequest | undefined {
  const given = (context ?? {}) as GraphqlContext;
  const connection = [given, given.req, given.request].find((place) => hasHeaders(place?.extra?.request));
  const requests = [given.req, given.request, given.reply?.request].filter(hasHeaders);
  // What the server set comes before what a host may have copied from the client.
  const request = connection?.extra?.request ?? requests.find(isHandshake) ?? requests[0];
  if (!request || !(connection || isHandshake(request))) return request;
  const params = connection?.connectionParams ?? given.connectionParams ?? headersIn(given._connectionInit);
  const isCopied = '_connectionInit' in given;
  const variables = (info as { readonly variableValues?: object } | undefined)?.variableValues;
  if (typeof variables !== 'object' || variables === null)
    return new OperationRequest(request, params, isCopied);
  let operation = operations.get(variables);
  if (!operation) operations.set(variables, (operation = new OperationRequest(request, params, isCopied)));
  return operation;
}

function hasHeaders(request: HttpRequest | undefined): request is HttpRequest {
  return typeof request?.headers === 'object' && request.headers !== null;
}

/** Mercurius takes the one for the other. */
function headersIn(init: unknown): unknown {
  return (init as { readonly headers?: unknown } | null | undefined)?.headers ?? init;
}

/** The headers of a handshake, without credentials that are in none of its lines. */
function withoutCopied(handshake: HttpRequest): HttpRequest['headers'] {
  const headers = { ...handshake.headers };
  for (const name of CREDENTIALS) if (!wasSent(handshake, name)) delete headers[name];
  return headers;
}
