/**
 * The `typ` header of a token, as types are compared: without case, and with or without `application/` (RFC 7515, section
 * 4.1.9; RFC 9068, section 4). `undefined` if it is no text.
 */
export function tokenType(typ: unknown): string | undefined {
  if (typeof typ !== 'string') return undefined;
  const lower = typ.toLowerCase();
  const name = lower.replace(/^application\//, '');
  return name.includes('/') ? lower : name;
}
