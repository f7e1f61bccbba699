import { RevocationCheck, type RevocableToken } from './revocation-check.js';

/** `revocation.mode: 'none'`: a token stands until it expires, unless a route asks for more. */
export class NoCheck extends RevocationCheck {
  constructor(private readonly lookedUp: RevocationCheck) {
    super();
  }

  cachedAsGood(_token: RevocableToken, maxStalenessMs: number | null): boolean {
    return maxStalenessMs === null;
  }

  async check(token: RevocableToken, maxStalenessMs: number | null): Promise<void> {
    if (maxStalenessMs !== null) await this.lookedUp.check(token, maxStalenessMs);
  }
}
