import { RequestInvalidError } from '../errors/auth-error.js';
import { headerOf, type HttpRequest } from './http-request.js';

/** What one field of a body may be. */
export type FieldRule =
  | {
      readonly type: 'string';
      readonly max: number;
      readonly required?: boolean;
      readonly oneOf?: readonly string[];
      /** Refuses half a surrogate pair: two such texts would be alike once they are bytes. */
      readonly wellFormed?: boolean;
      /** Refuses NUL, which PostgreSQL cannot hold. */
      readonly withoutNul?: boolean;
    }
  | { readonly type: 'boolean' };

const JSON_TYPE = /^application\/json *(;|$)/i;

/**
 * The body of a request as a record of the fields named, and nothing else: other fields, other types and other
 * content types are RequestInvalidError, before anybody sees a credential. No body at all is an empty record.
 */
export function strictBody<F extends string>(
  request: HttpRequest,
  fields: Readonly<Record<F, FieldRule>>,
): Partial<Record<F, string | boolean>> {
  const { body } = request;
  const given: Partial<Record<F, string | boolean>> = {};
  const isEmpty = body === undefined || body === null;
  if (!isEmpty) {
    if (typeof body !== 'object' || Array.isArray(body))
      throw new RequestInvalidError('The body must be a JSON object.');
    const names = Object.keys(body);
    if (names.length > 0 && !JSON_TYPE.test(headerOf(request, 'content-type') ?? '')) {
      throw new RequestInvalidError('The body must be of type application/json.');
    }
    for (const name of names) {
      if (!Object.hasOwn(fields, name))
        throw new RequestInvalidError(
          `The body has a field that is not known here: known are ${Object.keys(fields).join(', ')}.`,
        );
      given[name as F] = checked(name, (body as Record<string, unknown>)[name], fields[name as F]);
    }
  }
  for (const [name, rule] of Object.entries<FieldRule>(fields)) {
    if (rule.type === 'string' && rule.required && given[name as F] === undefined) {
      throw new RequestInvalidError(`"${name}" is missing.`);
    }
  }
  return given;
}

function checked(name: string, value: unknown, rule: FieldRule): string | boolean {
  if (rule.type === 'boolean') {
    if (typeof value !== 'boolean') throw new RequestInvalidError(`"${name}" must be true or false.`);
    return value;
  }
  if (typeof value !== 'string' || value === '' || value.length > rule.max) {
    throw new RequestInvalidError(`"${name}" must be a text of 1 to ${rule.max} characters.`);
  }
  if (rule.wellFormed && !value.isWellFormed()) {
    throw new RequestInvalidError(`"${name}" must be well-formed Unicode.`);
  }
  if (rule.withoutNul && value.includes('\0'))
    throw new RequestInvalidError(`"${name}" must not contain NUL.`);
  if (rule.oneOf && !rule.oneOf.includes(value)) {
    throw new RequestInvalidError(`"${name}" must be one of ${rule.oneOf.join(', ')}.`);
  }
  return value;
}
