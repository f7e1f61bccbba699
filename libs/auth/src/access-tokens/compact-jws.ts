import { constants, createHmac, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { decodeBase64url } from '../crypto/base64url.js';
import type { SigningAlgorithm } from '../keys/key-options.js';
import type { ActiveKey } from '../keys/key-ring.js';

/** In characters; longer ones are refused unread. */
export const MAX_JWS_LENGTH = 8 * 1024;
const MEMBER = /"(?:[^"\\]|\\.)*"(\s*:)?/g;
/** Headers that bring a key, an unencoded or a compressed payload, or rules that a verifier must understand (RFC 7515, 4.1). */
export const FORBIDDEN_HEADERS = ['crit', 'b64', 'zip', 'jwk', 'jku', 'x5u', 'x5c'];

export type JsonObject = Readonly<Record<string, unknown>>;

export interface CompactJws {
  readonly header: JsonObject & { readonly alg: string; readonly kid: string };
  readonly payload: JsonObject;
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
export function readSignedJson(
  token: string,
): { readonly header: JsonObject & { readonly alg: string }; readonly payload: JsonObject } | undefined {
  if (token.length > MAX_JWS_LENGTH) return undefined;
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first < 1 || second < first + 2 || second === token.length - 1 || token.includes('.', second + 1))
    return undefined;
  const header = jsonObject(token.slice(0, first));
  if (!header || typeof header['alg'] !== 'string') return undefined;
  if (FORBIDDEN_HEADERS.some((name) => Object.hasOwn(header, name))) return undefined;
  const payload = jsonObject(token.slice(first + 1, second));
  if (!payload || !decodeBase64url(token.slice(second + 1))) return undefined;
  return { header: header as JsonObject & { readonly alg: string }, payload };
}

function jsonObject(segment: string): JsonObject | undefined {
  const bytes = decodeBase64url(segment);
  if (!bytes) return undefined;
  const text = bytes.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return membersIn(value) === membersWritten(text) ? (value as JsonObject) : undefined;
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

const signElsewhere = promisify(sign);
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

/**
 * Signs claims as a compact JWS of a type (`typ`; RFC 7515, section 3.1). By one call of Node's own each, where jose would
 * go by way of WebCrypto (docs/decisions/signing.md). RSA takes far longer than the others, and is left to another
 * thread.
 */
export async function signCompactJws(claims: JsonObject, key: ActiveKey, type: string): Promise<string> {
  const input = `${segment({ alg: key.alg, kid: key.kid, typ: type })}.${segment(claims)}`;
  const signature = await SIGN[key.alg](Buffer.from(input), key.signWith);
  return `${input}.${signature.toString('base64url')}`;
}

type Sign = (input: Buffer, key: ActiveKey['signWith']) => Buffer | Promise<Buffer>;

const hmac =
  (hash: string): Sign =>
  (input, key) =>
    createHmac(hash, key).update(input).digest();

/** RFC 7518, section 3; RFC 8037, section 3.1. */
const SIGN: Readonly<Record<SigningAlgorithm, Sign>> = {
  HS256: hmac('sha256'),
  HS384: hmac('sha384'),
  HS512: hmac('sha512'),
  // Two numbers of fixed length, rather than DER.
  ES256: (input, key) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
  EdDSA: (input, key) => sign(null, input, key),
  RS256: (input, key) => signElsewhere('sha256', input, key),
  PS256: (input, key) => signElsewhere('sha256', input, { key, ...PSS }),
};

function segment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
