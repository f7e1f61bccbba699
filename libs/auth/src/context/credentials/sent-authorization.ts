/** What a field of this name says when it is no text, or there twice: a malformed credential, never none. */
const MALFORMED = 'Bearer';

/**
 * The `authorization` among fields that a client sent where there are no headers of HTTP; `undefined` when there is none.
 * Clients write the name in upper or lower case.
 */
export function authorizationIn(fields: unknown): string | undefined {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const given = Object.entries(fields).filter(([name]) => name.toLowerCase() === 'authorization');
  if (given.length === 0) return undefined;
  const value: unknown = given[0]![1];
  return given.length === 1 && typeof value === 'string' ? value : MALFORMED;
}
