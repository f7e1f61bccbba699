import type { AuthCounters } from '../audit/auth-counters.js';
import { SignInLookup, type SignInStatus } from './sign-in-lookup.js';

/** Counts what the table is asked. */
export class CountedSignInLookup extends SignInLookup {
  constructor(
    private readonly lookup: SignInLookup,
    private readonly counters: AuthCounters,
  ) {
    super();
  }

  find(signInId: string): Promise<SignInStatus> {
    this.counters.lookups++;
    return this.lookup.find(signInId);
  }
}
