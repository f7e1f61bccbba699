import type { HttpRequest } from '../../../context/http-request.js';
import { strictQuery } from '../../../context/strict-query.js';
import { RequestInvalidError } from '../../../errors/auth-error.js';

const MAX_LIMIT = 5_000;
const DEFAULT_LIMIT = 1_000;
/** As many as fit into a URL. */
const MAX_IDS = 200;
const WHOLE = /^(0|[1-9]\d{0,15})$/;

/** Which revocations a service asks for: the first ones after an id, or those of these ids. */
export type RevocationsQuery =
  { readonly ids: readonly number[] } | { readonly after: number; readonly limit: number };

/** Throws RequestInvalidError for anything but `?after=&limit=` or `?ids=1,2,3`. */
export function revocationsQuery(request: HttpRequest): RevocationsQuery {
  const { ids, after, limit } = strictQuery(request, ['ids', 'after', 'limit']);
  if (ids === undefined)
    return {
      after: wholeNumber('after', after, 0, Number.MAX_SAFE_INTEGER, 0),
      limit: wholeNumber('limit', limit, 1, MAX_LIMIT, DEFAULT_LIMIT),
    };
  if (after !== undefined || limit !== undefined)
    throw new RequestInvalidError('"ids" must come without "after" and "limit".');
  const listed = ids.split(',', MAX_IDS + 1);
  if (listed.length > MAX_IDS) throw new RequestInvalidError(`"ids" must be at most ${MAX_IDS} numbers.`);
  return { ids: listed.map((id) => wholeNumber('ids', id, 1, Number.MAX_SAFE_INTEGER, 1)) };
}

function wholeNumber(
  name: string,
  text: string | undefined,
  min: number,
  max: number,
  fallback: number,
): number {
  if (text === undefined) return fallback;
  const value = WHOLE.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max))
    throw new RequestInvalidError(`"${name}" must be of whole numbers between ${min} and ${max}.`);
  return value;
}
