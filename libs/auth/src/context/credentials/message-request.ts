import type { HttpRequest } from '../http-request.js';
import { ofProcess } from '../package-copy.js';
import { authorizationIn } from './sent-authorization.js';

/** What contexts of Nest's transports have beside the payload. */
interface MessageContext {
  /** NATS: names, each with its values. */
  getHeaders?(): unknown;
  /** TCP and Redis, since Nest 12.1: what the client's `setOnDispatchHook` added. */
  getMetadata?(): unknown;
}

// Guards of one message share what was asked about it.
const requests = ofProcess('messages', () => new WeakMap<object, HttpRequest>());

/**
 * The request that stands for a message of a microservice. Its only header is the `authorization` among the headers, or the
 * metadata, of the message: no cookie travels in a message.
 */
export function messageRequestOf(context: unknown): HttpRequest | undefined {
  if (typeof context !== 'object' || context === null) return undefined;
  let request = requests.get(context);
  if (!request) {
    const authorization = authorizationIn(fieldsOf(context));
    request = { headers: authorization === undefined ? {} : { authorization } };
    requests.set(context, request);
  }
  return request;
}

function fieldsOf(context: MessageContext): unknown {
  if (typeof context.getHeaders !== 'function') return context.getMetadata?.();
  const headers = context.getHeaders();
  if (typeof headers !== 'object' || headers === null || !(Symbol.iterator in headers)) return headers;
  const entries = [...(headers as Iterable<readonly [string, unknown]>)];
  return Object.fromEntries(entries.map(([name, values]) => [name, single(values)]));
}

function single(values: unknown): unknown {
  return Array.isArray(values) && values.length === 1 ? values[0] : values;
}
