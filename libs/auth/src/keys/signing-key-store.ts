/** A managed key as it is kept. Instants are epoch milliseconds of the store's clock. */
export interface StoredKey {
  /** One more than that of the key before; the first is 1. */
  readonly id: number;
  readonly kid: string;
  readonly alg: string;
  /** The private key, sealed. */
  readonly sealedKey: string;
  readonly createdAt: number;
  /** From when on it signs. */
  readonly beginsAt: number;
}

/**
 * The managed keys and the store's clock, from one read.
 */
export interface SigningKeyReading {
  /** Every key that is there, by ascending id. */
  readonly keys: readonly StoredKey[];
  /** The store's clock. */
  readonly now: number;
}

/**
 * Keeps managed signing keys. Any number of nodes may make the next key at the same moment: the id decides, and there is
 * one. A reading sees everything that was committed before it was asked for (of the primary, never of a replica). Throws
 * StoreUnavailableError.
 */
export abstract class SigningKeyStore {
  abstract read(): Promise<SigningKeyReading>;

  /** Adds a key, unless there is one of its id: then nothing is changed, and the reader finds the other one. */
  abstract add(key: StoredKey): Promise<void>;

  /**
   * The same, and every key of a smaller id is gone, in one transaction, which writes the revocation `keys` as well: a store
   * that does not leaves other nodes to read the new key within 30 s.
   */
  abstract replaceAllBefore(key: StoredKey): Promise<void>;

  /** Seals a key anew, if it still is as it was. Whether it was. */
  abstract reseal(id: number, former: string, sealed: string): Promise<boolean>;

  /** Deletes every key of this id and of smaller ones. */
  abstract dropUpTo(id: number): Promise<void>;
}
