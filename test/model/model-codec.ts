import { DerivedKeys } from '../../libs/auth/src/crypto/derived-keys.js';
import {
  type RefreshToken,
  RefreshTokenCodec,
  type Successor,
} from '../../libs/auth/src/refresh-tokens/refresh-token-codec.js';

const SALT = 32;
const NO_PARENT = '0'.repeat(SALT);

/**
 * The codec of the model: salts are counted instead of drawn, and a successor's hash is its parent's salt and its own,
 * side by side. As with the real one a successor follows from (parent, salt) alone, and two of them never agree;
 * unlike with the real one a million schedules need no HMAC.
 */
export class ModelCodec extends RefreshTokenCodec {
  /** Salts given out so far: a part of the state, so that a schedule names its tokens alike each time. */
  salts = 0;
  /** Every token ever made, by itself and by its hash: schedules make the same ones over and over. */
  private readonly made = new Map<string, Successor>();

  constructor() {
    super(new DerivedKeys(['a secret that the model never signs with'], 'https://model.example.com'));
  }

  override fresh(familyId: string, generation: number): Successor {
    const salt = this.salt();
    return this.make(familyId, generation, NO_PARENT + salt, salt);
  }

  override parse(value: unknown): RefreshToken | undefined {
    return this.made.get(value as string);
  }

  override successor(parent: RefreshToken): Successor {
    return this.derived(parent, this.salt());
  }

  override rederive(parent: RefreshToken, salt: string, currentHash: string): RefreshToken | undefined {
    const candidate = this.derived(parent, salt);
    return candidate.hash === currentHash ? candidate : undefined;
  }

  private salt(): string {
    return (++this.salts).toString(16).padStart(SALT, '0');
  }

  private derived({ familyId, generation, hash }: RefreshToken, salt: string): Successor {
    return this.make(familyId, generation + 1, hash.slice(SALT) + salt, salt);
  }

  private make(familyId: string, generation: number, hash: string, salt: string): Successor {
    const known = this.made.get(hash);
    if (known?.familyId === familyId && known.generation === generation) return known;
    const made = { token: `${familyId}/${generation}/${hash}`, hash, familyId, generation, salt };
    this.made.set(hash, made);
    this.made.set(made.token, made);
    return made;
  }
}
