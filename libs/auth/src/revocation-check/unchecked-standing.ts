import { AccessTokenStanding, type RevocableToken } from './access-token-standing.js';

/** `revocation.mode: 'none'`: a token stands until it expires, unless a route asks for more. */
export class UncheckedStanding extends AccessTokenStanding {
  constructor(private readonly lookedUp: AccessTokenStanding) {
    super();
  }

  known(_token: RevocableToken, maxStalenessMs: number | null): boolean {
    return maxStalenessMs === null;
  }

  async check(token: RevocableToken, maxStalenessMs: number | null): Promise<void> {
    if (maxStalenessMs !== null) await this.lookedUp.check(token, maxStalenessMs);
  }
}
