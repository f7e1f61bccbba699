import { strictBytes } from './base64url.js';
import { type JsonObject, objectIn } from './jws.js';
import { visible } from './shown.js';

/** A key that can verify. */
export interface PublicKey {
  readonly kid: string;
  readonly alg: string;
  readonly jwk: JsonObject;
}

/** Public keys, and what was left out and why. */
export interface PublicKeys {
  readonly keys: readonly PublicKey[];
  readonly notes: readonly string[];
}

/** The text is no set of public keys. The message shows nothing of it. */
export class NoPublicKeys extends Error {}

const MAX_TEXT = 256 * 1024;
const MAX_KEYS = 50;
const KID = /^[\x21-\x7e]{1,128}$/;
/** Members that hold private key material (RFC 7518, sections 6.2.2, 6.3.2 and 6.4). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** How each algorithm is checked (RFC 7518, section 3; RFC 8037, section 3.1). */
const ALGORITHMS: Readonly<
  Record<string, { readonly kty: string; readonly crv?: string; readonly use: object }>
> = {
  ES256: { kty: 'EC', crv: 'P-256', use: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', use: { name: 'Ed25519' } },
  RS256: { kty: 'RSA', use: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } },
  PS256: { kty: 'RSA', use: { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 } },
};
const ALGORITHM_NAMES = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** The keys of a JWK set, or of one JWK (RFC 7517). Throws NoPublicKeys. */
export function readPublicKeys(text: string): PublicKeys {
  if (text.length > MAX_TEXT) throw new NoPublicKeys(`The keys are longer than ${MAX_TEXT} characters.`);
  const set = objectIn(text.trim().startsWith('[') ? `{"keys":${text}}` : text);
  if (!set) throw new NoPublicKeys('This is no JWK set: it is no JSON object.');
  const { keys: list = [set] } = set;
  if (!Array.isArray(list)) throw new NoPublicKeys('This is no JWK set: its "keys" is no list.');
  const keys: PublicKey[] = [];
  const notes: string[] = [];
  for (const [index, jwk] of list.slice(0, MAX_KEYS).entries()) {
    const read = readKey(jwk, `keys[${index}]`);
    if (typeof read === 'string') notes.push(`left out: ${read}`);
    else keys.push(read);
  }
  if (list.length > MAX_KEYS) notes.push(`left out: all keys after the first ${MAX_KEYS}`);
  if (keys.length === 0)
    throw new NoPublicKeys(
      `There is no key that can verify${notes[0] === undefined ? '' : ` (${notes[0]})`}.`,
    );
  return { keys, notes };
}

/** The key, or why it is unfit: no member's value is shown. */
function readKey(given: unknown, path: string): PublicKey | string {
  const must = (member: string, allowed: string) =>
    `"${path}${member}" must be ${allowed} (got something else, not shown)`;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return must('', 'a public JWK');
  const jwk = given as JsonObject;
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member)))
    return must('', 'a public key, without members of a private or a secret one');
  const { kid, alg, use, key_ops: operations } = jwk;
  if (typeof kid !== 'string' || !KID.test(kid)) return must('.kid', '1 to 128 printable characters');
  const known = typeof alg === 'string' && Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined;
  if (!known) return must('.alg', `one of ${ALGORITHM_NAMES.join(', ')}`);
  if (use !== undefined && use !== 'sig') return must('.use', '"sig", or left out');
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return must('.key_ops', 'a list with "verify", or left out');
  if (jwk['kty'] !== known.kty || (known.crv !== undefined && jwk['crv'] !== known.crv))
    return must('', 'a public JWK');
  return { kid, alg: alg as string, jwk };
}

/** `unknown`: this browser cannot check signatures of the algorithm, or not on a page without HTTPS. */
export async function isSignedBy(text: string, { alg, jwk }: PublicKey): Promise<boolean | 'unknown'> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return 'unknown';
  const { kty, crv, use } = ALGORITHMS[alg]!;
  const members = ['n', 'e', 'x', 'y'].flatMap((name) =>
    Object.hasOwn(jwk, name) ? [[name, jwk[name]]] : [],
  );
  const bare = { kty, ...(crv !== undefined && { crv }), ...Object.fromEntries(members) };
  const end = text.lastIndexOf('.');
  const signature = strictBytes(text.slice(end + 1));
  if (!signature) return false;
  let key: Awaited<ReturnType<typeof subtle.importKey>>;
  try {
    key = await subtle.importKey('jwk', bare, use as never, false, ['verify']);
  } catch (error) {
    return error instanceof Error && error.name === 'NotSupportedError' ? 'unknown' : false;
  }
  return subtle.verify(use as never, key, signature, new TextEncoder().encode(text.slice(0, end)));
}

export function kidsOf({ keys }: PublicKeys): string {
  return keys.map(({ kid }) => visible(kid)).join(', ');
}
