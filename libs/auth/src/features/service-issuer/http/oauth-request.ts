import { hasAuthorization } from '../../../context/request-credentials.js';
import { formOf, headerOf, type HttpRequest } from '../../../context/http-request.js';
import { ClientInvalidError, RequestInvalidError } from '../../../errors/auth-error.js';
import type { ClientProof } from '../clients/client-authenticator.js';
import { unescaped } from '../../../http/early/form-body.js';

const FORM_TYPE = /^application\/x-www-form-urlencoded *(;|$)/i;
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** With which a client says who it is, on every route. */
export const CLIENT_FIELDS = [
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
] as const;

type ClientField = (typeof CLIENT_FIELDS)[number];

/**
 * The fields of a form that OAuth asks for, and nothing else. Throws RequestInvalidError for another field, for one that
 * came twice, and for a body that is no form.
 */
export function oauthForm<F extends string>(
  request: HttpRequest,
  fields: readonly F[],
): Partial<Record<F | ClientField, string>> {
  const form = formOf(request) ?? formOfHost(request);
  const known: readonly string[] = [...fields, ...CLIENT_FIELDS];
  for (const [name, value] of Object.entries(form)) {
    if (!known.includes(name))
      throw new RequestInvalidError(`The body has an unknown field. Known fields are: ${known.join(', ')}.`);
    if (typeof value !== 'string') throw new RequestInvalidError('The body has a field twice.');
  }
  return form as Partial<Record<F | ClientField, string>>;
}

/** What a parser of the host's made, which came before ours. */
function formOfHost(request: HttpRequest): Readonly<Record<string, unknown>> {
  const { body } = request;
  if (body === undefined || body === null) return {};
  if (typeof body !== 'object') throw new RequestInvalidError('The body must be a form.');
  const fields = Object.entries(body).filter(([, value]) => value !== '');
  if (fields.length > 0 && !FORM_TYPE.test(headerOf(request, 'content-type') ?? ''))
    throw new RequestInvalidError('The body must be of type application/x-www-form-urlencoded.');
  return Object.fromEntries(fields);
}

/**
 * How the client of a request says who it is: by HTTP Basic, by its secret in the body, or by an assertion (RFC 6749,
 * section 2.3; RFC 7523, section 2.2). Throws RequestInvalidError for more than one way, ClientInvalidError for none.
 */
export function clientProof(request: HttpRequest, form: Partial<Record<ClientField, string>>): ClientProof {
  const {
    client_id: clientId,
    client_secret: secret,
    client_assertion: assertion,
    client_assertion_type: assertionType,
  } = form;
  const ways = [
    hasAuthorization(request),
    secret !== undefined,
    assertion !== undefined || assertionType !== undefined,
  ];
  if (ways.filter(Boolean).length > 1)
    throw new RequestInvalidError('The request has more than one proof of its client.');
  if (ways[0]) return basicProof(request, clientId);
  if (ways[1]) {
    if (clientId === undefined) throw new ClientInvalidError();
    return { kind: 'secret', clientId, secret: secret! };
  }
  if (!ways[2]) throw new ClientInvalidError();
  if (assertion === undefined || assertionType !== ASSERTION_TYPE)
    throw new RequestInvalidError(`"client_assertion" must come with the type ${ASSERTION_TYPE}.`);
  return { kind: 'assertion', assertion, clientId: clientId ?? null };
}

function basicProof(request: HttpRequest, named: string | undefined): ClientProof {
  const encoded = BASIC.exec(headerOf(request, 'authorization') ?? '')?.[1];
  if (encoded === undefined) throw new ClientInvalidError();
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 1) throw new ClientInvalidError();
  const clientId = unescaped(text.slice(0, colon));
  if (named !== undefined && named !== clientId)
    throw new RequestInvalidError('The request names two clients.');
  return { kind: 'secret', clientId, secret: unescaped(text.slice(colon + 1)) };
}
