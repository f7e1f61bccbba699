import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { ResolvedCredentialOptions } from './credential-options.js';

const MAX_BYTES = 4096;

/**
 * Hashes passwords with argon2id (RFC 9106), in Unicode's NFKC form (NIST SP 800-63B-4, 3.1.1.2), off the event
 * loop. Inject it where your users live; give its hashes a column of 255 characters.
 */
export class PasswordHasher {
  private readonly parameters;
  private decoy: Promise<string> | undefined;

  constructor({ memoryKiB, passes, lanes }: ResolvedCredentialOptions) {
    // 2: Argon2id. The package declares its enum as const, which isolated modules cannot read.
    this.parameters = { algorithm: 2, memoryCost: memoryKiB, timeCost: passes, parallelism: lanes };
  }

  /** A PHC string to store. Throws RangeError for an empty password or one over 4096 bytes. */
  async hash(password: string): Promise<string> {
    const normal = normalise(password);
    if (normal === undefined) throw new RangeError('a password has 1 to 4096 bytes');
    return hash(normal, this.parameters);
  }

  /**
   * Whether the password is the one that was hashed. With null (nobody has it) the answer is false and takes just
   * as long, so that callers need not tell the cases apart.
   */
  async verify(stored: string | null | undefined, password: string): Promise<boolean> {
    const normal = normalise(password);
    const known = typeof stored === 'string' && stored !== '';
    const target = known ? stored : await (this.decoy ??= hash(randomBytes(32), this.parameters));
    try {
      const matches = await verify(target, normal ?? '');
      return matches && known && normal !== undefined;
    } catch {
      // What is stored is no argon2 hash: nobody's password.
      return false;
    }
  }
}

function normalise(password: string): string | undefined {
  if (typeof password !== 'string' || password === '' || Buffer.byteLength(password) > MAX_BYTES)
    return undefined;
  const normal = password.normalize('NFKC');
  return Buffer.byteLength(normal) <= MAX_BYTES ? normal : undefined;
}
