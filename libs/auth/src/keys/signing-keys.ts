import { type Duration, durationMs } from '../time/duration.js';
import type { KeyRing } from './key-ring.js';
import type { KeyState } from './key-options.js';
import type { KeyRotation } from './key-rotation.js';

/** A managed key, as an operator may see it. */
export interface SigningKeyInfo {
  readonly kid: string;
  readonly alg: string;
  readonly state: KeyState;
  readonly createdAt: Date;
  /** From when on it signs. */
  readonly beginsAt: Date;
  /** Until when it verifies; null: its successor is not known yet. */
  readonly verifiesUntil: Date | null;
}

/**
 * Managed signing keys, for the application's operator: inject it into an admin route or a command. Keys rotate
 * automatically; use this to rotate earlier.
 *
 * @throws TypeError when this application's keys are not managed (`keys`), or for a wrong duration.
 * @throws StoreUnavailableError when the store cannot answer.
 * @example
 * ```ts
 * import type { SigningKeys } from 'nestjs-aerie';
 *
 * export const nextKeyTomorrow = (keys: SigningKeys) => keys.rotate({ announce: '1d' });
 * export const afterALeak = (keys: SigningKeys) => keys.replaceAll();
 * ```
 */
export class SigningKeys {
  /** @internal */
  constructor(
    /** Null: the keys were given, or come from the secret. */
    private readonly managed: KeyRotation | null,
    private readonly ring: KeyRing,
  ) {}

  /** Every key, the oldest first. */
  async list(): Promise<readonly SigningKeyInfo[]> {
    const { keys } = await this.keys().read();
    return keys.map(({ key, state, verifiesUntil }) => ({
      kid: key.kid,
      alg: key.alg,
      state,
      createdAt: new Date(key.createdAt),
      beginsAt: new Date(key.beginsAt),
      verifiesUntil: verifiesUntil === null ? null : new Date(verifiesUntil),
    }));
  }

  /**
   * Announces the next key now, rather than when its time has come; nothing when one is announced already. `announce`: how
   * long before it signs. Default: `managedKeys.announce`. Shorter than nodes and services take to read the keys again,
   * they refuse its first tokens. No sign-in ends. Throws TypeError for what is no duration.
   */
  async rotate({ announce }: { readonly announce?: Duration } = {}): Promise<void> {
    const keys = this.keys();
    const ms = announce === undefined ? keys.rules.announceMs : durationMs(announce);
    if (ms === undefined) throw new TypeError('"announce" must be a duration such as "14d"');
    await keys.announce(ms);
  }

  /**
   * After a private key has leaked: a new key signs at once, and no access token that a former key signed is good any more. The
   * revocation feed announces it: other nodes and services read the keys at once. Without a feed they read them when it is time
   * (nodes within 30 s, services after `keys.maxAge`). Clients refresh; sessions and refresh tokens stay.
   */
  async replaceAll(): Promise<void> {
    await this.keys().replaceAll();
  }

  /** The kid that this process signs with now. Throws StoreUnavailableError while it knows none. */
  get activeKid(): string {
    return this.ring.active.kid;
  }

  private keys(): KeyRotation {
    if (!this.managed) throw new TypeError('the signing keys of this application are not managed ("keys")');
    return this.managed;
  }
}
