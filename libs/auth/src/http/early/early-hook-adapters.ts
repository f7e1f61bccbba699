import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { noteArrival, noteForm } from '../../context/http-request.js';
import { hasTokenInUrl, tokenInUrl } from '../../context/credentials/token-in-url.js';
import { RequestInvalidError } from '../../errors/auth-error.js';
import { noteRefusal } from './early-refusal.guard.js';
import { checkFormHeaders, readForm } from './form-body.js';
import { announcesBody, checkBodyHeaders, discard, hasBody, readJson } from './json-body.js';

/** How a request concerns us: a route of ours takes JSON, or a form, or does without the body that came. */
export type EarlyMatch = 'none' | 'under-path' | 'our-route' | 'form-route' | 'without-body';

type WithBody = Exclude<EarlyMatch, 'none' | 'under-path'>;
type Match = (request: IncomingMessage) => EarlyMatch;

interface ExpressRequest extends IncomingMessage {
  body?: unknown;
  _body?: boolean;
}
interface FastifyReply {
  header(name: string, value: string): FastifyReply;
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
    const matched = match(request);
    if (matched === 'none') return next();
    response.setHeader('Cache-Control', 'no-store');
    // Express names itself in every answer; ours need not.
    response.removeHeader('X-Powered-By');
    if (matched === 'under-path') return next();
    noteArrival(request);
    if (hasTokenInUrl(request)) noteRefusal(request, tokenInUrl());
    // A host may have had its own parser first.
    if (!hasBody(request) || request.readableEnded) return next();
    receive(matched, request, request).then(
      ({ value }) => {
        // Not before: time that a client lets pass in the middle of its body is none that we made it wait.
        noteArrival(request);
        request.body = value;
        request._body = true;
        next();
      },
      (error: unknown) => {
        if (mayClose(request)) response.setHeader('Connection', 'close');
        refuse(request, request.headers, error);
        next();
      },
    );
  });
}

/** By callbacks: these hooks run on every route of the application, and a promise each is more than they do. */
export function hookFastify(application: EarlyApplication, match: Match): void {
  application.addHook('onRequest', (request, reply, done) => {
    const matched = match(request.raw);
    if (matched === 'none') return done();
    reply.header('Cache-Control', 'no-store');
    if (matched === 'under-path') return done();
    noteArrival(request.raw);
    if (hasTokenInUrl(request.raw)) noteRefusal(request.raw, tokenInUrl());
    // Fastify calls an empty body of type JSON malformed; here it is no body.
    if (!hasBody(request.raw)) delete request.headers['content-type'];
    done();
  });
  application.addHook('preParsing', (request, reply, payload, done) => {
    const matched = match(request.raw);
    if (matched === 'none' || matched === 'under-path' || !hasBody(request.raw)) return done(null, payload);
    receive(matched, request.raw, payload).then(
      ({ text, value }) => {
        noteArrival(request.raw);
        if (text === '') withoutBody(request.headers);
        // A form is handed on as JSON: the application need not have a parser for forms, nor one that refuses duplicates.
        const isForm = matched === 'form-route' && text !== '';
        if (isForm) request.headers['content-type'] = 'application/json';
        const handed = isForm ? JSON.stringify(value) : text;
        const received = Readable.from(handed === '' ? [] : [Buffer.from(handed)]);
        done(null, Object.assign(received, { receivedEncodedLength: Buffer.byteLength(text) }));
      },
      (error: unknown) => {
        if (mayClose(request.raw)) reply.header('Connection', 'close');
        refuse(request.raw, request.headers, error);
        done(null, Object.assign(Readable.from([]), { receivedEncodedLength: 0 }));
      },
    );
  });
}

async function receive(
  matched: WithBody,
  request: IncomingMessage,
  stream: Readable,
): Promise<{ text: string; value: unknown }> {
  if (matched === 'without-body') {
    await discard(stream);
    return { text: '', value: undefined };
  }
  const isForm = matched === 'form-route';
  const check = (): void => (isForm ? checkFormHeaders(request) : checkBodyHeaders(request));
  // An empty body needs no type. A body without a declared length is checked when its first bytes arrive.
  if (announcesBody(request)) check();
  if (!isForm) return readJson(stream, check);
  const form = await readForm(stream, check);
  noteForm(request, form.value);
  return form;
}

/** HTTP/2 has no such header (RFC 9113, section 8.2.2): the stream ends, and its connection continues. */
function mayClose(request: IncomingMessage): boolean {
  return request.httpVersionMajor < 2;
}

/** `EarlyRefusalGuard` answers. Until then the request has no body, so that no parser of the host's reads it. */
function refuse(request: IncomingMessage, headers: Record<string, unknown>, error: unknown): void {
  noteRefusal(request, asRefusal(error));
  withoutBody(headers);
  request.resume();
}

/** Parsers look for a body, and for its type, by these. */
function withoutBody(headers: Record<string, unknown>): void {
  for (const name of ['content-type', 'content-length', 'transfer-encoding']) delete headers[name];
}

function asRefusal(error: unknown): RequestInvalidError {
  return error instanceof RequestInvalidError
    ? error
    : new RequestInvalidError('The body is incomplete.', { cause: error });
}
