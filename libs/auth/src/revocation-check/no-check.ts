import { StoreUnavailableError } from '../errors/auth-error.js';
import { RevocationCheck } from './revocation-check.js';

/** `revocation.mode: 'none'`: a token is good until it expires, unless a route asks for more. */
export class NoCheck<T> extends RevocationCheck<T> {
  constructor(private readonly lookupCheck: RevocationCheck<T>) {
    super();
  }

  cachedAsGood(_token: T, maxStalenessMs: number | null): boolean {
    return maxStalenessMs === null;
  }

  async check(token: T, maxStalenessMs: number | null): Promise<void> {
    if (maxStalenessMs !== null) await this.lookupCheck.check(token, maxStalenessMs);
  }
}

/** Where neither a table nor an issuer can be asked: a route that asks for more than the verified token is refused. */
export class UnavailableCheck extends RevocationCheck<unknown> {
  cachedAsGood(): boolean {
    return false;
  }

  async check(): Promise<void> {
    throw new StoreUnavailableError({
      cause: new Error('@MaxStaleness needs data on revocations ("revocation.mode" is "none")'),
    });
  }
}
