import { decodeBase64url } from '../crypto/base64url.js';
import type { ActiveKey } from '../keys/key-ring.js';
import { signatureOf } from './signatures.js';

/** In characters; longer ones are refused unread. */
export const MAX_JWS_LENGTH = 8 * 1024;
const MEMBER = /"(?:[^"\\]|\\.)*"(\s*:)?/g;
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
    headers.set(segment, Object.freeze(header) as SignedJson['header']);
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
    return hasNoMemberTwice(text, value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** JSON that is written as JavaScript writes it has no member twice: the most tokens are. */
function hasNoMemberTwice(text: string, value: object): boolean {
  return JSON.stringify(value) === text || membersIn(value) === membersWritten(text);
}

/** How many members the text has; if the parsed value has fewer, the text has one twice. */
function membersWritten(text: string): number {
  let count = 0;
  for (const match of text.matchAll(MEMBER)) if (match[1]) count++;
  return count;
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

/** Signs claims as a compact JWS of a type (`typ`; RFC 7515, section 3.1). */
export async function signCompactJws(claims: JsonObject, key: ActiveKey, type: string): Promise<string> {
  const input = `${segment({ alg: key.alg, kid: key.kid, typ: type })}.${segment(claims)}`;
  const signature = await signatureOf(input, key.alg, key.signWith);
  return `${input}.${signature.toString('base64url')}`;
}

function segment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
