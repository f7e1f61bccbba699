import { AccessTokenStanding, type TokenOnTrial } from './access-token-standing.js';

/** `revocation.mode: 'none'`: a token stands until it expires, unless a route asks for more. */
export class UncheckedStanding extends AccessTokenStanding {
  constructor(private readonly lookedUp: AccessTokenStanding) {
    super();
  }

  known(_token: TokenOnTrial, maxStalenessMs: number | null): boolean {
    return maxStalenessMs === null;
  }

  async check(token: TokenOnTrial, maxStalenessMs: number | null): Promise<void> {
    if (maxStalenessMs !== null) await this.lookedUp.check(token, maxStalenessMs);
  }
}
