import { lenientBytes, strictBytes, textOf } from './base64url.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** In characters: the verifier refuses longer ones unread. */
export const MAX_JWS_LENGTH = 8 * 1024;
/** Longer ones are not even read to be shown. */
const MAX_READ_LENGTH = 256 * 1024;
/** Headers that bring a key, an unencoded or a compressed payload, or rules that a verifier must understand (RFC 7515, 4.1). */
const FORBIDDEN_HEADERS = ['crit', 'b64', 'zip', 'jwk', 'jku', 'x5u', 'x5c'];

/** A signed token, as far as it can be read by anybody. */
export interface ReadJwt {
  readonly kind: 'access token' | 'service token' | 'JWT';
  readonly text: string;
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/** More leniently than the verifier, which then says what it dislikes. */
export function readJwt(text: string): ReadJwt | undefined {
  if (text.length > MAX_READ_LENGTH) return undefined;
  const segments = text.split('.', 4);
  if (segments.length !== 3) return undefined;
  const [header, claims] = segments.slice(0, 2).map((segment) => objectIn(textOf(lenientBytes(segment))));
  return header && claims ? { kind: kindOf(header['typ']), text, header, claims } : undefined;
}

/** Why the verifier refuses a token by its form alone; null: its form is good (RFC 8725, section 3). */
export function formReason({ text, header }: ReadJwt): string | null {
  if (text.length > MAX_JWS_LENGTH) return `it is longer than ${MAX_JWS_LENGTH} bytes`;
  const segments = text.split('.');
  if (segments.some((segment) => segment === '' || !strictBytes(segment)))
    return 'a part of it is empty, or is not canonical base64url';
  const own = FORBIDDEN_HEADERS.filter((name) => Object.hasOwn(header, name));
  if (own.length > 0) return `its header has ${own.join(', ')}, which would tell a verifier what to trust`;
  for (const name of ['alg', 'kid'])
    if (typeof header[name] !== 'string') return `its header has no ${name}; there is no fallback`;
  return segments.slice(0, 2).some(hasMemberTwice) ? 'it has a member twice' : null;
}

/** `JSON.parse` keeps the last of two members of one name. A reader that keeps the first one sees another token. */
function hasMemberTwice(segment: string): boolean {
  const text = textOf(strictBytes(segment)!);
  const written = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon).length;
  return membersIn(JSON.parse(text)) !== written;
}

/** Without recursion: a few KiB can nest deeper than the stack. */
function membersIn(value: unknown): number {
  let count = 0;
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    const members = Object.values(next);
    if (!Array.isArray(next)) count += members.length;
    for (const member of members) open.push(member);
  }
  return count;
}

function kindOf(typ: unknown): ReadJwt['kind'] {
  const type = tokenType(typ);
  if (type === 'at+jwt') return 'access token';
  return type === 'service+jwt' ? 'service token' : 'JWT';
}

/** Types are compared without case, and with or without `application/` (RFC 7515, section 4.1.9). */
function tokenType(typ: unknown): string | undefined {
  if (typeof typ !== 'string') return undefined;
  const lower = typ.toLowerCase();
  const name = lower.replace(/^application\//, '');
  return name.includes('/') ? lower : name;
}

/** What `aud` holds: one text, or a list. */
export function audiencesOf({ aud }: JsonObject): readonly string[] {
  return (Array.isArray(aud) ? aud : [aud]).filter((one) => typeof one === 'string');
}

/** A JSON object, or `undefined`. */
export function objectIn(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
