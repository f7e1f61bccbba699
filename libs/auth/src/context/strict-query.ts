import { RequestInvalidError } from '../errors/auth-error.js';
import type { HttpRequest } from './http-request.js';

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
