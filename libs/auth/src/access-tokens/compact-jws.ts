import { decodeBase64url } from '../crypto/base64url.js';
import type { ActiveKey } from '../keys/key-ring.js';
import { signatureOf } from './signatures.js';

/** In characters; longer ones are refused unread. */
export const MAX_JWS_LENGTH = 8 * 1024;
const [QUOTE, COLON, BACKSLASH] = [0x22, 0x3a, 0x5c];
/** Headers that bring a key, an unencoded or a compressed payload, or rules that a verifier must understand (RFC 7515, 4.1). */
export const FORBIDDEN_HEADERS = ['crit', 'b64', 'zip', 'jwk', 'jku', 'x5u', 'x5c'];

export type JsonObject = Readonly<Record<string, unknown>>;

/** A JWS that was read and not verified. */
export interface SignedJson {
  readonly header: JsonObject & { readonly alg: string };
  readonly payload: JsonObject;
  readonly signature: Buffer;
}

export interface CompactJws extends SignedJson {
  readonly header: JsonObject & { readonly alg: string; readonly kid: string };
}

/**
 * Reads a compact JWS, strictly, before anything is verified: size, three segments, alphabet, canonical trailing
 * bits, objects without duplicate members, no header that would change what the verifier does (RFC 8725, section 3). Returns
 * `undefined` for every other text.
 */
export function readCompactJws(token: string): CompactJws | undefined {
  const read = readSignedJson(token);
  return typeof read?.header['kid'] === 'string' ? (read as CompactJws) : undefined;
}

/** The same of a text whose header need not name a key: for what was signed with one secret by somebody else. */
export function readSignedJson(token: string): SignedJson | undefined {
  if (token.length > MAX_JWS_LENGTH) return undefined;
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first < 1 || second < first + 2 || second === token.length - 1 || token.includes('.', second + 1))
    return undefined;
  const header = headerOf(token.slice(0, first));
  if (!header) return undefined;
  const payload = jsonObject(token.slice(first + 1, second));
  const signature = payload && decodeBase64url(token.slice(second + 1));
  if (!signature) return undefined;
  return { header, payload, signature };
}

/** Headers that were read, by their text: all tokens of one key have the same. */
const headers = new Map<string, SignedJson['header']>();
const MAX_HEADERS = 32;
const MAX_KEPT_LENGTH = 256;

function headerOf(segment: string): SignedJson['header'] | undefined {
  const known = headers.get(segment);
  if (known) return known;
  const header = jsonObject(segment);
  if (!header || typeof header['alg'] !== 'string') return undefined;
  if (FORBIDDEN_HEADERS.some((name) => Object.hasOwn(header, name))) return undefined;
  if (segment.length <= MAX_KEPT_LENGTH) {
    // Forged headers may fill it: reading one again costs microseconds.
    if (headers.size >= MAX_HEADERS) headers.clear();
    // A copy of the text: a slice would keep the whole token in memory, and the text that it was cut from.
    const text = Buffer.from(segment).toString('latin1');
    headers.set(text, Object.freeze(header) as SignedJson['header']);
  }
  return header as SignedJson['header'];
}

/** What the signature of a compact JWS signs: all before its last dot. */
export const signedPart = (token: string): string => token.slice(0, token.lastIndexOf('.'));

function jsonObject(segment: string): JsonObject | undefined {
  const bytes = decodeBase64url(segment);
  if (!bytes) return undefined;
  const text = bytes.toString();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return membersIn(value) === membersWritten(text) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** How many members a JSON text has: each has one colon outside of strings. If the parsed value has fewer, one is there twice. */
function membersWritten(text: string): number {
  let count = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) isInString = !isInString;
    else if (code === COLON && !isInString) count++;
  }
  return count;
}

/** Without recursion: a few KiB can nest deeper than the stack. */
function membersIn(value: object): number {
  let count = 0;
  const open = [value];
  for (let next = open.pop(); next; next = open.pop()) {
    const members: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
    if (members !== next) count += members.length;
    for (const member of members) if (typeof member === 'object' && member !== null) open.push(member);
  }
  return count;
}

/** Signs claims as a compact JWS of a type (`typ`; RFC 7515, section 3.1). */
export async function signCompactJws(claims: JsonObject, key: ActiveKey, type: string): Promise<string> {
  const input = `${segment({ alg: key.alg, kid: key.kid, typ: type })}.${segment(claims)}`;
  const signature = await signatureOf(input, key.alg, key.signWith);
  return `${input}.${signature.toString('base64url')}`;
}

function segment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
