import { type SigningKeyReading, SigningKeyStore, type StoredKey } from '../../keys/signing-key-store.js';

/** SigningKeyStore in memory, for tests: it keeps its keys until the process ends. */
export class MemorySigningKeyStore extends SigningKeyStore {
  private readonly keys = new Map<number, StoredKey>();

  /** `now`: its clock, epoch milliseconds. */
  constructor(private readonly now: () => number = Date.now) {
    super();
  }

  async read(): Promise<SigningKeyReading> {
    return { keys: [...this.keys.values()].sort((a, b) => a.id - b.id), now: this.now() };
  }

  async add(key: StoredKey): Promise<void> {
    if (!this.keys.has(key.id)) this.keys.set(key.id, key);
  }

  async replaceAllBefore(key: StoredKey): Promise<void> {
    await this.add(key);
    await this.dropUpTo(key.id - 1);
  }

  async reseal(id: number, former: string, sealed: string): Promise<boolean> {
    const key = this.keys.get(id);
    if (key?.sealedKey !== former) return false;
    this.keys.set(id, { ...key, sealedKey: sealed });
    return true;
  }

  async dropUpTo(id: number): Promise<void> {
    for (const known of this.keys.keys()) if (known <= id) this.keys.delete(known);
  }
}
