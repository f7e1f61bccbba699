import type { HttpRequest } from './http-request.js';
import { isHandshake } from './handshake.js';
import { ofProcess } from './package-copy.js';

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
}

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

  constructor(handshake: HttpRequest, connectionParams: unknown) {
    const authorization = authorizationIn(connectionParams);
    this.headers = authorization === undefined ? handshake.headers : { ...handshake.headers, authorization };
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
  // What the server set comes before what a host may have copied from the client.
  const request =
    connection?.extra?.request ?? [given.req, given.request, given.reply?.request].find(hasHeaders);
  if (!request || !(connection || isHandshake(request))) return request;
  const params = connection?.connectionParams ?? given.connectionParams;
  const variables = (info as { readonly variableValues?: object } | undefined)?.variableValues;
  if (typeof variables !== 'object' || variables === null) return new OperationRequest(request, params);
  let operation = operations.get(variables);
  if (!operation) operations.set(variables, (operation = new OperationRequest(request, params)));
  return operation;
}

function hasHeaders(request: HttpRequest | undefined): request is HttpRequest {
  return typeof request?.headers === 'object' && request.headers !== null;
}

/** Clients write the name as they like. What is no text, or there twice, is a malformed credential. */
function authorizationIn(connectionParams: unknown): string | undefined {
  if (typeof connectionParams !== 'object' || connectionParams === null) return undefined;
  const given = Object.entries(connectionParams).filter(([name]) => name.toLowerCase() === 'authorization');
  if (given.length === 0) return undefined;
  const value: unknown = given[0]![1];
  return given.length === 1 && typeof value === 'string' ? value : 'Bearer';
}
