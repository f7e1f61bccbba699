import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { bodyOf, headersOf } from '../context/error-answers.js';
import { noteArrival } from '../context/http-request.js';
import { RequestInvalidError } from '../errors/auth-error.js';
import { checkBodyHeaders, hasBody, readJson } from './json-body.js';

/** How a request concerns us. */
export type EarlyMatch = 'none' | 'under-path' | 'our-route';

type Match = (method: string, url: string) => EarlyMatch;

interface ExpressRequest extends IncomingMessage {
  body?: unknown;
  _body?: boolean;
}
interface FastifyReply {
  header(name: string, value: string): FastifyReply;
  code(status: number): FastifyReply;
  send(body: unknown): FastifyReply;
}
interface FastifyRequest {
  readonly raw: IncomingMessage;
  readonly headers: Record<string, unknown>;
}

/** The part of both applications that takes hooks. */
export interface EarlyApplication {
  use(middleware: (request: ExpressRequest, response: ServerResponse, next: () => void) => void): void;
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void,
  ): void;
  addHook(
    name: 'preParsing',
    hook: (
      request: FastifyRequest,
      reply: FastifyReply,
      payload: Readable,
      done: (error: null, payload: Readable) => void,
    ) => void,
  ): void;
}

export function hookExpress(application: EarlyApplication, match: Match): void {
  application.use((request, response, next) => {
    const matched = match(request.method ?? 'GET', request.url ?? '/');
    if (matched === 'none') return next();
    response.setHeader('Cache-Control', 'no-store');
    if (matched === 'our-route') noteArrival(request);
    // A host may have had its own parser first.
    if (matched !== 'our-route' || !hasBody(request) || request.readableEnded) return next();
    receive(request, request).then(
      ({ value }) => {
        // Not before: time that a client lets pass in the middle of its body is none that we made it wait.
        noteArrival(request);
        request.body = value;
        request._body = true;
        next();
      },
      (error: unknown) => {
        const refused = asRefusal(error);
        response.statusCode = bodyOf(refused).statusCode;
        for (const [name, header] of Object.entries(headersOf(refused))) response.setHeader(name, header);
        response.setHeader('Content-Type', 'application/json; charset=utf-8');
        response.setHeader('Connection', 'close');
        response.end(JSON.stringify(bodyOf(refused)));
        request.resume();
      },
    );
  });
}

/** By callbacks: these hooks run on every route of the application, and a promise each is more than they do. */
export function hookFastify(application: EarlyApplication, match: Match): void {
  application.addHook('onRequest', (request, reply, done) => {
    const matched = match(request.raw.method ?? 'GET', request.raw.url ?? '/');
    if (matched === 'none') return done();
    reply.header('Cache-Control', 'no-store');
    if (matched === 'our-route') noteArrival(request.raw);
    // Fastify calls an empty body of type JSON malformed; here it is no body.
    if (matched === 'our-route' && !hasBody(request.raw)) delete request.headers['content-type'];
    done();
  });
  application.addHook('preParsing', (request, reply, payload, done) => {
    if (match(request.raw.method ?? 'GET', request.raw.url ?? '/') !== 'our-route' || !hasBody(request.raw))
      return done(null, payload);
    receive(request.raw, payload).then(
      ({ text }) => {
        noteArrival(request.raw);
        if (text === '') delete request.headers['content-type'];
        const received = Readable.from(text === '' ? [] : [Buffer.from(text)]);
        done(null, Object.assign(received, { receivedEncodedLength: Buffer.byteLength(text) }));
      },
      (error: unknown) => {
        const refused = asRefusal(error);
        for (const [name, value] of Object.entries(headersOf(refused))) reply.header(name, value);
        reply.header('Connection', 'close').code(bodyOf(refused).statusCode).send(bodyOf(refused));
        request.raw.resume();
      },
    );
  });
}

async function receive(
  request: IncomingMessage,
  stream: Readable,
): Promise<{ text: string; value: unknown }> {
  checkBodyHeaders(request);
  return readJson(stream);
}

function asRefusal(error: unknown): RequestInvalidError {
  return error instanceof RequestInvalidError
    ? error
    : new RequestInvalidError('The body did not arrive whole.', { cause: error });
}
