import { readFile } from 'node:fs/promises';
import { DerivedKeys } from '../../crypto/derived-keys.js';
import { AuthConfigError } from '../../errors/auth-config-error.js';
import {
  FetchHttpClient,
  isSecureUrl,
  membersOf,
  parsed,
  SECURE_URL,
} from '../../http-client/http-client.js';
import { derivedSigningKeys } from '../../keys/key-ring.js';
import { PUBLIC_ALGORITHMS } from '../../keys/key-options.js';
import { readPublishedKey } from '../../keys/published-key.js';
import { readSigningKey } from '../../keys/signing-key.js';
import { type VerificationKey, VerificationKeys } from '../../keys/verification-keys.js';
import { CannotRun, firstLineOf } from '../cannot-run.js';

const LIMITS = { timeoutMs: 10_000, maxBytes: 256 * 1024 };

/** The keys that a token is judged with, and what is to be said of them. */
export class GivenKeys extends VerificationKeys {
  private readonly byKid: ReadonlyMap<string, VerificationKey>;

  constructor(
    keys: readonly VerificationKey[],
    /** Keys that were left out, and why. */
    readonly notes: readonly string[] = [],
  ) {
    super();
    this.byKid = new Map(keys.map((key) => [key.kid, key]));
  }

  get kids(): readonly string[] {
    return [...this.byKid.keys()];
  }

  override find(kid: string): VerificationKey | undefined {
    return this.byKid.get(kid);
  }

  override onChange(): void {
    // They never do.
  }
}

/** Published keys, from a file or a URL. The request holds nothing but the URL. Throws CannotRun. */
export async function publishedKeys(source: string): Promise<GivenKeys> {
  const set = /^https?:/i.test(source) ? await fetched(source) : await fromFile(source);
  const { keys: list = [set] } = set as { keys?: unknown };
  if (!Array.isArray(list)) throw new CannotRun(`${source} is no JWK set: its "keys" is no list`);
  const keys: VerificationKey[] = [];
  const notes: string[] = [];
  for (const [index, jwk] of list.entries()) {
    try {
      keys.push(readPublishedKey(jwk, `keys[${index}]`, PUBLIC_ALGORITHMS));
    } catch (error) {
      if (!(error instanceof AuthConfigError)) throw error;
      notes.push(`left out: ${error.message}`);
    }
  }
  if (keys.length === 0)
    throw new CannotRun(`${source} has no key that can verify${notes.length > 0 ? ` (${notes[0]})` : ''}`);
  return new GivenKeys(keys, notes);
}

async function fetched(url: string): Promise<object> {
  if (!isSecureUrl(url)) throw new CannotRun(`the address of the keys must be ${SECURE_URL}`);
  try {
    return membersOf(url, await new FetchHttpClient().ask(url, {}, LIMITS));
  } catch (error) {
    throw new CannotRun(firstLineOf(error));
  }
}

async function fromFile(path: string): Promise<object> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CannotRun(`cannot read the keys: ${firstLineOf(error)}`);
  });
  const value = parsed(text);
  if (Array.isArray(value)) return { keys: value };
  if (typeof value !== 'object' || value === null)
    throw new CannotRun(`${path} is no JWK set: it is no JSON object`);
  return value;
}

/**
 * The keys that an application with this secret may have signed with: the one that is derived from it for this issuer, and,
 * for an HS key of its own (`keys: [{ alg: 'HS256', kid, secret }]`), the secret itself under the token's `kid`.
 */
export function secretKeys(
  secret: string,
  issuer: string,
  { alg, kid }: { alg?: unknown; kid?: unknown },
): GivenKeys {
  const derived = derivedSigningKeys(new DerivedKeys([secret], issuer));
  const ownKid = typeof kid === 'string' && derived.every((key) => key.kid !== kid) ? kid : undefined;
  if (ownKid === undefined || typeof alg !== 'string' || !/^HS(256|384|512)$/.test(alg))
    return new GivenKeys(derived);
  try {
    const key = readSigningKey({ alg: alg as 'HS256', kid: ownKid, secret }, 0);
    return new GivenKeys([...derived, key]);
  } catch (error) {
    return new GivenKeys(derived, [firstLineOf(error)]);
  }
}
