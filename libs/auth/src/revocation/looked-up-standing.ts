import { AccessTokenStanding, checkStanding, type TokenOnTrial } from './access-token-standing.js';
import type { SignInLookup } from './sign-in-lookup.js';

/** Asks the table of record about every token. */
export class LookedUpStanding extends AccessTokenStanding {
  constructor(private readonly lookup: SignInLookup) {
    super();
  }

  known(): boolean {
    return false;
  }

  async check(token: TokenOnTrial): Promise<void> {
    checkStanding(token, await this.lookup.find(token.principal.signInId));
  }
}
