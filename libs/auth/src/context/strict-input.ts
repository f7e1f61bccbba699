import { RequestInvalidError } from '../errors/auth-error.js';
import { checkedField, checkGiven, type FieldRule } from '../validation/field-rule.js';
import { headerOf, type HttpRequest } from './http-request.js';

const JSON_TYPE = /^application\/json *(;|$)/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded *(;|$)/i;

/**
 * The body of a request as a record of the fields named, and nothing else: other fields, other types and other
 * content types are RequestInvalidError, before anybody sees a credential. No body at all is an empty record.
 * `forms`: takes what an HTML form sends, too.
 */
export function strictBody<F extends string>(
  request: HttpRequest,
  fields: Readonly<Record<F, FieldRule>>,
  { forms = false } = {},
): Partial<Record<F, string | boolean>> {
  const { body } = request;
  const given: Partial<Record<F, string | boolean>> = {};
  const isEmpty = body === undefined || body === null;
  if (!isEmpty) {
    if (typeof body !== 'object' || Array.isArray(body))
      throw new RequestInvalidError('The body must be a JSON object.');
    const names = Object.keys(body);
    const type = headerOf(request, 'content-type') ?? '';
    if (names.length > 0 && !JSON_TYPE.test(type) && !(forms && FORM_TYPE.test(type))) {
      const allowed = forms ? 'application/json or application/x-www-form-urlencoded' : 'application/json';
      throw new RequestInvalidError(`The body must be of type ${allowed}.`);
    }
    for (const name of names) {
      if (!Object.hasOwn(fields, name))
        throw new RequestInvalidError(
          `The body has an unknown field. Known fields are: ${Object.keys(fields).join(', ')}.`,
        );
      given[name as F] = checkedField(name, (body as Record<string, unknown>)[name], fields[name as F]);
    }
  }
  for (const [name, rule] of Object.entries<FieldRule>(fields)) checkGiven(name, given[name as F], rule);
  return given;
}

/** The query of a request as a record of the names that are known, each once. Throws RequestInvalidError for any other. */
export function strictQuery<N extends string>(
  { url = '' }: HttpRequest,
  names: readonly N[],
): Partial<Record<N, string>> {
  const start = url.indexOf('?');
  const given: Partial<Record<N, string>> = {};
  for (const [name, value] of new URLSearchParams(start === -1 ? '' : url.slice(start + 1))) {
    if (!names.includes(name as N) || Object.hasOwn(given, name))
      throw new RequestInvalidError(`The query may hold each of these once: ${names.join(', ')}.`);
    given[name as N] = value;
  }
  return given;
}
